using Microsoft.ML;
using Microsoft.ML.AutoML;
using Microsoft.ML.SearchSpace;
using Microsoft.ML.SearchSpace.Option;
using SearchSpace = Microsoft.ML.SearchSpace.SearchSpace;

namespace Retort.Tests;

/// <summary>The loop of ML.NET's AutoMLExperiment, with trials that cost nothing.</summary>
[TestClass]
public sealed class ExperimentTests
{
    private readonly MLContext _ml = new(seed: 1);

    private static double X(TrialSettings settings) => settings.Parameter["own"]["x"].AsType<double>();

    private AutoMLExperiment Experiment(Witness witness, Func<TrialSettings, CancellationToken, double> loss) => _ml.Auto().CreateExperiment()
        .AddSearchSpace("own", new SearchSpace { ["x"] = new UniformDoubleOption(-1, 1, false, 0.9), ["y"] = new UniformDoubleOption(-1, 1, false, -0.9) })
        .SetTrialRunner(_ => new Trials(loss))
        .SetRandomSearchTuner(1)
        .SetMonitor(witness);

    [TestMethod]
    public async Task As_many_trials_run_as_the_limit_says_and_the_least_loss_wins()
    {
        var witness = new Witness();
        var best = await Experiment(witness, (settings, _) => Math.Abs(X(settings))).SetMaxModelToExplore(12).RunAsync();

        Assert.AreEqual(12, witness.Completed.Count);
        Assert.AreEqual(12, witness.Running.Select(s => s.TrialId).Distinct().Count());
        Assert.AreEqual(witness.Completed.Min(r => r.Loss), best.Loss);
        Assert.AreSame(witness.Best[^1], best);
        Assert.AreEqual(0, witness.Failed.Count);
        for (var i = 1; i < witness.Best.Count; i++) Assert.IsTrue(witness.Best[i].Loss < witness.Best[i - 1].Loss);
        Assert.IsTrue(best.TrialSettings.EndedAtUtc >= best.TrialSettings.StartedAtUtc);
    }

    [TestMethod]
    public async Task The_time_limit_ends_the_experiment()
    {
        var witness = new Witness();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var best = await Experiment(witness, (settings, ct) => ct.WaitHandle.WaitOne(20) ? throw new OperationCanceledException() : Math.Abs(X(settings))).SetTrainingTimeInSeconds(1).RunAsync();
        Assert.IsNotNull(best);
        Assert.IsTrue(watch.Elapsed.TotalSeconds is > 0.9 and < 20, $"{watch.Elapsed}");
        Assert.IsTrue(witness.Completed.Count > 1);
    }

    [TestMethod]
    public async Task Without_a_success_in_time_the_experiment_times_out()
    {
        var experiment = Experiment(new Witness(), (_, ct) => ct.WaitHandle.WaitOne(20_000) ? throw new OperationCanceledException() : 0).SetTrainingTimeInSeconds(1);
        await Assert.ThrowsExactlyAsync<TimeoutException>(() => experiment.RunAsync());
    }

    [TestMethod]
    public async Task A_loss_that_is_no_number_is_no_success()
    {
        var experiment = Experiment(new Witness(), (_, _) => double.NaN).SetMaxModelToExplore(3);
        await Assert.ThrowsExactlyAsync<TimeoutException>(() => experiment.RunAsync());
    }

    [TestMethod]
    public async Task Cancelling_gives_the_best_so_far()
    {
        using var stop = new CancellationTokenSource();
        var witness = new Witness { OnCompleted = result => { if (result.TrialSettings.TrialId >= 3) stop.Cancel(); } };
        var best = await Experiment(witness, (settings, _) => Math.Abs(X(settings))).SetTrainingTimeInSeconds(60).RunAsync(stop.Token);
        Assert.AreEqual(witness.Completed.Min(r => r.Loss), best.Loss);
        Assert.IsTrue(witness.Completed.Count is >= 3 and <= 6);
    }

    [TestMethod]
    public async Task A_first_trial_that_fails_ends_the_experiment()
    {
        var witness = new Witness();
        var experiment = Experiment(witness, (_, _) => throw new ArithmeticException("no luck")).SetMaxModelToExplore(5);
        await Assert.ThrowsExactlyAsync<ArithmeticException>(() => experiment.RunAsync());
        Assert.AreEqual(1, witness.Running.Count);
        Assert.AreEqual("no luck", witness.Failed.Single().Exception!.Message);
    }

    [TestMethod]
    public async Task A_trial_that_fails_later_is_reported_and_the_next_one_runs()
    {
        var (witness, count) = (new Witness(), 0);
        var best = await Experiment(witness, (settings, _) => ++count == 2 ? throw new ArithmeticException() : Math.Abs(X(settings))).SetMaxModelToExplore(5).RunAsync();
        Assert.AreEqual(1, witness.Failed.Count);
        Assert.IsTrue(witness.Completed.Count >= 3);
        Assert.IsTrue(best.Loss < 1);
    }

    [TestMethod]
    public void Run_wraps_what_a_trial_throws()
    {
        var error = Assert.ThrowsExactly<AggregateException>(() => Experiment(new Witness(), (_, _) => throw new ArithmeticException()).SetMaxModelToExplore(1).Run());
        Assert.IsInstanceOfType<ArithmeticException>(error.InnerException);
    }

