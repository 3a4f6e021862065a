using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Retort;

/// <summary>Trains and judges the trials of a search, rung by rung.</summary>
internal sealed class SweepRunner<TTransformer>(LearningTask task, SweepSettings settings, RowsToTrain<TTransformer> data, HeldRows held, SweepFile file, IProgress<SweepTrial>? progress)
{
    private const int Soon = 4, Few = 8; // in a fourth of its time a trial must have ended an eighth of its epochs

    private readonly ConcurrentDictionary<int, FittedNetwork> _networks = []; // as they were when they were judged last

    /// <summary>The network of a trial as it was judged last.</summary>
    public FittedNetwork NetworkOf(int trial) => _networks.TryGetValue(trial, out var network) ? network : file.NetworkOf(trial);

    /// <summary>Takes a network as that of a trial, in place of an earlier one.</summary>
    public void Keep(int trial, FittedNetwork network) => _networks[trial] = network;

    /// <summary>Tells whoever listens what a trial has become.</summary>
    public void Tell(SweepTrial trial) => progress?.Report(trial);

    /// <summary>The last trial of which anything is known; -1 where nothing is.</summary>
    public int LastKnown { get; } = file.LastKnown; // when the search began

    /// <summary>Whether a trial has ended a rung.</summary>
    public bool Knows(int number, int rung) => file.Ended(number, rung) is not null;

    /// <summary>Trains a trial from where it stands to the end of a rung, or until it is stopped, and judges it; null where it is stopped before its first epoch has ended.</summary>
    /// <param name="number">The trial.</param>
    /// <param name="recipe">Its recipe.</param>
    /// <param name="rung">From 0.</param>
    /// <param name="stop">Ends it as soon.</param>
    /// <param name="most">How long its whole run may take: it fails where the part up to the end of the rung takes longer than its part of that. Null for as long as it takes.</param>
    public SweepTrial? Run(int number, Recipe recipe, int rung, CancellationToken stop, TimeSpan? most)
    {
        var trial = file.Ended(number, rung) ?? Trained(number, recipe, rung, stop, most);
        if (trial is not null)
            progress?.Report(trial);
        return trial;
    }

    private SweepTrial? Trained(int number, Recipe recipe, int rung, CancellationToken stop, TimeSpan? most)
    {
        var trial = Train(number, recipe, rung, stop, most);
        if (trial is not null && (trial.Failure is not null || trial.Rungs > rung)) // else it was stopped on the way
            file.Add(rung, trial, trial.Failure is null ? _networks[number] : null);
        return trial;
    }

    /// <summary>Removes the state of a trial that will not go on.</summary>
    public void Leave(int trial)
    {
        file.Clear(trial);
        _networks.TryRemove(trial, out _); // its file is there
    }

    private SweepTrial? Train(int number, Recipe recipe, int rung, CancellationToken stop, TimeSpan? most)
    {
        var (until, epochs) = (settings.Until(rung, recipe.Epochs), 0);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var part = most * until / recipe.Epochs;
        if (part is { } after)
            enough.CancelAfter(after / Soon);
        var clock = Stopwatch.StartNew();
        try
        {
            recipe.Validate(task);
            var result = data.TrainOn(recipe, data.Rows, data.Validation, null, new Told(report => Reached(report.Epoch)), $"Trial {number}: ", true, file.Checkpoint(number), enough.Token, epoch => Reached(epoch - 1));
            if (result.Stopped && epochs < until && !stop.IsCancellationRequested)
                return TooSlow();
            _networks[number] = result.Network;
            return new(number, recipe, result.Stopped ? Enumerable.Range(0, settings.Rungs).Count(i => epochs >= settings.Until(i, recipe.Epochs)) : settings.Rungs, epochs, result.BestEpoch, Judge(result.Network), result.Epochs.Sum(report => (double)report.Rows), null);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return null;
        }
        catch (OperationCanceledException) when (enough.IsCancellationRequested)
        {
            return TooSlow();
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException or InvalidOperationException or DivergedRunException)
        {
            return Failed(e.Message);
        }

        SweepTrial Failed(string why) => new(number, recipe, rung, epochs, 0, [], (recipe.Subset?.Share ?? 1) * epochs * held.Learned.Rows, why);

        SweepTrial TooSlow() => Failed(string.Create(CultureInfo.InvariantCulture, $"Its first {until} of {recipe.Epochs} epochs must take at most {part?.TotalSeconds:g3} s, its part of the search's time, but {epochs} took {clock.Elapsed.TotalSeconds:g3} s."));

        void Reached(int epoch)
        {
            epochs = epoch;
            if (epoch >= until && rung < settings.Rungs - 1)
                enough.Cancel();
            else if (part - clock.Elapsed is { } left && epoch * Few >= until)
                enough.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }
    }

    /// <summary>What a network is worth, objective by objective.</summary>
    public ValueList<double> Judge(FittedNetwork network)
    {
        var answers = JudgingRows.Answers(network, held.Judging, data.Classes);
        SweepObjective[] objectives = settings.Objectives.Count == 0 ? [SweepObjective.Loss] : [.. settings.Objectives];
        return [.. objectives.Select(objective => objective switch
        {
            SweepObjective.Error => HeldLoss.Error(answers),
            SweepObjective.CalibrationError => HeldLoss.CalibrationError(answers),
            SweepObjective.Gap => HeldLoss.Gap(answers, held.Judging.Protected!),
            SweepObjective.Weights => network.Parameters.Length,
            SweepObjective.Latency => RowLatency.Of(network, held.Judging),
            _ => task == LearningTask.Regression ? Math.Sqrt(HeldLoss.Of(answers)) : HeldLoss.Of(answers),
        })];
    }

    private sealed class Told(Action<EpochReport> told) : IProgress<EpochReport>
    {
        public void Report(EpochReport value) => told(value);
    }
}
