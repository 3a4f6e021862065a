using System.Security.Cryptography;

namespace Retort.Tests;

/// <summary>A run that was ended goes on in the same bits.</summary>
[TestClass]
public sealed class CheckpointTests
{
    private static readonly Recipe Short = Some.Quick with { Epochs = 3, BatchSize = 16, HoldOut = 0.25 };

    public static IEnumerable<object[]> Recipes =>
        ((Recipe[])
        [
            Short,
            Short with { Network = new Mlp { Layers = 2, Width = 8, Dropout = 0.3 }, Averaging = new ExponentialAverage { Decay = 0.9 }, ClipNorm = 0.1 },
            Short with { Network = new RealMlp { Layers = 1, Width = 8 }, Optimizer = new Muon(), Schedule = new CosineDecay() },
            Short with { Network = new TabM { Layers = 1, Width = 8, Members = 4 }, Averaging = new StochasticAverage { From = 0.3 } },
            Short with { Optimizer = new Sgd() },
            Short with { Optimizer = new NorMuon() },
            Short with { Optimizer = new StableSpam() },
            Short with { Optimizer = new AdamP(), HoldOut = 0, Patience = 1 },
            Short with { Subset = new RandomSubset { Share = 0.7 }, Epochs = 4 }, // two of three steps: every other epoch spans the end of an order
            Short with { Subset = new RandomSubset { Share = 0.3, Replacement = true }, Epochs = 7 },
        ]).SelectMany(recipe => (bool[])[true, false], (recipe, managed) => new object[] { recipe, managed });

    [TestMethod, DynamicData(nameof(Recipes))]
    public void A_run_that_is_ended_before_any_step_ends_in_the_same_bits(Recipe recipe, bool managed)
    {
        using var data = Some.Prices(64);
        using var file = new TemporaryFile();
        var place = managed ? Place.Cpu : Place.CpuByOperators;
        var whole = Run(recipe, data, place, null, () => { });

        var (steps, resumed, ends) = (0, 0, 0);
        do
        {
            // each piece goes a few steps further; what it reads and writes is all that is left of the one before
            var left = 1 + ends % 3;
            try
            {
                var result = Run(recipe, data, place, new(file.Path) { Interval = TimeSpan.Zero }, () => { steps++; if (left-- == 0) throw new OperationCanceledException(); }, _ => resumed++);
                CollectionAssert.AreEqual(whole.Network.Parameters, result.Network.Parameters);
                CollectionAssert.AreEqual(Plain(whole), Plain(result));
                Assert.AreEqual(whole.BestEpoch, result.BestEpoch);
                break;
            }
            catch (OperationCanceledException)
            {
                ends++;
            }
        }
        while (ends < 1000);
        Assert.IsTrue(ends > 3 && resumed == ends, $"{ends} ends, {resumed} resumed");
        Assert.IsFalse(File.Exists(file.Path), "a run that has ended keeps nothing");

        static EpochReport[] Plain(TrainingResult result) => [.. result.Epochs.Select(report => report with { Elapsed = default })];
    }

    public static IEnumerable<object[]> Losses =>
        from loss in new Loss[]
        {
            new AdaptiveLabelRobustLoss(), new LogitAdjustmentLoss(), new EnsembleLoss { Period = 1 }, new MannWhitneyLoss { MaxPairs = 20 }, new AnyLoss(),
            new Cooldown { CooldownAt = 0.4 }, new Cooldown { Mode = CooldownMode.Upweight }, new LossReweighting { Of = new AdaptiveLabelRobustLoss(), WarmUp = 1 }, new SoftLevelLoss { PairwiseFidelity = 1 },
        }
        from managed in new[] { true, false }
        select new object[] { loss, managed };

    [TestMethod, DynamicData(nameof(Losses))]
    public void Losses_that_remember_or_draw_go_on_in_the_same_bits(Loss loss, bool managed)
    {
        var task = loss is SoftLevelLoss ? LearningTask.Regression : Methods.Of(loss is LossReweighting wrapper ? wrapper.Of : loss).Serves(LearningTask.Binary) ? LearningTask.Binary : LearningTask.Multiclass;
        using var data = task switch { LearningTask.Binary => Some.Pair(64), LearningTask.Multiclass => Some.Clouds(64), _ => Some.Prices(64) };
        using var file = new TemporaryFile();
        TrainingResult Run(Checkpoint? checkpoint, Action check) =>
            TrainingLoop.Run(Short with { Loss = loss }, task, data, null, 1, null, check, managed ? Place.Cpu : Place.CpuByOperators, default, checkpoint, null);
        var whole = Run(null, () => { });
        foreach (var end in new[] { 3, 6, 11 }) // within each epoch, or after it
        {
            var left = end;
            try
            {
                Run(new(file.Path) { Interval = TimeSpan.Zero }, () => { if (left-- == 0) throw new OperationCanceledException(); });
            }
            catch (OperationCanceledException)
            {
                CollectionAssert.AreEqual(whole.Network.Parameters, Run(new(file.Path) { Interval = TimeSpan.Zero }, () => { }).Network.Parameters);
            }
        }
    }

