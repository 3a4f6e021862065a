using System.Globalization;

namespace Retort.Bench;

/// <summary>Populations beside searches of as many row-epochs, on rows that none of them sees: <c>./bench pbt [SET ...] [--seeds N]</c>, by default phoneme, wine and abalone with five seeds.</summary>
/// <remarks>
/// All search learning rate, decay and the like of AdamW, dropout and the strength of mixup of one small network, and are judged by <see cref="SweepRows"/>. <c>random</c> is a population in which nobody is replaced: the same first recipes, each to its end.
/// <c>halving</c> tries as many recipes by successive halving as cost about the same. <c>difference</c> is that of the way's metric from random's, a seed each, with its standard error.
/// </remarks>
internal static class PopulationBench
{
    private const int Members = 9, Epochs = 40;

    private static readonly RecipeSpace s_space = new()
    {
        Base = new() { Epochs = Epochs, Patience = Epochs, BatchSize = 64 },
        Networks = [new Mlp { Layers = 2, Width = 64, Dropout = 0.1 }],
        Optimizers = [new AdamW()],
        Mixings = [new Mixup()],
        Held = ["mlp.Layers", "mlp.Width", "mlp.Activation"],
    };

    private static readonly (string Name, SweepSettings Settings)[] s_ways =
    [
        ("random", new() { Trials = Members, Population = new() { Members = Members, Interval = 4, Quantile = 0 } }),
        ("pbt", new() { Trials = Members, Population = new() { Members = Members, Interval = 4 } }),
        ("pbt-10", new() { Trials = Members, Population = new() { Members = Members, Interval = 10 } }),
        ("halving", new() { Trials = 36 }),
    ];

    public static void Run(string[] arguments)
    {
        string[] wanted = [.. arguments.TakeWhile(argument => !argument.StartsWith("--", StringComparison.Ordinal))];
        var seeds = Array.IndexOf(arguments, "--seeds") is var place and >= 0 ? int.Parse(arguments[place + 1], CultureInfo.InvariantCulture) : 5;
        var folder = Directory.CreateTempSubdirectory("retort-pbt-").FullName;
        try
        {
            foreach (var set in QualitySet.All.Where(set => wanted.Length == 0 ? set.Name is "phoneme" or "wine" or "abalone" : wanted.Contains(set.Name)))
                Set(set, seeds, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Set(QualitySet set, int seeds, string folder)
    {
        var (table, kind) = (set.Read(), set.Task == LearningTask.Binary ? "log-loss" : "rmse");
        var rows = Enumerable.Range(1, seeds).Select(seed => new SweepRows(table, table.Split(seed), folder, seed)).ToArray();
        double[]? random = null;
        foreach (var (name, settings) in s_ways)
        {
            var found = rows.Select(one => Search(one, settings)).ToArray();
            double[] tests = [.. found.Select(one => one.Found.Test)];
            var (mean, deviation) = QualityMeasure.Spread(tests);
            var compared = "";
            if (random is not null)
            {
                var (difference, error) = QualityMeasure.Difference(tests, random);
                compared = FormattableString.Invariant($" difference={difference:+0.0000;-0.0000} error={error:F4}");
            }

            random ??= tests;
            Figures.Print($"pbt {set.Name} way={name} metric={mean:F4} sd={deviation:F4}{compared} held={found.Average(one => one.Found.Held):F4} epochs={found.Average(one => one.RowEpochs / one.Rows):F0} trials={found[0].Found.Trials} seeds={seeds} kind={kind}");
        }
    }

    private static (SweepFound Found, double RowEpochs, double Rows) Search(SweepRows rows, SweepSettings settings)
    {
        return rows.Task == LearningTask.Binary
            ? Found(rows.Context.BinaryClassification.Trainers.NetworkExperiment(s_space, settings, categoryColumnNames: rows.Categories, validation: rows.Held).Fit(rows.Train))
            : Found(rows.Context.Regression.Trainers.NetworkExperiment(s_space, settings, categoryColumnNames: rows.Categories, validation: rows.Held).Fit(rows.Train));

        (SweepFound, double, double) Found<T>(NetworkSweep<T> sweep) where T : NetworkTransformer =>
            (rows.Found(sweep.Model, sweep.Trials.Count, 0), sweep.Trials.Sum(trial => trial.RowEpochs), (double)rows.Train.GetRowCount()!);
    }
}
