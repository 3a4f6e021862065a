using System.Globalization;
using static TorchSharp.torch;

namespace Retort.Bench;

/// <summary>A table with columns on which predictions should depend little. Those are no features.</summary>
/// <param name="Name">The table.</param>
/// <param name="Task">What is predicted.</param>
/// <param name="Recipe">How the network is trained, whatever its penalty.</param>
/// <param name="Groups">How many quantile groups a protected column of numbers is compared in.</param>
/// <param name="Read">Reads the rows.</param>
internal sealed record FairnessSet(string Name, LearningTask Task, Recipe Recipe, int Groups, Func<Dataset> Read)
{
    private const int Made = 30000; // rows of the constructed table

    /// <summary>Where the path of weights begins.</summary>
    public double First { get; init; } = 1;

    /// <summary>The same for correlations, which lie in [0, 1].</summary>
    public double FirstCorrelation { get; init; } = 0.5;

    public static IReadOnlyList<FairnessSet> All { get; } =
    [
        new("compas", LearningTask.Binary, Learning(100, 2e-3), 4, () => Table(LearningTask.Binary, "compas.csv", "two_year_recid", "1", ["sex", "race", "age"], ["age_cat", "decile_score"])) { FirstCorrelation = 1 },
        new("german-credit", LearningTask.Binary, Learning(20), 2, () => Table(LearningTask.Binary, "german-credit.csv", "class-label", "1", ["sex", "age", "foreign-worker"], [])),
        new("communities-crime", LearningTask.Regression, Learning(40, 3e-3) with { Network = new Mlp { Layers = 1, Width = 64, Dropout = 0.3 }, BatchSize = 256 }, 2, () => Table(LearningTask.Regression, "communities-crime.csv", "ViolentCrimesPerPop", "", ["racepctblack", "racePctWhite", "racePctAsian", "racePctHisp"], ["state", "communityname", "fold", "Black", "class"])) { First = 0.05, FirstCorrelation = 0.06 },
        new("xor", LearningTask.Binary, Learning(20) with { BatchSize = 2048 }, 2, Xor),
    ];

    private static Recipe Learning(int epochs, double rate = 5e-3) => new()
    {
        Network = new Mlp { Layers = 2, Width = 32 },
        BatchSize = 512,
        Epochs = epochs,
        HoldOut = 0,
        Optimizer = new AdamW { LearningRate = rate },
    };

    /// <summary>Labels depend strongly on x2 and weakly on x1. Two protected columns depend on x1 through their XOR alone: neither says anything of it by itself.</summary>
    private static Dataset Xor()
    {
        var random = new Generator(1);
        var (features, labels, first, second) = (new float[2 * Made], new long[Made], new long[Made], new long[Made]);
        for (var row = 0; row < Made; row++)
        {
            var (x1, x2) = (random.Normal(), random.Normal());
            (features[2 * row], features[2 * row + 1]) = ((float)x1, (float)x2);
            labels[row] = random.Uniform() < 1 / (1 + Math.Exp(-(0.3 * x1 + 3 * x2))) ? 1 : 0;
            first[row] = random.Uniform() < 0.5 ? 1 : 0;
            second[row] = first[row] ^ (x1 > 0 ? 1 : 0);
        }

        return new()
        {
            Features = tensor(features, Made, 2),
            Labels = tensor(labels),
            Classes = 2,
            Protected = ProtectedColumns.Of(ProtectedColumn.OfCategories("first", tensor(first), 2), ProtectedColumn.OfCategories("second", tensor(second), 2)),
        };
    }

    /// <summary>All columns but the label, the protected and the left out ones as features: numbers as they are, texts as a 0/1 column a value.</summary>
    public static Dataset Table(LearningTask task, string file, string label, string positive, string[] protectedColumns, string[] leftOut)
    {
        var path = Path.Combine("..", "shared", "data", file);
        if (!File.Exists(path))
            throw new InvalidOperationException($"The benchmark needs the tables of ../shared/data, but '{path}' does not exist.");
        var lines = File.ReadAllLines(path).Select(line => line.Split(',')).ToArray();
        var (names, cells) = (lines[0], lines[1..]);
        var columns = names.Except([label, .. protectedColumns, .. leftOut]).SelectMany(name => Numbers(name) is { } numbers ? [numbers] : Codes(name).Select(value => cells.Select(row => Text(row, name) == value ? 1f : 0).ToArray())).ToArray();
        return new()
        {
            Features = tensor(cells.SelectMany((_, row) => columns.Select(column => column[row])).ToArray(), cells.Length, columns.Length),
            Labels = task == LearningTask.Binary ? tensor(cells.Select(row => Text(row, label) == positive ? 1L : 0).ToArray()) : tensor(Numbers(label)!),
            Classes = task == LearningTask.Binary ? 2 : 1,
            Protected = protectedColumns.Length == 0 ? null : ProtectedColumns.Of([.. protectedColumns.Select(name => Numbers(name) is { } numbers ? ProtectedColumn.Numbers(name, tensor(numbers), 4)
                : ProtectedColumn.OfCategories(name, tensor(cells.Select(row => (long)Codes(name).IndexOf(Text(row, name))).ToArray()), Codes(name).Count))]),
        };

        string Text(string[] row, string name) => row[Array.IndexOf(names, name)];
        List<string> Codes(string name) => [.. cells.Select(row => Text(row, name)).Distinct().Order(StringComparer.Ordinal)];
        float[]? Numbers(string name)
        {
            var numbers = cells.Select(row => float.TryParse(Text(row, name), CultureInfo.InvariantCulture, out var number) ? number : float.NaN).ToArray();
            return numbers.Any(float.IsNaN) ? null : numbers;
        }
    }
}