    [TestMethod]
    public void A_checkpoint_of_another_run_is_refused()
    {
        using var data = Some.Prices(64);
        using var others = Some.Prices(64, seed: 2);
        using var file = new TemporaryFile();
        Begin(data, file);

        var recipe = $"Checkpoint '{file.Path}' must be of the same recipe, task, seed and device as the run, but is of others; remove it to begin anew.";
        var rows = $"Checkpoint '{file.Path}' must be of the same data as the run, but is of other data; remove it to begin anew.";
        Assert.AreEqual(recipe, Refusal(Short with { Epochs = 4 }, data));
        Assert.AreEqual(recipe, Refusal(Short with { Seed = 1 }, data));
        Assert.AreEqual(rows, Refusal(Short, others));
        string Refusal(Recipe recipe, Dataset rows) => Assert.ThrowsExactly<InvalidDataException>(() => Run(recipe, rows, Place.Cpu, new(file.Path), () => { })).Message;
    }

    [TestMethod]
    public void A_damaged_checkpoint_is_refused()
    {
        using var data = Some.Prices(64);
        using var file = new TemporaryFile();
        Begin(data, file);
        var bytes = File.ReadAllBytes(file.Path);
        var state = bytes.Length - 112;

        Assert.AreEqual($"Checkpoint '{file.Path}' must hold {state} bytes of state, but holds {state - 1}; remove it to begin anew.", Refusal(bytes[..^1]));
        Assert.AreEqual($"Checkpoint '{file.Path}' must be one of this version, but is not; remove it to begin anew.", Refusal(bytes[..50]));
        Assert.AreEqual($"Checkpoint '{file.Path}' must be one of this version, but is not; remove it to begin anew.", Refusal([1, .. bytes[1..]]));
        bytes[^9] ^= 1;
        Assert.AreEqual($"Checkpoint '{file.Path}' must match its SHA-256, but does not; remove it to begin anew.", Refusal(bytes));

        string Refusal(byte[] content)
        {
            File.WriteAllBytes(file.Path, content);
            return Assert.ThrowsExactly<InvalidDataException>(() => Run(Short, data, Place.Cpu, new(file.Path), () => { })).Message;
        }
    }

    [TestMethod]
    public void A_stopped_run_keeps_its_state_and_goes_on()
    {
        using var data = Some.Prices(64);
        using var file = new TemporaryFile();
        using var stop = new CancellationTokenSource();
        var whole = Run(Short, data, Place.Cpu, null, () => { });
        var calls = 0;
        var checkpoint = new Checkpoint(file.Path) { Interval = TimeSpan.FromHours(1), Keep = true }; // only the stop writes
        var stopped = TrainingLoop.Run(Short, LearningTask.Regression, data, null, 1, null, () => { if (++calls == 6) stop.Cancel(); }, stop: stop.Token, checkpoint: checkpoint);
        Assert.IsTrue(stopped.Stopped);
        Assert.AreEqual(1, stopped.Epochs.Count);

        var (epoch, before) = (0, File.ReadAllBytes(file.Path));
        var result = Run(Short, data, Place.Cpu, checkpoint, () => { }, e => epoch = e);
        Assert.AreEqual(2, epoch);
        CollectionAssert.AreEqual(whole.Network.Parameters, result.Network.Parameters);
        CollectionAssert.AreEqual(SHA256.HashData(before), SHA256.HashData(File.ReadAllBytes(file.Path)), "Keep leaves the file as it is");
    }

    [TestMethod]
    public void The_file_is_written_no_more_often_than_asked()
    {
        using var data = Some.Prices(64);
        using var file = new TemporaryFile();
        Run(Short, data, Place.Cpu, new(file.Path) { Keep = true, Interval = TimeSpan.FromHours(1) }, () => { });
        Assert.IsFalse(File.Exists(file.Path));
        Assert.AreEqual("The checkpoint must lie in a folder that exists, but is 'none/x'.",
            Assert.ThrowsExactly<ArgumentException>(() => Run(Short, data, Place.Cpu, new("none/x"), () => { })).Message);
    }

