using Microsoft.ML;

namespace Retort.Tests;

/// <summary>Lines that the pages of docs show and no sample has: compiled here, between a name and an end.</summary>
internal static class Snippets
{
    public static ITransformer Losses(MLContext ml, IDataView train)
    {
        // losses
        var recipe = new Recipe { Loss = new DiceLoss(), Calibration = new PlattScaling() };
        var model = ml.BinaryClassification.Trainers.Network(recipe).Fit(train);
        // end
        return model;
    }

    public static ITransformer Networks(MLContext ml, IDataView train)
    {
        // networks
        var recipe = new Recipe { Network = new TabM { Members = 16, Mini = true }, BatchSize = 64 };
        var model = ml.Regression.Trainers.Network(recipe, categoryColumnNames: ["Occupation", "City"]).Fit(train);
        // end
        return model;
    }

    public static ITransformer Training(MLContext ml, IDataView train, CancellationToken stop)
    {
        // training
        var recipe = new Recipe { Optimizer = new AdamW { LearningRate = 0.002 }, Averaging = new ExponentialAverage(), Epochs = 200, Patience = 20 };
        var progress = new Progress<EpochReport>(epoch => Console.WriteLine($"{epoch.Epoch}: {epoch.ValidationLoss}"));
        var model = ml.MulticlassClassification.Trainers.Network(recipe, progress: progress, stop: stop, checkpoint: new Checkpoint("run.checkpoint")).Fit(train);
        // end
        return model;
    }
}
