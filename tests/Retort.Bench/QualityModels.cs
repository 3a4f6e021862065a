using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort.Bench;

/// <summary>The models that are compared. Each learns from the training part and says what it predicts for other rows.</summary>
internal static class QualityModels
{
    public const string Boost = "boost", TunedBoost = "tuned", LinearModel = "linear", PoissonModel = "poisson";

    /// <summary>Our own, by name.</summary>
    public static IReadOnlyDictionary<string, Func<LearningTask, Recipe>> Recipes { get; } = new Dictionary<string, Func<LearningTask, Recipe>>
    {
        ["mlp"] = _ => new Recipe(),
        ["realmlp"] = task => new Recipe
        {
            Network = new RealMlp { Activation = task == LearningTask.Regression ? Activation.Mish : Activation.Selu },
            Optimizer = new AdamW { LearningRate = 0.04, Beta2 = 0.95, WeightDecay = 0.02 },
            Schedule = new CosLog4(),
            Epochs = 256,
            BatchSize = 256,
            Patience = 256,
        },
        ["tabm"] = _ => new Recipe { Network = new TabM { Mini = true, Members = 16 }, Optimizer = new AdamW { LearningRate = 5e-3, WeightDecay = 0.03 }, BatchSize = 64 }, // chosen on validation rows
    };

    /// <summary>A network; the validation part says when to stop. Categories stay categories.</summary>
    public static QualityScores Network(Recipe recipe, QualityWork work)
    {
        var ml = new MLContext(seed: 1);
        var (set, split) = (work.Table.Set, work.Split);
        var (train, validation, judged) = (Load(split.Train), Load(split.Validation), Load(work.Judged));
        IEstimator<ITransformer> keys = ml.Transforms.CopyColumns("Features", "Numbers"); // networks centre and scale numbers themselves
        foreach (var category in set.Categories)
            keys = keys.Append(ml.Transforms.Conversion.MapValueToKey(category));
        var prepare = keys.Fit(train);

        var epochs = new Epochs();
        var (inputs, held) = (prepare.Transform(train), prepare.Transform(validation));
        recipe = recipe with { Seed = recipe.Seed + split.Number };
        ITransformer model = null!;
        var seconds = Figures.Seconds(() => model = set.Task == LearningTask.Binary
            ? ml.BinaryClassification.Trainers.Network(recipe, categoryColumnNames: set.Categories, validation: held, progress: epochs).Fit(inputs)
            : ml.Regression.Trainers.Network(recipe, categoryColumnNames: set.Categories, validation: held, progress: epochs).Fit(inputs));
        return new(Predictions(model.Transform(prepare.Transform(judged)), set.Task), seconds, epochs.Best, epochs.Last);

        IDataView Load(int[] rows) => work.Table.Load(ml, work.Folder, rows);
    }

    /// <summary>ML.NET's linear models, on normalised numbers and one-hot categories: logistic by L-BFGS, or for numbers that of squared error.</summary>
    public static QualityScores ByLinear(QualityWork work) =>
        ByMlNet(work, ml => work.Table.Set.Task == LearningTask.Binary ? ml.BinaryClassification.Trainers.LbfgsLogisticRegression() : ml.Regression.Trainers.Sdca());

    /// <summary>The only linear model for numbers that ML.NET has by L-BFGS.</summary>
    public static QualityScores ByPoisson(QualityWork work) => ByMlNet(work, ml => ml.Regression.Trainers.LbfgsPoissonRegression());

    private static QualityScores ByMlNet(QualityWork work, Func<MLContext, IEstimator<ITransformer>> trainer)
    {
        var ml = new MLContext(seed: 1);
        var set = work.Table.Set;
        IEstimator<ITransformer> pipeline = ml.Transforms.NormalizeMeanVariance("Numbers", fixZero: false);
        foreach (var category in set.Categories)
            pipeline = pipeline.Append(ml.Transforms.Categorical.OneHotEncoding(category));
        pipeline = pipeline.Append(ml.Transforms.Concatenate("Features", ["Numbers", .. set.Categories])).Append(trainer(ml));

        var train = work.Table.Load(ml, work.Folder, work.Split.Train);
        ITransformer model = null!;
        var seconds = Figures.Seconds(() => model = pipeline.Fit(train));
        return new(Predictions(model.Transform(work.Table.Load(ml, work.Folder, work.Judged)), set.Task), seconds);
    }

    private static double[] Predictions(IDataView scored, LearningTask task) =>
        [.. scored.GetColumn<float>(task == LearningTask.Binary ? "Probability" : "Score").Select(value => (double)value)];

    private sealed class Epochs : IProgress<EpochReport>
    {
        private double _loss = double.PositiveInfinity;

        public int Best { get; private set; }

        public int Last { get; private set; }

        public void Report(EpochReport value)
        {
            Last = value.Epoch;
            if (value.ValidationLoss < _loss)
                (_loss, Best) = (value.ValidationLoss.Value, value.Epoch);
        }
    }
}

/// <summary>A split of a table, and the part of it that models are judged by.</summary>
internal sealed record QualityWork(QualityTable Table, QualitySplit Split, bool JudgesValidation, string Folder)
{
    public int[] Judged => JudgesValidation ? Split.Validation : Split.Test;
}

/// <summary>What a model predicts for the rows that it is judged by (the probability of the positive class, or the number), and the seconds that it learned; of a network, the best and the last epoch.</summary>
internal sealed record QualityScores(double[] Predictions, double Seconds, int BestEpoch = 0, int Epochs = 0);
