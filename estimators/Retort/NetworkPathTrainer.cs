using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Retort;

/// <summary>Trains a network for each of several penalty weights side by side, and measures all of them.</summary>
/// <remarks>
/// <para>The data is read once. The networks train on threads of their own, as many at once as there are processors (one after the other on a GPU); they are not one batched network. Each is bit for bit what the trainer <c>Network</c> makes of
/// the recipe with its weight, whatever the number of threads. Weight 0 is always among them.</para>
/// <para>They are measured on the rows that choose the best epoch: those that the recipe's <see cref="Recipe.HoldOut"/> keeps from training, or the validation data; with a calibration, the half that does not calibrate.
/// With a token that stops training, those that have ended an epoch are measured as they are, and the others left out.</para>
/// </remarks>
/// <typeparam name="TTransformer">The networks.</typeparam>
public sealed class NetworkPathTrainer<TTransformer>
    where TTransformer : NetworkTransformer
{
    private readonly NetworkTrainer<TTransformer> _trainer;
    private readonly double[] _weights;
    private readonly PathMeasure _measure;
    private readonly FairnessSettings _fairness;
    private readonly IProgress<PathReport>? _progress;

    internal NetworkPathTrainer(NetworkTrainer<TTransformer> trainer, IReadOnlyList<double> weights, IReadOnlyList<string> protectedColumns, PathMeasure measure, FairnessSettings fairness, IProgress<PathReport>? progress)
    {
        if (trainer.Recipe.Penalty is null)
            throw Check.Wrong("Recipe.Penalty", "be given, whose weights make the path", "null");
        if (trainer.Recipe.Penalty.Target is not null)
            throw new ArgumentException($"Recipe.Penalty must have no Target where weights are given, but has {trainer.Recipe.Penalty.Target}; the trainer Network finds the weight of a target.");
        Check.AtLeast(Check.Given(weights).Count, 1, "The number of weights");
        foreach (var weight in weights)
            Check.AtLeast(weight, 0, "Each weight");
        Check.AtLeast(protectedColumns.Count, 1, "The number of protected columns");
        Check.Defined(measure);
        if (trainer.Task == LearningTask.Regression && measure is not (PathMeasure.Divergence or PathMeasure.MeanScoreGap))
            throw Check.Wrong("measure", "be Divergence or MeanScoreGap in regression", measure.ToString());
        fairness.Validate();
        (_trainer, _weights, _measure, _fairness, _progress) = (trainer, [.. weights.Append(0).Distinct().Order()], measure, fairness, progress);
    }

    /// <summary>The weights, in rising order.</summary>
    public IReadOnlyList<double> Weights => _weights;

    /// <summary>Reads the data in one pass, trains a network for each weight and measures it.</summary>
    /// <exception cref="ArgumentException">A column is missing, of the wrong type, or holds what cannot be learned from, or no rows are held out to measure on.</exception>
    /// <exception cref="DivergenceException">The network without penalty diverged before its first epoch ended.</exception>
    /// <exception cref="OperationCanceledException">The context's execution was cancelled, or training was stopped before any network had ended an epoch.</exception>
    public NetworkPath<TTransformer> Fit(IDataView input) => _trainer.With(input, Fit);

    private NetworkPath<TTransformer> Fit(RowsToTrain<TTransformer> data)
    {
        using var judging = JudgingRows.Of(_trainer.Recipe, _trainer.Task, data.Rows, data.Validation, data.Seed)
            ?? throw new ArgumentException("A path of weights must have rows to measure on, but none are held out; set HoldOut above 0, or give validation rows.");
        var points = new PathPoint<TTransformer>?[_weights.Length];
        try
        {
            // where a network is on a GPU, another one there would only make it slower
            Parallel.For(0, points.Length, new() { MaxDegreeOfParallelism = data.Place.IsManaged ? Environment.ProcessorCount : 1 }, i => points[i] = Point(data, judging, _weights[i]));
        }
        catch (AggregateException e)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions[0]); // as if one had been trained alone
        }

        PathPoint<TTransformer>[] trained = [.. points.OfType<PathPoint<TTransformer>>()];
        if (trained.Length == 0)
            throw new OperationCanceledException("Training was stopped before any network had ended its first epoch.", _trainer.Stop);
        if (trained.Length < points.Length)
            data.Channel.Warning(MessageSensitivity.None, "{0}", $"{points.Length - trained.Length} of {points.Length} weights have no network: training was stopped, or diverged, before the first epoch ended.");
        return new(trained, _measure);
    }

    private PathPoint<TTransformer>? Point(RowsToTrain<TTransformer> data, Dataset judging, double weight)
    {
        var recipe = _trainer.Recipe with { Penalty = _trainer.Recipe.Penalty! with { Weight = weight } };
        TTransformer model;
        var diverged = false;
        try
        {
            model = data.Train(recipe, _progress is null ? null : new Named(weight, _weights.Length, _progress), null, $"Weight {Check.Text(weight)}: ");
        }
        catch (OperationCanceledException e) when (_trainer.Stop.IsCancellationRequested && e.CancellationToken == _trainer.Stop)
        {
            return null;
        }
        catch (DivergenceException e) when (weight > 0 || e.LastGood is not null)
        {
            data.Channel.Warning(MessageSensitivity.None, "{0}", $"Weight {Check.Text(weight)}: {e.Message}");
            if (e.LastGood is not TTransformer good)
                return null;
            (model, diverged) = (good, true);
        }

        var answers = JudgingRows.Answers(model.Fitted, judging, data.Classes);
        return new(weight, model, FairnessMetrics.Of(answers, judging.Protected!, _fairness), _measure, diverged);
    }

    private sealed class Named(double weight, int weights, IProgress<PathReport> listener) : IProgress<EpochReport>
    {
        public void Report(EpochReport value) => listener.Report(new(weight, weights, value));
    }
}
