using Microsoft.ML;
using Microsoft.ML.AutoML;

namespace Retort;

/// <summary>Searches a space of recipes for the best network.</summary>
/// <remarks>
/// <para>The data is read once and its teacher scored once for all trials. Every trial is trained as the trainer <c>Network</c> would train its recipe alone, on the same rows, and ends in the same bits. All are judged on the same others: those that the base recipe's <see cref="Recipe.HoldOut"/> keeps from training, or the validation rows, and where the space has calibrations the half of these that does not calibrate.
/// Trials run side by side by successive halving (<see cref="SweepSettings"/>). One that fails or diverges is a row of the result with its reason; the search goes on.</para>
/// <para>Within a number of trials the result is the same in every bit, whatever the number of threads. With a folder, a search that was ended by whatever goes on there and ends in the same table: what was trained is not trained again.</para>
/// <para>The same rows choose the epoch, the trial and the recipe: what was measured on them looks better than it is, the more so the more trials there are. Keep rows that the search never sees.</para>
/// </remarks>
/// <typeparam name="TTransformer">The networks.</typeparam>
public sealed class NetworkExperiment<TTransformer>
    where TTransformer : NetworkTransformer
{
    private readonly NetworkTrainer<TTransformer> _trainer;
    private readonly RecipeSpace _space;
    private readonly SweepSettings _settings;
    private readonly string? _folder;
    private readonly ITuner? _tuner;
    private readonly IMonitor? _monitor;
    private readonly IProgress<SweepTrial>? _progress;

    internal NetworkExperiment(NetworkTrainer<TTransformer> trainer, RecipeSpace space, SweepSettings settings, string? folder, ITuner? tuner, IMonitor? monitor, IProgress<SweepTrial>? progress)
    {
        settings.Validate();
        if (trainer.Task == LearningTask.Regression && settings.Objectives.Any(one => one is SweepObjective.Error or SweepObjective.CalibrationError))
            throw Check.Wrong("Objectives", "be Loss, Gap or Weights in regression", string.Join(", ", settings.Objectives));
        if (settings.Objectives.Contains(SweepObjective.Gap) && trainer.Columns.Protected.Count == 0)
            throw new ArgumentException("The objective Gap must have protected columns, but none are named.");
        (_trainer, _space, _settings, _folder, _tuner, _monitor, _progress) = (trainer, space, settings, folder, tuner, monitor, progress);
    }

    /// <summary>Reads the data in one pass and searches.</summary>
    /// <exception cref="ArgumentException">A column is missing, of the wrong type, or holds what cannot be learned from, or no rows are held out to judge by, or the folder does not exist.</exception>
    /// <exception cref="InvalidDataException">The folder is of another search.</exception>
    /// <exception cref="InvalidOperationException">All trials failed; the message says why the first one did.</exception>
    /// <exception cref="OperationCanceledException">The context's execution was cancelled, or the search was stopped before any trial had ended an epoch.</exception>
    public NetworkSweep<TTransformer> Fit(IDataView input)
    {
        if (_folder is not null)
            return _trainer.With(input, rows => Search(rows, _folder));
        var folder = Directory.CreateTempSubdirectory("retort-sweep-");
        try
        {
            return _trainer.With(input, rows => Search(rows, folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private NetworkSweep<TTransformer> Search(RowsToTrain<TTransformer> data, string folder)
    {
        using var held = HeldRows.Of(_space.Base with { Calibration = Calibrates() ? new PlattScaling() : null, Loss = null }, _trainer.Task, data.Rows, data.Validation, data.Seed);
        var file = new SweepFile(folder, $"{_space} {_settings with { Threads = 0, Trials = 1, Time = null }} {_trainer.Task} {data.Seed} {Convert.ToHexString(CheckpointFile.Hash([data.Rows, data.Validation]))}");
        var runner = new SweepRunner<TTransformer>(_trainer.Task, _settings, data, held, file, _progress);
        var tuner = _tuner ?? new EvolvingTuner(_space.ToSearchSpace(), Seeds.Of(data.Seed, _settings.Seed));
        var watch = new SweepWatch(_monitor, data.Channel);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_trainer.Stop);
        if (_settings.Time is { } time)
            over.CancelAfter(time);

        var trials = new List<SweepTrial>();
        var workers = data.Place.IsManaged ? _settings.Threads == 0 ? Environment.ProcessorCount : _settings.Threads : 1; // on a GPU another network would only make each slower
        for (var first = 0; first < _settings.Trials && (!over.IsCancellationRequested || Enumerable.Range(first, _settings.Cohort).Any(number => runner.Knows(number, 0))); first += _settings.Cohort)
        {
            var proposed = Enumerable.Range(first, Math.Min(_settings.Cohort, _settings.Trials - first)).Select(number => Proposal.Of(number, tuner, _space)).ToArray();
            foreach (var (proposal, trial) in proposed.Zip(Halve(proposed, runner, watch, workers, over.Token)))
            {
                if (trial is null)
                    continue; // its turn never came
                trials.Add(trial);
                tuner.Update(watch.Ended(proposal.Settings, trial, trial.Rungs == _settings.Rungs));
            }
        }

        if (trials.Count == 0)
            throw new OperationCanceledException("The search was stopped before any trial had ended an epoch.", _trainer.Stop);
        if (trials.All(trial => trial.Failure is not null))
            throw new InvalidOperationException($"A trial must succeed, but all {trials.Count} failed; the first: {trials[0].Failure}");
        return new(trials, _settings.Rungs, trial => data.Transformer(runner.NetworkOf(trial.Number), trial.Recipe, null));
    }

    /// <summary>Whether any recipe of the space calibrates, so that rows must be left for it.</summary>
    private bool Calibrates() => _trainer.Task != LearningTask.Regression
        && (_space.Base.CalibrationFor(_trainer.Task) is not null || _space.Calibrations.Any(one => one is not null) || _space.Losses.Any(one => one is { GivesProbabilities: false }));

    /// <summary>What becomes of trials that begin together; null where one was stopped before its first epoch had ended. What is known of them is taken, even where the search is over.</summary>
    private SweepTrial?[] Halve(Proposal[] proposed, SweepRunner<TTransformer> runner, SweepWatch watch, int workers, CancellationToken stop)
    {
        var trials = new SweepTrial?[proposed.Length];
        int[] places = [.. Enumerable.Range(0, proposed.Length)];
        for (var rung = 0; rung < _settings.Rungs && places.Length > 0; rung++)
        {
            try
            {
                Parallel.ForEach(Partitioner(places), new() { MaxDegreeOfParallelism = workers }, place =>
                {
                    if (stop.IsCancellationRequested && !runner.Knows(proposed[place].Settings.TrialId, rung))
                        return;
                    if (rung == 0)
                        watch.Begun(proposed[place].Settings);
                    trials[place] = runner.Run(proposed[place].Settings.TrialId, proposed[place].Recipe, rung, stop) ?? trials[place];
                });
            }
            catch (AggregateException e)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
            }

            var best = Best([.. places.Where(place => trials[place] is { Failure: null })], place => trials[place]!, (places.Length + _settings.Reduction - 1) / _settings.Reduction);
            if (!stop.IsCancellationRequested)
                foreach (var place in rung == _settings.Rungs - 1 ? places : places.Except(best))
                    runner.Leave(proposed[place].Settings.TrialId);
            places = best;
        }

        return trials;
    }

    /// <summary>The places that go on: the best of each objective, and where that is fewer than are wanted, more by the first.</summary>
    private static int[] Best(int[] places, Func<int, SweepTrial> at, int wanted)
    {
        var order = places.OrderBy(place => at(place).Loss).ThenBy(place => place).ToArray();
        var kept = Enumerable.Range(0, order.Length == 0 ? 0 : at(order[0]).Objectives.Count).Select(i => order.MinBy(place => at(place).Objectives[i])).ToHashSet();
        foreach (var place in order)
            if (kept.Count < wanted)
                kept.Add(place);
        return [.. order.Where(kept.Contains)];
    }

    /// <summary>One at a time, in their order: else a thread would take several long runs while another waits.</summary>
    private static System.Collections.Concurrent.OrderablePartitioner<int> Partitioner(int[] places) =>
        System.Collections.Concurrent.Partitioner.Create(places, System.Collections.Concurrent.EnumerablePartitionerOptions.NoBuffering);

    private sealed record Proposal(TrialSettings Settings, Recipe Recipe)
    {
        public static Proposal Of(int number, ITuner tuner, RecipeSpace space)
        {
            var settings = new TrialSettings { TrialId = number, StartedAtUtc = DateTime.UtcNow };
            settings.Parameter = tuner.Propose(settings);
            return new(settings, space.Read(settings.Parameter));
        }
    }
}
