namespace Retort.Tests;

/// <summary>The way of a GPU, walked on the CPU, and the choice between them.</summary>
[TestClass]
public sealed class PlaceTests
{
    private static Dataset Of(LearningTask task, bool isRich)
    {
        var data = task switch { LearningTask.Binary => Some.Pair(100), LearningTask.Multiclass => Some.Clouds(100), _ => Some.Prices(100) };
        return isRich ? new()
        {
            Features = data.Features,
            Categories = data.Categories,
            Cardinalities = data.Cardinalities,
            Labels = data.Labels,
            Classes = data.Classes,
            Weights = Some.Normal(5, float32, 100).abs(),
            Teacher = task == LearningTask.Regression ? data.Labels!.unsqueeze(1) + 1 : Some.Probabilities(6, float32, 100, data.Classes),
        } : data;
    }

    private static TrainingResult Train(Recipe recipe, LearningTask task, Dataset data, Place place) =>
        TrainingLoop.Run(recipe, task, data, null, 1, null, () => { }, place);

    public static IEnumerable<object[]> Cases =>
        from task in Enum.GetValues<LearningTask>() from isRich in new[] { false, true } from holdOut in new[] { 0, 0.2 } select new object[] { task, isRich, holdOut };

    [TestMethod, DynamicData(nameof(Cases))]
    public void Twenty_steps_by_operators_give_the_weights_of_twenty_passes_over_memory(LearningTask task, bool isRich, double holdOut)
    {
        using var scope = NewDisposeScope();
        var data = Of(task, isRich);
        var recipe = Some.Quick with { Network = new Mlp { Layers = 2, Width = 16 }, Epochs = 5, BatchSize = 25, HoldOut = holdOut };
        var (expected, actual) = (Train(recipe, task, data, Place.Cpu), Train(recipe, task, data, Place.CpuByOperators));
        Assert.AreEqual(expected.BestEpoch, actual.BestEpoch);
        Assert.AreEqual(expected.Epochs[^1].TrainLoss, actual.Epochs[^1].TrainLoss, 1e-5);
        var scale = task == LearningTask.Regression ? 200 : 1; // the head is back in units of the label
        foreach (var (e, a) in expected.Network.Parameters.Zip(actual.Network.Parameters))
            Assert.AreEqual(e, a, 1e-5 * scale);
    }

    public static IEnumerable<object[]> Networks =>
        from network in Methods.OfKind(typeof(Network)) from task in Enum.GetValues<LearningTask>() select new object[] { (Network)network.Create(), task };

    [TestMethod, DynamicData(nameof(Networks))]
    public void So_they_do_for_every_network(Network network, LearningTask task)
    {
        using var scope = NewDisposeScope();
        var data = Of(task, isRich: true);
        var recipe = Some.Quick with { Network = network, Epochs = 5, BatchSize = 25, HoldOut = 0.2, Optimizer = new AdamW { LearningRate = 1e-3 } };
        var scale = task == LearningTask.Regression ? 200 : 1;
        foreach (var (e, a) in Train(recipe, task, data, Place.Cpu).Network.Parameters.Zip(Train(recipe, task, data, Place.CpuByOperators).Network.Parameters))
            Assert.AreEqual(e, a, 5e-5 * scale); // where a gradient is next to nothing, Adam makes whole steps of its roundings
    }

    public static IEnumerable<object[]> Averages => [[new ExponentialAverage { Decay = 0.9 }], [new StochasticAverage { From = 0.4 }]];

    [TestMethod, DynamicData(nameof(Averages))]
    public void So_they_do_where_weights_are_averaged_and_gradients_clipped(Averaging averaging)
    {
        using var scope = NewDisposeScope();
        var data = Of(LearningTask.Multiclass, isRich: true);
        var recipe = Some.Quick with { Epochs = 5, BatchSize = 25, HoldOut = 0.2, Averaging = averaging, ClipNorm = 0.05 };
        foreach (var (e, a) in Train(recipe, LearningTask.Multiclass, data, Place.Cpu).Network.Parameters.Zip(Train(recipe, LearningTask.Multiclass, data, Place.CpuByOperators).Network.Parameters))
            Assert.AreEqual(e, a, 1e-5);
    }

