namespace Retort.Cli.Demo;

/// <summary>One table of the demo, and the recipes for it.</summary>
/// <remarks>
/// Chosen beforehand on the validation rows of other seeds than the demo's (101 and up): the teacher with the highest accuracy or lowest error of seven; the student's
/// learning rate and epochs with which it is best from the labels alone, of four; then the temperature and weight with the lowest log-loss or error, of six (regression: two).
/// </remarks>
/// <param name="Name">What people call it.</param>
/// <param name="File">The file beside the program, in the folder <c>data</c>.</param>
/// <param name="Label">The column to predict.</param>
/// <param name="Student">The small network.</param>
/// <param name="Distillation">How the student follows the teacher.</param>
/// <param name="Teacher">A big network; several of other seeds are averaged.</param>
/// <param name="Teachers">How many big networks.</param>
internal sealed record DemoSet(string Name, string File, string Label, Recipe Student, Distillation Distillation, Recipe Teacher, int Teachers)
{
    // small networks bear large steps
    private static readonly AdamW Fast = new() { LearningRate = 0.01 };

    public static IReadOnlyList<DemoSet> All { get; } =
    [
        new("digits", "digits.csv", "digit",
            new Recipe { Network = new Mlp { Layers = 1, Width = 16 }, Optimizer = Fast, Epochs = 200 },
            new SoftTargets { Temperature = 2, Weight = 0.5 },
            new Recipe { Network = new Mlp { Layers = 1, Width = 256, Dropout = 0.5 }, Epochs = 80 }, 3),
        new("breast cancer", "breast-cancer.csv", "malignant",
            new Recipe { Network = new Mlp { Layers = 1, Width = 8 }, Optimizer = Fast, Epochs = 200 },
            new SoftTargets { Temperature = 4, Weight = 0.9 },
            new Recipe { Network = new Mlp { Layers = 1, Width = 128, Activation = Activation.Tanh, Dropout = 0.2 }, Optimizer = new AdamW { LearningRate = 3e-3 }, Epochs = 60 }, 5),
        new("diabetes", "diabetes.csv", "progression",
            new Recipe { Network = new Mlp { Layers = 1, Width = 8 }, Optimizer = Fast, Epochs = 200 },
            new SoftTargets { Weight = 0.9 },
            new Recipe { Network = new Mlp { Layers = 1, Width = 256, Dropout = 0.5 }, Epochs = 80 }, 3),
    ];

    /// <summary>Where the file lies.</summary>
    public string Path => System.IO.Path.Combine(AppContext.BaseDirectory, "data", File);
}
