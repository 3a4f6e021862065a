using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.AutoML;
using Microsoft.ML.Runtime;

namespace Retort;

/// <summary>Networks for ML.NET's own AutoMLExperiment, in which each trial is a cohort of recipes that are trained side by side.</summary>
/// <remarks>
/// <para>The experiment brings tuner, monitor and limits. In each of its trials the runner asks the tuner for as many recipes as the cohort has, trains them on threads over the same rows, which are read once and which the teacher scores once for all trials, and reports all of them back to the tuner. The best one is the trial's result, with its network and its parameter.
/// A recipe that fails is reported as the worst there can be, and the log says why; a trial fails where all of its recipes do.</para>
/// <para>What is judged, and on which rows, is as in <see cref="NetworkExperiment{TTransformer}"/>, which stops bad trials early and is the better choice where nothing else of AutoML's is needed. Every recipe ends in the same bits as the trainer <c>Network</c> would make of it alone.</para>
/// </remarks>
/// <typeparam name="TTransformer">The networks.</typeparam>
public sealed class NetworkTrialRunner<TTransformer>
    where TTransformer : NetworkTransformer
{
    /// <summary>Where the recipe stands in the experiment's search space and in the parameters of its trials.</summary>
    public const string Key = "network";

    private readonly NetworkTrainer<TTransformer> _trainer;
    private readonly RecipeSpace _space;
    private readonly int _cohort;

    internal NetworkTrialRunner(NetworkTrainer<TTransformer> trainer, RecipeSpace space, int cohort)
    {
        Check.AtLeast(cohort, 0);
        (_trainer, _space, _cohort) = (trainer, space, cohort == 0 ? Environment.ProcessorCount : cohort);
    }

    /// <summary>Reads the data in one pass, and runs an experiment on it: gives it the search space and the way in which trials are run, and leaves the rest to it.</summary>
    /// <param name="input">The data.</param>
    /// <param name="experiment">With a tuner and a limit, without a pipeline.</param>
    /// <param name="stop">Ends the experiment as soon, with the best so far.</param>
    /// <returns>The best trial; <see cref="TrialResult.Model"/> is its network, of <see cref="NetworkModel.Recipe"/>.</returns>
    /// <exception cref="ArgumentException">A column is missing, of the wrong type, or holds what cannot be learned from, or no rows are held out to judge by.</exception>
    /// <exception cref="InvalidOperationException">All recipes of the first trial failed; the message says why the first one did.</exception>
    /// <exception cref="TimeoutException">The time was over before any trial had ended.</exception>
    public TrialResult Run(IDataView input, AutoMLExperiment experiment, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        var folder = Directory.CreateTempSubdirectory("retort-trials-");
        try
        {
            return _trainer.With(input, rows => Run(rows, folder.FullName, experiment, stop), new SweepTeachers(folder.FullName).Of);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private TrialResult Run(RowsToTrain<TTransformer> data, string folder, AutoMLExperiment experiment, CancellationToken stop)
    {
        using var held = SweepSpace.Held(_space, _trainer.Task, data);
        var runner = new SweepRunner<TTransformer>(_trainer.Task, new() { Rungs = 1 }, data, held, new(folder, Key), null);
        var trained = 0;
        return experiment.AddSearchSpace(Key, _space.ToSearchSpace()).SetTrialRunner(services => new Trial(this, data, runner, (ITuner)services.GetService(typeof(ITuner))!, () => trained++)).RunAsync(stop).GetAwaiter().GetResult();
    }

    /// <summary>AutoML makes and disposes one for every trial; rows and networks outlive it.</summary>
    private sealed class Trial(NetworkTrialRunner<TTransformer> own, RowsToTrain<TTransformer> data, SweepRunner<TTransformer> runner, ITuner tuner, Func<int> next) : ITrialRunner
    {
        public Task<TrialResult> RunAsync(TrialSettings settings, CancellationToken ct) => Task.Run(() => Run(settings, ct), CancellationToken.None);

        public void Dispose()
        {
        }

        private TrialResult Run(TrialSettings first, CancellationToken stop)
        {
            var clock = Stopwatch.StartNew();
            var cohort = Enumerable.Range(0, own._cohort).Select(place => Proposal(first, place)).ToArray();
            var trials = new SweepTrial?[cohort.Length];
            using (var over = CancellationTokenSource.CreateLinkedTokenSource(stop, own._trainer.Stop))
            using (var threads = new SweepThreads(data.Place.IsManaged ? cohort.Length : 1, over)) // on a GPU another network would only make each slower
                Task.WaitAll([.. cohort.Select((proposal, place) => threads.Run(0, () => trials[place] = over.IsCancellationRequested ? null : runner.Run(proposal.Number, proposal.Recipe, 0, over.Token, null)))]);

            foreach (var trial in trials)
                if (trial?.Failure is { } failure)
                    data.Channel.Warning(MessageSensitivity.None, "{0}", $"Trial {trial.Number} failed: {failure}");
            int[] judged = [.. Enumerable.Range(0, cohort.Length).Where(place => trials[place] is { Failure: null })];
            if (judged.Length == 0)
                throw trials.FirstOrDefault(trial => trial is not null) is { } failed
                    ? new InvalidOperationException($"A recipe of the trial must succeed, but all {cohort.Length} failed; the first: {failed.Failure}")
                    : new OperationCanceledException(stop);

            var best = judged.MinBy(place => trials[place]!.Loss);
            var found = trials[best]!;
            (cohort[0].Settings.TrialId, cohort[best].Settings.TrialId) = (cohort[best].Settings.TrialId, first.TrialId); // AutoML reports the best under the trial's number
            for (var place = 0; place < cohort.Length; place++)
                if (place != best)
                    tuner.Update(new() { TrialSettings = cohort[place].Settings, Loss = trials[place] is { Failure: null } ended ? ended.Loss : double.MaxValue, DurationInMilliseconds = clock.Elapsed.TotalMilliseconds });
            first.Parameter = cohort[best].Settings.Parameter;
            var model = data.Transformer(runner.NetworkOf(found.Number), found.Recipe, null);
            return new() { TrialSettings = first, Model = model, Loss = found.Loss, Metric = found.Loss, DurationInMilliseconds = clock.Elapsed.TotalMilliseconds };
        }

        private (TrialSettings Settings, int Number, Recipe Recipe) Proposal(TrialSettings first, int place)
        {
            var number = next();
            var settings = new TrialSettings { TrialId = place == 0 ? first.TrialId : -1 - number, StartedAtUtc = first.StartedAtUtc, Parameter = first.Parameter }; // tuners may know trials by their numbers
            if (place > 0)
                settings.Parameter = tuner.Propose(settings);
            return (settings, number, own._space.Read(settings.Parameter[Key]));
        }
    }
}
