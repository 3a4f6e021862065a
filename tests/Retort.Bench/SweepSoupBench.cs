using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort.Bench;

/// <summary>
/// What is made of a search's trials beside the best of them, on rows that no search sees: <c>./bench sweep-soup [SET ...] [--trials N] [--seeds N]</c>, by default phoneme, abalone and mammography, 27 trials and three seeds.
/// </summary>
/// <remarks>
/// A space with one network, whose learning rate, weight decay, batch size, mixing and averaging are searched, so that all trials begin from the same weights: 80 % of the rows, of which a quarter judges, and a test on the rest, by log-loss or the root of the mean squared error. <c>soup</c> is the mean of trials (the best trial where
/// no mean is better), <c>refit</c> the best recipe once more on all 80 %; <c>change</c> is relative to the best trial's, in percent, with the standard error over seeds, and <c>soups</c> how many searches had one.
/// </remarks>
internal static class SweepSoupBench
{
    private static readonly RecipeSpace s_space = new()
    {
        Base = new() { Network = new Mlp { Numbers = new PleEmbedding() }, HoldOut = 0.25, Epochs = 40, BatchSize = 128 },
        Optimizers = [new AdamW()],
        Mixings = [null, new Mixup()],
        Averagings = [null, new ExponentialAverage()],
        Settings = ["BatchSize"],
        Ranges = [new("BatchSize", 64, 256)],
    };

    public static void Run(string[] arguments)
    {
        var (sets, trials, seeds) = (new List<QualitySet>(), 27, 3);
        for (var i = 0; i < arguments.Length; i++)
            if (arguments[i] == "--trials" && i + 1 < arguments.Length)
                trials = int.Parse(arguments[++i], CultureInfo.InvariantCulture);
            else if (arguments[i] == "--seeds" && i + 1 < arguments.Length)
                seeds = int.Parse(arguments[++i], CultureInfo.InvariantCulture);
            else
                sets.Add(QualitySet.All.FirstOrDefault(set => set.Name == arguments[i]) ?? throw new InvalidOperationException($"An argument must be a set ({string.Join(", ", QualitySet.All.Select(s => s.Name))}), --trials or --seeds, but is '{arguments[i]}'."));

        var folder = Directory.CreateTempSubdirectory("retort-sweep-").FullName;
        try
        {
            foreach (var set in sets is [] ? QualitySet.All.Where(set => set.Name is "phoneme" or "abalone" or "mammography") : sets)
                Set(set, trials, seeds, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Set(QualitySet set, int trials, int seeds, string folder)
    {
        var table = set.Read();
        Found[] found = [.. Enumerable.Range(1, seeds).Select(seed => Search(table, table.Split(seed), folder, trials, seed))];
        Print("soup", own => own.Soup, FormattableString.Invariant($" soups={found.Count(own => own.Trials > 0)}"));
        Print("refit", own => own.Refit, "");

        void Print(string name, Func<Found, double> of, string more)
        {
            double[] changes = [.. found.Select(own => 100 * (of(own) / own.Best - 1))];
            var (change, error) = QualityMeasure.Difference(changes, new double[seeds]);
            Figures.Print($"sweep-soup {set.Name} way={name} metric={found.Average(of):F4} best={found.Average(own => own.Best):F4} change={change:+0.00;-0.00}% error={error:F2} wins={found.Count(own => of(own) < own.Best)} trials={trials} seeds={seeds}{more}");
        }
    }

    private static Found Search(QualityTable table, QualitySplit split, string folder, int trials, int seed)
    {
        var ml = new MLContext(seed);
        IEstimator<ITransformer> keys = ml.Transforms.CopyColumns("Features", "Numbers");
        foreach (var category in table.Set.Categories)
            keys = keys.Append(ml.Transforms.Conversion.MapValueToKey(category));
        var rows = table.Load(ml, folder, [.. split.Train, .. split.Validation]);
        var prepare = keys.Fit(rows);
        var (train, test, settings) = (ml.Data.Cache(prepare.Transform(rows)), prepare.Transform(table.Load(ml, folder, split.Test)), new SweepSettings { Trials = trials, Seed = seed });
        return table.Set.Task == LearningTask.Binary
            ? Of(ml.BinaryClassification.Trainers.NetworkExperiment(s_space, settings, categoryColumnNames: table.Set.Categories))
            : Of(ml.Regression.Trainers.NetworkExperiment(s_space, settings, categoryColumnNames: table.Set.Categories));

        Found Of<T>(NetworkExperiment<T> experiment) where T : NetworkTransformer
        {
            var sweep = experiment.Fit(train);
            var (best, refit) = (Loss(sweep.Model), Loss(experiment.Refit(sweep.Best, train)));
            var own = new Found(best, sweep.SoupModel is { } soup ? Loss(soup) : best, sweep.Soup?.Trials.Count ?? 0, refit);
            Figures.Print($"sweep-soup-seed {table.Set.Name} seed={seed} best={own.Best:F4} soup={own.Soup:F4} of={own.Trials} refit={own.Refit:F4} epochs={sweep.Best.BestEpoch} held={sweep.Best.Loss:F4} heldsoup={sweep.Soup?.Objectives[0] ?? sweep.Best.Loss:F4}");
            return own;
        }

        double Loss(ITransformer model) => QualityMeasure.Loss(
            [.. model.Transform(test).GetColumn<float>(table.Set.Task == LearningTask.Binary ? "Probability" : "Score").Select(value => (double)value)], table.Labels(split.Test), table.Set.Task);
    }

    private sealed record Found(double Best, double Soup, int Trials, double Refit);
}