    [TestMethod]
    public async Task Trials_that_fail_count_as_explored_and_the_tuner_hears_of_them()
    {
        var (witness, tuner, count) = (new Witness(), new Fixed(), 0);
        await Experiment(witness, (_, _) => ++count > 1 ? throw new ArithmeticException() : 1).SetTuner(tuner).SetMaxModelToExplore(4).RunAsync();
        Assert.AreEqual(3, witness.Failed.Count);
        Assert.AreEqual(4, tuner.Heard.Count);
        Assert.IsTrue(tuner.Heard.Skip(1).All(r => r.Loss == double.MaxValue));
    }

    [TestMethod]
    public async Task A_performance_monitor_that_stops_a_trial_ends_the_experiment()
    {
        var (witness, count) = (new Witness(), 0);
        var best = await Experiment(witness, (_, ct) =>
        {
            if (++count == 1) return 1;
            Assert.IsTrue(ct.WaitHandle.WaitOne(20_000));
            throw new OperationCanceledException(ct);
        }).SetPerformanceMonitor(_ => new Stopping(after: 2)).SetMaxModelToExplore(4).RunAsync();
        Assert.AreEqual(1, best.Loss);
        Assert.AreEqual((2, 0), (witness.Running.Count, witness.Failed.Count));
        Assert.AreEqual(5.0, best.PeakMemoryInMegaByte);
    }

    [TestMethod]
    public async Task A_runner_is_made_and_disposed_for_each_trial_and_one_more_is_made()
    {
        var (made, disposed) = (0, 0);
        await Experiment(new Witness(), (_, _) => 0).SetTrialRunner(_ =>
        {
            made++;
            return new Trials((settings, _) => X(settings), () => disposed++);
        }).SetMaxModelToExplore(4).RunAsync();
        Assert.AreEqual(5, made);
        Assert.IsTrue(disposed >= 4);
    }

    [TestMethod]
    public async Task A_tuner_of_ones_own_proposes_and_hears_every_result()
    {
        var tuner = new Fixed();
        var best = await Experiment(new Witness(), (settings, _) => X(settings)).SetTuner(tuner).SetMaxModelToExplore(3).RunAsync();
        Assert.AreEqual(3, tuner.Heard.Count);
        Assert.AreEqual(0.25, best.Loss);
    }

    [TestMethod]
    public async Task A_runner_may_draw_further_proposals_from_the_tuner_and_report_them_back()
    {
        var losses = new List<double>();
        var best = await Experiment(new Witness(), (_, _) => 0).SetCostFrugalTuner().SetTrialRunner(services =>
        {
            var tuner = (ITuner)services.GetService(typeof(ITuner))!;
            return Trials.Of(settings =>
            {
                for (var i = 0; i < 3; i++)
                {
                    var more = new TrialSettings { TrialId = settings.TrialId, Parameter = tuner.Propose(settings) };
                    losses.Add(Math.Abs(X(more)));
                    tuner.Update(new TrialResult { TrialSettings = more, Loss = losses[^1], DurationInMilliseconds = 1 });
                }
                losses.Add(Math.Abs(X(settings)));
                return losses[^1];
            });
        }).SetMaxModelToExplore(5).RunAsync();
        Assert.AreEqual(20, losses.Count);
        Assert.IsTrue(best.Loss <= 0.9 + 1e-9);
    }

    [TestMethod]
    public async Task Each_request_for_a_context_gives_another_with_the_same_seed()
    {
        var contexts = new HashSet<MLContext>();
        await Experiment(new Witness(), (_, _) => 0).SetTrialRunner(services =>
        {
            contexts.Add((MLContext)services.GetService(typeof(MLContext))!);
            return Trials.Of(X);
        }).SetMaxModelToExplore(3).RunAsync();
        Assert.AreEqual(4, contexts.Count);
        Assert.IsFalse(contexts.Contains(_ml));
    }

    private sealed class Fixed : ITuner
    {
        public List<TrialResult> Heard { get; } = [];

        public Parameter Propose(TrialSettings settings) => Parameter.CreateNestedParameter(KeyValuePair.Create("own", Parameter.CreateNestedParameter(KeyValuePair.Create("x", Parameter.FromDouble(0.25)))));

        public void Update(TrialResult result) => Heard.Add(result);
    }

    /// <summary>Reports once per trial, and cancels from a given trial on.</summary>
    private sealed class Stopping(int after) : IPerformanceMonitor
    {
        private static int _started;

        public event EventHandler<TrialPerformanceMetrics>? PerformanceMetricsUpdated;

        public void Start()
        {
            _started++;
            Task.Delay(100).ContinueWith(_ => PerformanceMetricsUpdated?.Invoke(this, new TrialPerformanceMetrics { PeakMemoryUsage = 5 }), TaskScheduler.Default);
        }

        public void Pause() { }

        public void Stop() { }

        public double? GetPeakMemoryUsageInMegaByte() => 5;

        public double? GetPeakCpuUsage() => 0.5;

        public void OnPerformanceMetricsUpdatedHandler(TrialSettings trialSettings, TrialPerformanceMetrics metrics, CancellationTokenSource trialCancellationTokenSource)
        {
            if (_started >= after) trialCancellationTokenSource.Cancel();
        }

        public void Dispose() { }
    }
}