    [TestMethod]
    public void A_run_goes_on_from_another_with_its_own_numbers()
    {
        using var data = Some.Prices(64);
        using var file = new TemporaryFile();
        using var second = new TemporaryFile();
        var recipe = Short with { Epochs = 6, Network = new Mlp { Layers = 1, Width = 16, Dropout = 0.2 }, Averaging = new ExponentialAverage { Decay = 0.9 } };
        var other = recipe with { Optimizer = new AdamW { LearningRate = 0.002 }, Network = new Mlp { Layers = 1, Width = 16, Dropout = 0.1 } };
        Stop(recipe, file.Path, 3);

        // the same recipe goes on as if it had not been ended, but for which epoch is best
        var (whole, same) = (Run(recipe, data, Place.Cpu, null, () => { }), Go(recipe));
        CollectionAssert.AreEqual(whole.Epochs.Skip(2).Select(report => report.TrainLoss).ToArray(), same.Epochs.Select(report => report.TrainLoss).ToArray());
        CollectionAssert.AreEqual(whole.Network.Parameters, same.Network.Parameters);

        // another one makes other steps from there on, and one that is ended goes on within it
        var changed = Go(other);
        Assert.AreEqual(4, changed.Epochs.Count);
        CollectionAssert.AreNotEqual(whole.Network.Parameters, changed.Network.Parameters);
        Stop(other, second.Path, 5, file.Path);
        var epoch = 0;
        CollectionAssert.AreEqual(changed.Network.Parameters, Run(other, data, Place.Cpu, new(second.Path) { From = file.Path }, () => { }, e => epoch = e).Network.Parameters);
        Assert.AreEqual(5, epoch);

        // patience counts from there
        Assert.IsTrue(Go(other with { Patience = 1 }).Epochs.Count >= 1);

        Assert.AreEqual($"Checkpoint '{file.Path}' must be of a run with the same network and kinds of parts, but its state has another length.",
            Assert.ThrowsExactly<InvalidDataException>(() => Go(recipe with { Network = new Mlp { Layers = 1, Width = 12 } })).Message);
        Assert.AreEqual($"Checkpoint '{file.Path}' must be of a run with the same network and kinds of parts, but its state has another length.",
            Assert.ThrowsExactly<InvalidDataException>(() => Go(recipe with { Averaging = null })).Message);
        Assert.AreEqual("Epochs must be at least the 3 that the checkpoint has begun, but is 2.", Assert.ThrowsExactly<ArgumentException>(() => Go(recipe with { Epochs = 2 })).Message);
        Assert.AreEqual("The checkpoint that a run goes on from must exist, but is 'nowhere'.", Assert.ThrowsExactly<ArgumentException>(() => Run(recipe, data, Place.Cpu, new(second.Path) { From = "nowhere" }, () => { })).Message);

        TrainingResult Go(Recipe recipe) => Run(recipe, data, Place.Cpu, new(file.Path + ".next") { From = file.Path }, () => { });

        void Stop(Recipe recipe, string path, int before, string? from = null)
        {
            using var stop = new CancellationTokenSource();
            TrainingLoop.Run(recipe, LearningTask.Regression, data, null, 1, new Told(report => { if (report.Epoch == before - 1) stop.Cancel(); }), () => { }, stop: stop.Token, checkpoint: new(path) { From = from, Keep = true });
        }
    }

    private sealed class Told(Action<EpochReport> told) : IProgress<EpochReport>
    {
        public void Report(EpochReport value) => told(value);
    }

    private static void Begin(Dataset data, TemporaryFile file)
    {
        var steps = 0;
        Assert.ThrowsExactly<OperationCanceledException>(() =>
            Run(Short, data, Place.Cpu, new(file.Path) { Interval = TimeSpan.Zero }, () => { if (++steps == 3) throw new OperationCanceledException(); }));
    }

    private static TrainingResult Run(Recipe recipe, Dataset data, Place place, Checkpoint? checkpoint, Action check, Action<int>? resumed = null) =>
        TrainingLoop.Run(recipe, LearningTask.Regression, data, null, 1, null, check, place, default, checkpoint, resumed);

    private sealed class TemporaryFile : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("retort-tests-");

        public string Path => System.IO.Path.Combine(_folder.FullName, "checkpoint");

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
