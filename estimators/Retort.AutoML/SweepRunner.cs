using System.Collections.Concurrent;

namespace Retort;

/// <summary>Trains and judges the trials of a search, rung by rung.</summary>
internal sealed class SweepRunner<TTransformer>(LearningTask task, SweepSettings settings, RowsToTrain<TTransformer> data, HeldRows held, SweepFile file, IProgress<SweepTrial>? progress)
{
    private readonly ConcurrentDictionary<int, FittedNetwork> _networks = []; // as they were when they were judged last

    /// <summary>The network of a trial as it was judged last.</summary>
    public FittedNetwork NetworkOf(int trial) => _networks.TryGetValue(trial, out var network) ? network : file.NetworkOf(trial);

    /// <summary>Whether a trial has ended a rung.</summary>
    public bool Knows(int number, int rung) => file.Ended(number, rung) is not null;

    /// <summary>Trains a trial from where it stands to the end of a rung, or until it is stopped, and judges it; null where it is stopped before its first epoch has ended.</summary>
    /// <param name="number">The trial.</param>
    /// <param name="recipe">Its recipe.</param>
    /// <param name="rung">From 0.</param>
    /// <param name="stop">Ends it as soon.</param>
    public SweepTrial? Run(int number, Recipe recipe, int rung, CancellationToken stop)
    {
        var trial = file.Ended(number, rung) ?? Trained(number, recipe, rung, stop);
        if (trial is not null)
            progress?.Report(trial);
        return trial;
    }

    private SweepTrial? Trained(int number, Recipe recipe, int rung, CancellationToken stop)
    {
        var trial = Train(number, recipe, rung, stop);
        if (trial is not null && (trial.Failure is not null || trial.Rungs > rung)) // else it was stopped on the way
            file.Add(rung, trial, trial.Failure is null ? _networks[number] : null);
        return trial;
    }

    /// <summary>Removes the state of trials that will not go on.</summary>
    public void Leave(int trial) => file.Clear(trial);

    private SweepTrial? Train(int number, Recipe recipe, int rung, CancellationToken stop)
    {
        var (until, epochs) = (settings.Until(rung, recipe.Epochs), 0);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            recipe.Validate(task);
            var result = data.TrainOn(recipe, data.Rows, data.Validation, null, new Told(report => Reached(report.Epoch)), $"Trial {number}: ", true, file.Checkpoint(number), enough.Token, epoch => Reached(epoch - 1));
            _networks[number] = result.Network;
            return new(number, recipe, result.Stopped && epochs < until ? rung : result.Stopped ? rung + 1 : settings.Rungs, epochs, result.BestEpoch, Judge(result.Network), result.Epochs.Sum(report => (double)report.Rows), null);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException or InvalidOperationException or DivergedRunException)
        {
            return new(number, recipe, rung, epochs, 0, [], (recipe.Subset?.Share ?? 1) * epochs * held.Learned.Rows, e.Message);
        }

        void Reached(int epoch)
        {
            epochs = epoch;
            if (epoch >= until && rung < settings.Rungs - 1)
                enough.Cancel();
        }
    }

    private ValueList<double> Judge(FittedNetwork network)
    {
        var answers = JudgingRows.Answers(network, held.Judging, data.Classes);
        SweepObjective[] objectives = settings.Objectives.Count == 0 ? [SweepObjective.Loss] : [.. settings.Objectives];
        return [.. objectives.Select(objective => objective switch
        {
            SweepObjective.Error => HeldLoss.Error(answers),
            SweepObjective.CalibrationError => HeldLoss.CalibrationError(answers),
            SweepObjective.Gap => HeldLoss.Gap(answers, held.Judging.Protected!),
            SweepObjective.Weights => network.Parameters.Length,
            _ => task == LearningTask.Regression ? Math.Sqrt(HeldLoss.Of(answers)) : HeldLoss.Of(answers),
        })];
    }

    private sealed class Told(Action<EpochReport> told) : IProgress<EpochReport>
    {
        public void Report(EpochReport value) => told(value);
    }
}
