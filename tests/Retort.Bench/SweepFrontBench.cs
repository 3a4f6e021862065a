using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort.Bench;

/// <summary>
/// A search over loss, distillation, mixing, penalty and calibration for log-loss, calibration error and gap on compas, where sex and race are protected and no features: <c>./bench sweep-front [TRIALS]</c>, a line a member of the front.
/// </summary>
/// <remarks>Every member is trained again from the JSON of its recipe alone; <c>apart</c> is the largest difference of any row's probability, of all rows. <c>loss</c>, <c>ece</c> and <c>gap</c> are of the held-out rows that the search went by, <c>test</c> is the log-loss of the last fifth of the rows, which it has not seen.</remarks>
internal static class SweepFrontBench
{
    private static readonly string[] s_categories = ["c_charge_degree"], s_protected = ["sex", "race"];

    public static void Run(string[] arguments)
    {
        var trials = arguments.Length > 0 ? int.Parse(arguments[0], System.Globalization.CultureInfo.InvariantCulture) : 40;
        var ml = new MLContext(seed: 1);
        var (train, test) = Read(ml);
        var teacher = Teacher.Of(ml.BinaryClassification.Trainers.Network(new() { Network = new TabM { Mini = true, Members = 16 }, Epochs = 30, BatchSize = 256 }, categoryColumnNames: s_categories).Fit(train));
        var space = new RecipeSpace
        {
            Base = new() { Network = new Mlp { Layers = 2, Width = 64 }, Epochs = 30, BatchSize = 256, HoldOut = 0.25, Optimizer = new AdamW { LearningRate = 5e-3 } },
            Losses = [null, new FocalLoss(), new BrierLoss(), new CrossEntropyLoss { LabelSmoothing = 0.05 }],
            Distillations = [new SoftTargets { Weight = 0 }, new SoftTargets(), new DecoupledTarget()],
            Mixings = [null, new Mixup()],
            Penalties = [null, new DemographicParity(), new DistanceCovariance()],
            Calibrations = [null, new TemperatureScaling(), new PlattScaling()],
        };
        var settings = new SweepSettings { Trials = trials, Rungs = 2, Objectives = [SweepObjective.Loss, SweepObjective.CalibrationError, SweepObjective.Gap] };
        var sweep = ml.BinaryClassification.Trainers.NetworkExperiment(space, settings, teacher, categoryColumnNames: s_categories, protectedColumnNames: s_protected).Fit(train);
        var apart = 0.0;
        foreach (var trial in sweep.Pareto)
        {
            var recipe = Recipe.FromJson(trial.Recipe.ToJson());
            var alone = ml.BinaryClassification.Trainers.Network(recipe, teacher, categoryColumnNames: s_categories, protectedColumnNames: s_protected).Fit(train);
            var own = new[] { train, test }.Max(rows => Probabilities(sweep.ModelOf(trial).Transform(rows)).Zip(Probabilities(alone.Transform(rows)), (a, b) => Math.Abs(a - b)).Max());
            apart = Math.Max(apart, own);
            var loss = ml.BinaryClassification.Evaluate(sweep.ModelOf(trial).Transform(test)).LogLoss * Math.Log(2); // ML.NET counts in bits
            Figures.Print($"sweep-front compas trial={trial.Number} loss={trial.Objectives[0]:F4} ece={trial.Objectives[1]:F4} gap={trial.Objectives[2]:F4} test={loss:F4} apart={own:E1} recipe={Name(recipe.Loss)},{Name(recipe.Distillation)},{Name(recipe.Mixing)},{Name(recipe.Penalty)},{Name(recipe.Calibration)}");
        }

        Figures.Print($"sweep-front compas members={sweep.Pareto.Count} trials={sweep.Trials.Count} full={sweep.Trials.Count(trial => trial.Rungs == settings.Rungs)} failed={sweep.Trials.Count(trial => trial.Failure is not null)} apart={apart:E1}");

        static string Name(Part? part) => part is null ? "none" : Methods.Of(part).Id;
    }

    private static double[] Probabilities(IDataView scored) => [.. scored.GetColumn<float>("Probability").Select(value => (double)value)];

    /// <summary>Four fifths of the rows, and the last one.</summary>
    private static (IDataView Train, IDataView Test) Read(MLContext ml)
    {
        var path = Path.Combine("..", "shared", "data", "compas.csv");
        if (!File.Exists(path))
            throw new InvalidOperationException($"The benchmark needs the tables of ../shared/data, but '{path}' does not exist.");
        TextLoader.Column[] columns =
        [
            new("sex", DataKind.String, 0), new("race", DataKind.String, 3), new("c_charge_degree", DataKind.String, 8), new("Label", DataKind.Boolean, 10),
            new("Features", DataKind.Single, [new TextLoader.Range(1), new TextLoader.Range(4, 7)]),
        ];
        var rows = ml.Data.LoadFromTextFile(path, columns, separatorChar: ',', hasHeader: true);
        var keys = ml.Transforms.Conversion.MapValueToKey([new InputOutputColumnPair("sex"), new InputOutputColumnPair("race"), new InputOutputColumnPair("c_charge_degree")]);
        var split = ml.Data.TrainTestSplit(ml.Data.Cache(keys.Fit(rows).Transform(rows)), testFraction: 0.2);
        return (split.TrainSet, split.TestSet);
    }
}
