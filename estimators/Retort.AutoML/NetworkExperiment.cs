using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.AutoML;
using Microsoft.ML.Runtime;

namespace Retort;

/// <summary>Searches a space of recipes for the best network.</summary>
/// <remarks>
/// <para>The data is read once and its teacher scored once for all trials; one that is trained first (<see cref="Teacher.Ensemble"/>) is trained once. Every trial is trained as the trainer <c>Network</c> would train its recipe alone, on the same rows, and ends in the same bits. All are judged on the same others: those that the base recipe's <see cref="Recipe.HoldOut"/> keeps from training, or the validation rows, and where the space has calibrations the half of these that does not calibrate.
/// Trials run side by side by successive halving, or as a <see cref="Population"/> (<see cref="SweepSettings"/>). One that fails or diverges is a row of the result with its reason; the search goes on.</para>
/// <para>Within a number of trials the result is the same in every bit, whatever the number of threads. With a folder, a search that was ended by whatever goes on there and ends in the same table: what was trained is not trained again.</para>
/// <para>The same rows choose the epoch, the trial and the recipe: what was measured on them looks better than it is, the more so the more trials there are. Keep rows that the search never sees.</para>
/// <para>Seen on five tables of 4,000 to 11,000 rows, three seeds, three minutes a search on two cores, over <see cref="RecipeSpace.Default"/>: 170 to 318 recipes were begun and five to 13 trained to their ends, where AutoMLExperiment's cost-frugal tuner began 23 to 96.
/// The mean test loss was smaller than that tuner's on all five, by more than a paired standard error on three (phoneme, wine, abalone); the fewest times as many recipes, 2.6 and 3.2, were begun where that tuner went to very small networks (compas, abalone). Beside its random tuner: 36 seconds, smaller on all five.</para>
/// </remarks>
/// <typeparam name="TTransformer">The networks.</typeparam>
public sealed class NetworkExperiment<TTransformer>
    where TTransformer : NetworkTransformer
{
    private const int Share = 2, LastPart = 10; // of the time: what one trial may take, and when none begins any more

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
            throw Check.Wrong("Objectives", "be Loss, Gap, Weights or Latency in regression", string.Join(", ", settings.Objectives));
        if (settings.Objectives.Contains(SweepObjective.Gap) && trainer.Columns.Protected.Count == 0)
            throw new ArgumentException("The objective Gap must have protected columns, but none are named.");
        if (settings.Population is not null && !new Exploration(space, 0).HasNumbers)
            throw new ArgumentException("A space for a population must have numbers that can change while a network is trained, such as those of an optimizer, but has none.");
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
            return In(_folder);
        var folder = Directory.CreateTempSubdirectory("retort-sweep-");
        try
        {
            return In(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        NetworkSweep<TTransformer> In(string path) => _trainer.With(input, rows => Search(rows, path), new SweepTeachers(path).Of);
    }

    /// <summary>Trains the recipe of a trial once more, now also on the rows that judged it.</summary>
    /// <remarks>
    /// From the same initial weights, for as many epochs as were best, at the learning rates that they had then; more rows make more steps of an epoch. Nothing is left to judge it by, but for rows that the search has never seen.
    /// A calibration needs rows that the network has not learned from: where the recipe calibrates, the half of the held-out rows that calibrated does so again, and only the other half is learned from. The model's recipe is the trial's, with its share held out.
    /// A teacher that is trained first is trained again, on all of these rows and to the end of its epochs.
    /// Seen on three seeds, where a quarter of the rows was held out: the test loss 4.2 ± 1.6 % below that of the best trial on phoneme, and 1.0 ± 0.8 % and 0.9 ± 1.1 % above it on abalone and mammography.
    /// </remarks>
    /// <param name="trial">One of the search's trials.</param>
    /// <param name="input">The data of the search.</param>
    /// <exception cref="ArgumentException">The trial failed or is of a <see cref="Population"/>, or the search is judged by validation rows, or the recipe cannot do without rows that judge it.</exception>
    /// <exception cref="DivergenceException">The loss or the weights became NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException">It was stopped before its last epoch had ended.</exception>
    public TTransformer Refit(SweepTrial trial, IDataView input)
    {
        ArgumentNullException.ThrowIfNull(trial);
        if (trial.Failure is not null)
            throw Check.Wrong("A trial that is trained once more", "have succeeded", $"trial {trial.Number}, which failed: {trial.Failure}");
        if (trial.Stages.Count > 1)
            throw Check.Wrong("A trial that is trained once more", "have had one recipe", $"trial {trial.Number}, which had {trial.Stages.Count} one after the other");
        return _trainer.With(input, data =>
        {
            if (data.Validation is not null)
                throw new ArgumentException("A trial is trained once more on the rows that the search held out, but the search has validation rows of its own; train its recipe on both together.");
            var (rows, calibrating) = HeldRows.ForRefit(trial.Recipe, _trainer.Task, data.Rows, data.Seed);
            using (rows)
            using (calibrating)
            {
                using var enough = CancellationTokenSource.CreateLinkedTokenSource(_trainer.Stop);
                var result = Train(() => data.TrainOn(trial.Recipe with { HoldOut = 0 }, rows, null, null, new Last(trial.BestEpoch, enough), "Refit: ", false, null, enough.Token));
                if (result.Epochs.Count < trial.BestEpoch)
                    throw new OperationCanceledException("Training once more was stopped before its last epoch had ended.", _trainer.Stop);
                var network = calibrating is null ? result.Network : NetworkCalibration.Of(result.Network, trial.Recipe.CalibrationFor(_trainer.Task)!, calibrating);
                return data.Transformer(network, trial.Recipe, null);
            }
        });

        static TrainingResult Train(Func<TrainingResult> train)
        {
            try
            {
                return train();
            }
            catch (DivergedRunException e)
            {
                throw new DivergenceException(e, null);
            }
        }
    }

    private NetworkSweep<TTransformer> Search(RowsToTrain<TTransformer> data, string folder)
    {
        using var held = SweepSpace.Held(_space, _trainer.Task, data);
        var file = new SweepFile(folder, $"{_space} {_settings with { Threads = 0, Trials = 1, Time = null }} {_trainer.Task} {_trainer.Teaching} {data.Seed} {Convert.ToHexString(CheckpointFile.Hash([data.Rows, data.Validation]))}");
        var runner = new SweepRunner<TTransformer>(_trainer.Task, _settings, data, held, file, _progress);
        var seeds = Seeds.Of(data.Seed, _settings.Seed);
        var tuner = _tuner ?? new EvolvingTuner(_space, seeds);
        var watch = new SweepWatch(_monitor, data.Channel);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_trainer.Stop);
        if (_settings.Time is { } time)
            over.CancelAfter(time);

        var workers = data.Place.IsManaged ? _settings.Threads == 0 ? Environment.ProcessorCount : _settings.Threads : 1; // on a GPU another network would only make each slower
        var most = _space.ToSearchSpace().FeatureSpaceDim > 0 ? _settings.Trials : 1;
        if (most < _settings.Trials)
            data.Channel.Info(MessageSensitivity.None, "{0}", "The space has nothing to search, so that one trial is all there is.");
        var trials = _settings.Population is { } population
            ? Evolve(threads => new(population, _trainer.Task, _settings, _space, seeds, data, held.Learned.Rows, runner, file, watch, threads), tuner, workers, over)
            : Halve(most, runner, tuner, watch, workers, over);
        if (trials.Count == 0)
            throw new OperationCanceledException("The search was stopped before any trial had ended an epoch.", _trainer.Stop);
        if (trials.All(trial => trial.Failure is not null))
            throw new InvalidOperationException($"A trial must succeed, but all {trials.Count} failed; the first: {trials[0].Failure}");
        return new(trials, _settings.Rungs, trial => data.Transformer(runner.NetworkOf(trial.Number), trial.Recipe, null),
            best => SweepSouping.Of(trials, best, runner.NetworkOf, runner.Judge, held, _trainer.Task) is { } found ? (found.Soup, data.Transformer(found.Network, found.Recipe, null)) : null);
    }

    /// <summary>Trains a trial again, alone: its recipe, or one after the other the recipes of its stages. On the same data it ends in the same bits.</summary>
    /// <param name="input">The data.</param>
    /// <param name="trial">A trial of this search, or of one with the same settings and columns.</param>
    /// <exception cref="ArgumentException">The trial failed, or a column is missing, of the wrong type, or holds what cannot be learned from.</exception>
    /// <exception cref="OperationCanceledException">The search was stopped.</exception>
    public TTransformer Repeat(IDataView input, SweepTrial trial)
    {
        ArgumentNullException.ThrowIfNull(trial);
        if (trial.Failure is not null || trial.Epochs == 0)
            throw Check.Wrong("The trial", "be one that succeeded", $"trial {trial.Number}");
        RecipeStage[] stages = trial.Stages.Count > 0 ? [.. trial.Stages] : [new(1, trial.Epochs, trial.Recipe, null)];
        var folder = Directory.CreateTempSubdirectory("retort-sweep-");
        try
        {
            return _trainer.With(input, data =>
            {
                Checkpoint? before = null;
                FittedNetwork? network = null;
                foreach (var (stage, number) in stages.Select((stage, number) => (stage, number)))
                {
                    var checkpoint = new Checkpoint(Path.Combine(folder.FullName, $"{number}.checkpoint")) { From = before?.Path, Keep = true };
                    var piece = new RunPiece(number, stages.Length, stage.First - 1, stage.Last) { EndsEarly = trial.Stages.Count == 0 };
                    network = piece.Train(data, stage.Recipe, checkpoint, $"Trial {trial.Number} again: ", _trainer.Stop, _ => { }).Network;
                    before = checkpoint;
                }

                return data.Transformer(network!, trial.Recipe, null);
            });
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Trains one population after the other, whole ones, so that a search for more trials goes on from there.</summary>
    private List<SweepTrial> Evolve(Func<SweepThreads, PopulationRunner<TTransformer>> populations, ITuner tuner, int workers, CancellationTokenSource over)
    {
        using var threads = new SweepThreads(workers, over);
        var runner = populations(threads);
        var (trials, members) = (new List<SweepTrial>(), _settings.Population!.Members);
        for (var first = 0; first + members <= _settings.Trials; first += members)
        {
            var proposal = Proposal.Of(first, tuner, _space);
            SweepTrial[] judged = [.. runner.Run(first, proposal.Recipe, over.Token).OfType<SweepTrial>()];
            if (judged.Length == 0)
                break; // its turn never came
            trials.AddRange(judged);
            tuner.Update(new() // what was proposed has become as good as the best of them
            {
                TrialSettings = proposal.Settings,
                Loss = judged.Min(trial => trial.Loss),
                Metric = judged.Min(trial => trial.Loss),
                DurationInMilliseconds = (DateTime.UtcNow - proposal.Settings.StartedAtUtc).TotalMilliseconds,
            });
        }

        return trials;
    }

    /// <summary>Proposes, trains and leaves trials until there are enough, or the time is over.</summary>
    /// <remarks>What is decided depends on the order of jobs alone, not on which ends first: they are looked at in the order in which they were begun, and so many are on the way, whatever the number of threads.</remarks>
    private List<SweepTrial> Halve(int most, SweepRunner<TTransformer> runner, ITuner tuner, SweepWatch watch, int workers, CancellationTokenSource over)
    {
        var (clock, stop) = (Stopwatch.StartNew(), over.Token);
        var (trials, rungs, begun) = (new List<SweepTrial>(), Enumerable.Range(0, _settings.Rungs).Select(_ => new Rung(_settings.Reduction)).ToArray(), 0);
        using var threads = new SweepThreads(workers, over);
        var jobs = new Queue<(Proposal Proposal, SweepTrial? Before, int Rung, Task<SweepTrial?> Task)>();
        while (true)
        {
            for (; begun < most && jobs.Count < _settings.Cohort && (begun <= runner.LastKnown || !stop.IsCancellationRequested && !(Left() < _settings.Time / LastPart)); begun++)
                Begin(Proposal.Of(begun, tuner, _space), null, First(begun));
            if (!jobs.TryDequeue(out var job))
                return [.. trials.OrderBy(trial => trial.Number)];
            if ((job.Task.GetAwaiter().GetResult() ?? job.Before) is not { } trial)
                continue; // its turn never came
            if (trial.Failure is null && trial.Rungs > job.Rung && job.Rung < _settings.Rungs - 1 && rungs[job.Rung].Takes(trial) && !IsOver(trial.Number, job.Rung + 1))
            {
                Begin(job.Proposal, trial, job.Rung + 1);
                continue;
            }

            if (!stop.IsCancellationRequested)
                runner.Leave(trial.Number);
            trials.Add(trial);
            tuner.Update(watch.Ended(job.Proposal.Settings, trial, trial.Rungs == _settings.Rungs));
        }

        // the first is what there would be without a search: nothing ends it early
        int First(int number) => number == 0 ? _settings.Rungs - 1 : 0;

        // what is known is taken even then
        bool IsOver(int number, int rung) => stop.IsCancellationRequested && !runner.Knows(number, rung);

        TimeSpan? Left() => _settings.Time - clock.Elapsed;

        void Begin(Proposal proposal, SweepTrial? before, int rung) => jobs.Enqueue((proposal, before, rung, threads.Run(rung, () =>
        {
            if (IsOver(proposal.Settings.TrialId, rung))
                return null;
            if (before is null)
                watch.Begun(proposal.Settings);
            return runner.Run(proposal.Settings.TrialId, proposal.Recipe, rung, stop, rung > 0 || proposal.Settings.TrialId == 0 || _trainer.Teaching.Way == TeachingWay.Ensemble ? null : _settings.Time / Share); // some wait for the ensemble
        })));
    }

    /// <summary>The trials that have ended a rung so far, and how many of them went on.</summary>
    private sealed class Rung(int reduction)
    {
        private readonly List<SweepTrial> _ended = [];
        private int _wentOn;

        /// <summary>Whether a trial goes on: the best so far in any objective always, else one of the best, as long as no more of all have gone on than are to.</summary>
        public bool Takes(SweepTrial trial)
        {
            var better = _ended.Count(other => other.Loss <= trial.Loss);
            var isBest = Enumerable.Range(0, trial.Objectives.Count).Any(i => _ended.All(other => trial.Objectives[i] < other.Objectives[i]));
            _ended.Add(trial);
            var few = (_ended.Count + reduction - 1) / reduction;
            var goesOn = isBest || better < few && _wentOn < few;
            _wentOn += goesOn ? 1 : 0;
            return goesOn;
        }
    }

    /// <summary>Ends a run after an epoch.</summary>
    private sealed class Last(int epoch, CancellationTokenSource enough) : IProgress<EpochReport>
    {
        public void Report(EpochReport value)
        {
            if (value.Epoch >= epoch)
                enough.Cancel();
        }
    }

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