    [TestMethod]
    public void A_run_that_diverges_on_a_device_says_so_after_its_epoch()
    {
        using var data = Some.Clouds(100);
        data.Features.mul_(1e30);
        var error = Assert.ThrowsExactly<DivergedRunException>(() => Train(Some.Quick with { Optimizer = new AdamW { LearningRate = 1e30 } }, LearningTask.Multiclass, data, Place.CpuByOperators));
        Assert.AreEqual(1, error.Epoch);
        Assert.AreEqual(4, error.Step);
    }

    [TestMethod]
    public void Masks_of_a_device_keep_their_share_and_follow_the_stream()
    {
        using var scope = NewDisposeScope();
        var like = zeros(100, 1000);
        var mask = Masks.There(like, 0.2, new Generator(3));
        Assert.AreEqual(1, mask.mean().ToDouble(), 0.01);
        Assert.AreEqual(1.25, mask.max().ToDouble(), 1e-6);
        Assert.AreEqual(mask, Masks.There(like, 0.2, new Generator(3)));
        Assert.AreNotEqual(mask, Masks.There(like, 0.2, new Generator(4)));
    }

    private static (Place Place, string? Warning) Choose(TrainingDevice wanted, int? gpu, bool fallBack, int gpus)
    {
        string? warning = null;
        return (Place.Choose(wanted, gpu, fallBack, () => gpus, text => warning = text), warning);
    }

    [TestMethod]
    public void The_recipe_goes_before_the_context()
    {
        Assert.AreEqual((Place.Cpu, null), Choose(TrainingDevice.Context, null, false, 0));
        Assert.AreEqual((Place.Cpu, null), Choose(TrainingDevice.Cpu, 0, false, 1));
        Assert.AreEqual("cuda:1", $"{Choose(TrainingDevice.Context, 1, false, 2).Place.Device}");
        Assert.AreEqual("cuda:1", $"{Choose(TrainingDevice.Cuda, 1, false, 2).Place.Device}");
        Assert.AreEqual("cuda:0", $"{Choose(TrainingDevice.Cuda, null, false, 2).Place.Device}");
        Assert.IsFalse(Choose(TrainingDevice.Cuda, null, false, 1).Place.IsManaged);
    }

    [TestMethod]
    public void Where_nobody_asks_for_a_GPU_none_is_looked_for() =>
        Place.Choose(TrainingDevice.Context, null, false, () => throw new InvalidOperationException(), _ => { });

    [TestMethod]
    public void A_GPU_that_is_not_there_is_refused_or_replaced()
    {
        string Refusal(TrainingDevice wanted, int? gpu, int gpus) => Assert.ThrowsExactly<NotSupportedException>(() => Choose(wanted, gpu, false, gpus)).Message;
        const string hint = "set FallbackToCpu to train on the CPU.", package = $"reference TorchSharp-cuda-linux or TorchSharp-cuda-windows, or {hint}";
        Assert.AreEqual($"GpuDeviceId must be the number of a GPU that is there, but is 1, and libtorch finds no CUDA; {package}", Refusal(TrainingDevice.Context, 1, 0));
        Assert.AreEqual($"GpuDeviceId must be the number of a GPU that is there, but is 2, and libtorch finds 2; {hint}", Refusal(TrainingDevice.Cuda, 2, 2));
        Assert.AreEqual($"GpuDeviceId must be the number of a GPU that is there, but is -1, and libtorch finds 1; {hint}", Refusal(TrainingDevice.Context, -1, 1));
        Assert.AreEqual($"Device must be a GPU that is there, but is Cuda, and libtorch finds no CUDA; {package}", Refusal(TrainingDevice.Cuda, null, 0));
        Assert.AreEqual(
            (Place.Cpu, "GpuDeviceId must be the number of a GPU that is there, but is 1, and libtorch finds no CUDA; the network is trained on the CPU."),
            Choose(TrainingDevice.Context, 1, true, 0));
    }
}
