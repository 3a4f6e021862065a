using Microsoft.ML;
using Microsoft.ML.AutoML;
using Microsoft.ML.Data;

namespace Retort.Bench;

/// <summary>The searches that are compared.</summary>
internal static class SweepRunners
{
    public const string Experiment = "experiment";

    public static IReadOnlyDictionary<string, Func<SweepRows, TimeSpan, SweepFound>> All { get; } = new Dictionary<string, Func<SweepRows, TimeSpan, SweepFound>>
    {
        [Experiment] = ByExperiment,
        ["cost-frugal"] = (rows, time) => BySerial(rows, time, experiment => experiment.SetCostFrugalTuner()),
        ["random"] = (rows, time) => BySerial(rows, time, experiment => experiment.SetRandomSearchTuner(rows.Seed)),
        ["default"] = (rows, _) => rows.Found(rows.Fit(new Recipe(), default), 1, 1),
    };

    private static SweepFound ByExperiment(SweepRows rows, TimeSpan time)
    {
        var settings = new SweepSettings { Trials = 100_000, Time = time };
        return rows.Task == LearningTask.Binary
            ? Found(rows.Context.BinaryClassification.Trainers.NetworkExperiment(settings: settings, categoryColumnNames: rows.Categories, validation: rows.Held).Fit(rows.Train))
            : Found(rows.Context.Regression.Trainers.NetworkExperiment(settings: settings, categoryColumnNames: rows.Categories, validation: rows.Held).Fit(rows.Train));

        SweepFound Found<T>(NetworkSweep<T> sweep) where T : NetworkTransformer => rows.Found(sweep.Model, sweep.Trials.Count, sweep.Trials.Count(trial => trial.Rungs == settings.Rungs));
    }

    /// <summary>ML.NET's own experiment: a trial after the other, each a network that is trained to its end or to the end of the time.</summary>
    private static SweepFound BySerial(SweepRows rows, TimeSpan time, Func<AutoMLExperiment, AutoMLExperiment> withTuner)
    {
        var space = RecipeSpace.Default.For(rows.Task);
        var (trials, full) = (0, 0);
        var experiment = rows.Context.Auto().CreateExperiment(new AutoMLExperiment.AutoMLExperimentSettings { Seed = rows.Seed })
            .AddSearchSpace("network", space.ToSearchSpace())
            .SetTrialRunner(_ => new Runner((settings, stop) =>
            {
                trials++;
                var model = rows.Fit(space.Read(settings.Parameter["network"]), stop);
                full += stop.IsCancellationRequested ? 0 : 1;
                return model;
            }, rows.HeldLoss));
        var best = withTuner(experiment).SetTrainingTimeInSeconds((uint)Math.Round(time.TotalSeconds)).RunAsync().GetAwaiter().GetResult();
        return rows.Found((NetworkTransformer)best.Model, trials, full);
    }

    private sealed class Runner(Func<TrialSettings, CancellationToken, NetworkTransformer> fit, Func<ITransformer, double> loss) : ITrialRunner
    {
        public Task<TrialResult> RunAsync(TrialSettings settings, CancellationToken ct) => Task.Run(() =>
        {
            var clock = System.Diagnostics.Stopwatch.StartNew();
            var model = fit(settings, ct);
            var held = loss(model);
            return new TrialResult { TrialSettings = settings, Model = model, Loss = held, Metric = held, DurationInMilliseconds = clock.Elapsed.TotalMilliseconds };
        });

        public void Dispose()
        {
        }
    }
}

/// <summary>What a search has found: its loss on rows that it has not seen and on those that it went by, how many trials it has begun and trained to their ends, and its recipe.</summary>
internal sealed record SweepFound(double Test, double Held, int Trials, int Full, string Recipe);

/// <summary>A split of a table, read once, with what was held out.</summary>
internal sealed class SweepRows
{
    private readonly QualityTable _table;
    private readonly QualitySplit _split;
    private readonly IDataView _test;

    public SweepRows(QualityTable table, QualitySplit split, string folder, int seed)
    {
        (_table, _split, Seed, Context) = (table, split, seed, new MLContext(seed));
        IEstimator<ITransformer> keys = Context.Transforms.CopyColumns("Features", "Numbers");
        foreach (var category in table.Set.Categories)
            keys = keys.Append(Context.Transforms.Conversion.MapValueToKey(category));
        var train = table.Load(Context, folder, split.Train);
        var prepare = keys.Fit(train);
        (Train, Held, _test) = (Ready(train), Ready(table.Load(Context, folder, split.Validation)), Ready(table.Load(Context, folder, split.Test)));

        IDataView Ready(IDataView rows) => Context.Data.Cache(prepare.Transform(rows));
    }

    public MLContext Context { get; }

    public int Seed { get; }

    public LearningTask Task => _table.Set.Task;

    public string[] Categories => _table.Set.Categories;

    public IDataView Train { get; }

    public IDataView Held { get; }

    public NetworkTransformer Fit(Recipe recipe, CancellationToken stop) => Task == LearningTask.Binary
        ? Context.BinaryClassification.Trainers.Network(recipe, categoryColumnNames: Categories, validation: Held, stop: stop).Fit(Train)
        : Context.Regression.Trainers.Network(recipe, categoryColumnNames: Categories, validation: Held, stop: stop).Fit(Train);

    public double HeldLoss(ITransformer model) => Loss(model, Held, _split.Validation);

    public SweepFound Found(NetworkTransformer model, int trials, int full) => new(Loss(model, _test, _split.Test), HeldLoss(model), trials, full, model.Model.Recipe.ToString());

    private double Loss(ITransformer model, IDataView rows, int[] numbers) => QualityMeasure.Loss(
        [.. model.Transform(rows).GetColumn<float>(Task == LearningTask.Binary ? "Probability" : "Score").Select(value => (double)value)], _table.Labels(numbers), Task);
}
