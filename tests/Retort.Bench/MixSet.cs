namespace Retort.Bench;

/// <summary>A table on which mixings are compared, with the recipe that was chosen for it: on validation rows, without mixing, and without dropout, which is a rival.</summary>
/// <param name="Name">The table.</param>
/// <param name="Task">What is predicted.</param>
/// <param name="Recipe">How the network is trained, whatever mixes its rows.</param>
/// <param name="Read">Reads the rows and says how they are split.</param>
internal sealed record MixSet(string Name, LearningTask Task, Recipe Recipe, Func<DistillRows> Read)
{
    public static IReadOnlyList<MixSet> All { get; } =
    [
        new("communities-crime", LearningTask.Regression, Learning(1, 64, 60, 3e-3), Communities),
        new("wine", LearningTask.Regression, Learning(1, 256, 100, 5e-3), () => Quality("wine")),
        new("abalone", LearningTask.Regression, Learning(1, 32, 60, 5e-3), () => Quality("abalone")),
        new("phoneme", LearningTask.Binary, Learning(3, 128, 60, 1e-3, new PleEmbedding()), Of("phoneme")),
        new("digits", LearningTask.Multiclass, Learning(2, 64, 60, 3e-3), Of("digits")),
        new("mnist", LearningTask.Multiclass, Learning(1, 128, 30, 2e-3, scales: false), Of("mnist")),
    ];

    private static Recipe Learning(int layers, int width, int epochs, double rate, NumberEmbedding? numbers = null, bool scales = true) =>
        new() { Network = new Mlp { Layers = layers, Width = width, Numbers = numbers, ScalesFeatures = scales }, BatchSize = 64, Epochs = epochs, Patience = epochs, Optimizer = new AdamW { LearningRate = rate } };

    private static Func<DistillRows> Of(string name) => DistillSet.All.Single(set => set.Name == name).Read;

    private static DistillRows Quality(string name)
    {
        var table = QualitySet.All.Single(set => set.Name == name).Read();
        return new(table.Dataset([.. Enumerable.Range(0, table.Rows)]), number =>
        {
            var split = table.Split(number);
            return ([.. split.Train], [.. split.Validation], [.. split.Test]);
        });
    }

    /// <summary>Without the protected columns.</summary>
    private static DistillRows Communities()
    {
        var all = FairnessSet.Table(LearningTask.Regression, "communities-crime.csv", "ViolentCrimesPerPop", "", [], ["racepctblack", "racePctWhite", "racePctAsian", "racePctHisp", "state", "communityname", "fold", "Black", "class"]);
        return new(all, number =>
        {
            var order = new Generator((ulong)number).Permutation(all.Rows);
            var (first, second) = ((int)(all.Rows * 3 / 5), (int)(all.Rows * 4 / 5));
            return (order[..first], order[first..second], order[second..]);
        });
    }
}
