namespace Retort.Cli.Training;

/// <summary>The teacher of <c>--teacher auto</c>: an ensemble of large networks, trained on the same rows before the student.</summary>
internal static class AutoTeacher
{
    private const int Networks = 4;

    // sixteen members each; its settings are those of ./bench quality
    private static readonly Recipe s_recipe = new()
    {
        Network = new TabM { Mini = true, Members = 16 },
        Optimizer = new AdamW { LearningRate = 5e-3, WeightDecay = 0.03 },
        BatchSize = 64,
    };

    /// <param name="recipe">The student's recipe: its seed and device are the teacher's too.</param>
    /// <param name="told">Hears of each network that is trained.</param>
    public static Teacher For(Recipe recipe, Action<double, string> told)
    {
        var listener = new Told(told);
        listener.Report(0);
        return Teacher.Ensemble(s_recipe with { Device = recipe.Device }, Networks, listener);
    }

    private sealed class Told(Action<double, string> told) : IProgress<int>
    {
        public void Report(int value) => told((double)value / Networks, $"{value} of {Networks} networks");
    }
}
