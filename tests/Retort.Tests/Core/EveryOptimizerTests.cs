namespace Retort.Tests;

/// <summary>What holds for every optimizer of the catalogue.</summary>
[TestClass]
public sealed class EveryOptimizerTests
{
    private static readonly (ParameterRole Role, long[] Shape)[] Slots =
        [(ParameterRole.Weights, [9, 5]), (ParameterRole.Biases, [9]), (ParameterRole.Scales, [3]), (ParameterRole.Table, [4, 2]), (ParameterRole.Weights, [2, 3, 4]), (ParameterRole.Head, [3, 9])];

    public static IEnumerable<object[]> All => Methods.OfKind(typeof(Optimizer)).Select(method => new object[] { (Optimizer)method.Create() });

    /// <summary>Every optimizer, with each setting at the ends of its range.</summary>
    public static IEnumerable<object[]> Sampled => EveryPartTests.Samples(typeof(Optimizer)).Select(part => new object[] { (Optimizer)part });

    private static ParameterLayout Layout(double rate = 1)
    {
        var layout = new ParameterLayout();
        foreach (var (role, shape) in Slots)
            layout.Add(role, shape, rate: rate);
        return layout;
    }

    private static float[] Normal(int count, ulong seed, double scale = 1)
    {
        var random = new Generator(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(scale * random.Normal()))];
    }

    /// <summary>Without decay, which would pull a minimum aside; everything at one learning rate.</summary>
    private static Optimizer Undecayed(Optimizer optimizer, double rate)
    {
        var others = new AdamW { LearningRate = rate, WeightDecay = 0 };
        return optimizer switch
        {
            Sgd sgd => sgd with { LearningRate = rate, WeightDecay = 0 },
            AdamW adam => adam with { LearningRate = rate, WeightDecay = 0 },
            StableSpam spam => spam with { LearningRate = rate, WeightDecay = 0 },
            AdamP adam => adam with { LearningRate = rate, WeightDecay = 0 },
            Muon muon => muon with { LearningRate = rate, WeightDecay = 0, Others = others },
            NorMuon muon => muon with { LearningRate = rate, WeightDecay = 0, Others = others },
            _ => throw new NotSupportedException($"How {optimizer} is freed of decay must be said here."),
        };
    }

    [TestMethod, DynamicData(nameof(All))]
    public void A_quadratic_is_minimised(Optimizer optimizer) // sum of (p - c)^2 / 2 over all weights, with a rate that falls to 0
    {
        using var scope = NewDisposeScope();
        var layout = Layout();
        var (p, c) = (Normal(layout.Count, 1), Normal(layout.Count, 2));
        double Distance() => p.Zip(c, (x, y) => Math.Pow(x - y, 2)).Sum();
        var before = Distance();
        var stepper = Undecayed(optimizer, 0.05).Start(layout);
        for (var step = 0; step < 1000; step++)
            stepper.Step(p, [.. p.Zip(c, (x, y) => x - y)], 0.05 * (1 - step / 1000.0));
        Assert.IsTrue(Distance() < 1e-4 * before, $"{Distance() / before}");
    }

    [TestMethod, DynamicData(nameof(Sampled))]
    public void A_slots_rate_multiplies_its_steps(Optimizer optimizer)
    {
        using var scope = NewDisposeScope();
        var (full, tenth) = (Layout(), Layout(rate: 0.1));
        var (start, gradients) = (Normal(full.Count, 3), Normal(full.Count, 4));
        float[] a = [.. start], b = [.. start];
        optimizer.Start(full).Step(a, gradients, optimizer.LearningRate);
        optimizer.Start(tenth).Step(b, gradients, optimizer.LearningRate);
        for (var i = 0; i < start.Length; i++)
            Assert.AreEqual(0.1 * (a[i] - start[i]), b[i] - start[i], 1e-6);
    }

    [TestMethod, DynamicData(nameof(Sampled))]
    public void Constants_never_change(Optimizer optimizer)
    {
        using var scope = NewDisposeScope();
        var layout = new ParameterLayout();
        layout.Add(ParameterRole.Constants, [4, 3]);
        layout.Add(ParameterRole.Head, [2, 3]);
        var p = Normal(layout.Count, 5);
        var constants = p[..12];
        var stepper = optimizer.Start(layout);
        for (var step = 0; step < 3; step++)
            stepper.Step(p, Normal(layout.Count, 6), 0.1);
        CollectionAssert.AreEqual(constants, p[..12]);
    }

    [TestMethod, DynamicData(nameof(Sampled))]
    public void Biases_and_scales_do_not_decay(Optimizer optimizer) // without a gradient only decay moves anything
    {
        using var scope = NewDisposeScope();
        var layout = Layout();
        var p = Normal(layout.Count, 7);
        float[] before = [.. p];
        optimizer.Start(layout).Step(p, new float[layout.Count], 0.1);
        foreach (var slot in layout.Slots.Where(slot => !slot.Decays))
            CollectionAssert.AreEqual(before[slot.Offset..(slot.Offset + slot.Count)], p[slot.Offset..(slot.Offset + slot.Count)]);
    }

    [TestMethod, DynamicData(nameof(Sampled))]
    public void Weights_stay_finite_whatever_the_gradients_size(Optimizer optimizer)
    {
        using var scope = NewDisposeScope();
        var layout = Layout();
        var p = Normal(layout.Count, 8);
        var stepper = optimizer.Start(layout);
        foreach (var size in new[] { 1e20, -1e20, 1e-20, 0, 1e-42, 1e20, 1 })
            stepper.Step(p, Normal(layout.Count, 9, size), optimizer.LearningRate);
        Assert.IsTrue(p.All(float.IsFinite));
    }

    [TestMethod, DynamicData(nameof(All))]
    public void A_gradient_that_is_no_number_is_not_hidden(Optimizer optimizer)
    {
        using var scope = NewDisposeScope();
        var layout = Layout();
        var (p, gradients) = (Normal(layout.Count, 8), Normal(layout.Count, 9));
        gradients[2] = float.NaN;
        optimizer.Start(layout).Step(p, gradients, optimizer.LearningRate);
        Assert.IsFalse(p.All(float.IsFinite));
    }

    [TestMethod, DynamicData(nameof(Sampled))]
    public void A_stepper_goes_on_where_another_wrote_itself(Optimizer optimizer)
    {
        using var scope = NewDisposeScope();
        var layout = Layout();
        float[] whole = Normal(layout.Count, 10), resumed = [.. whole];
        void Steps(Stepper stepper, float[] p, int from, int to)
        {
            for (var step = from; step < to; step++)
                stepper.Step(p, Normal(layout.Count, (ulong)(20 + step)), optimizer.LearningRate);
        }

        Steps(optimizer.Start(layout), whole, 0, 6);

        var (first, second) = (optimizer.Start(layout), optimizer.Start(layout));
        using var file = new MemoryStream();
        Steps(first, resumed, 0, 3);
        first.Write(new(file));
        file.Position = 0;
        second.Read(new(file));
        Assert.AreEqual(file.Length, file.Position);
        Steps(second, resumed, 3, 6);
        CollectionAssert.AreEqual(whole, resumed);
    }

    [TestMethod, DynamicData(nameof(Sampled))]
    public void Steps_on_a_device_do_as_steps_over_memory_and_go_on_as_those_do(Optimizer optimizer)
    {
        using var scope = NewDisposeScope();
        var layout = new ParameterLayout();
        layout.Add(ParameterRole.Constants, [4]);
        foreach (var (role, shape) in Slots)
            layout.Add(role, shape, rate: 0.5);
        var p = Normal(layout.Count, 10);
        var there = tensor(p).clone();
        var (onSpans, onTensors) = (optimizer.Start(layout), optimizer.Start(layout));
        for (var step = 0; step < 20; step++)
        {
            if (step == 10)
            {
                using var file = new MemoryStream();
                onTensors.Write(new(file));
                file.Position = 0;
                onTensors = optimizer.Start(layout);
                onTensors.Read(new(file));
            }

            var gradients = Normal(layout.Count, (ulong)(20 + step), 0.1);
            gradients.AsSpan(0, 4).Clear();
            onSpans.Step(p, gradients, 0.01);
            onTensors.Step(there, tensor(gradients), 0.01);
        }

        foreach (var (here, other) in p.Zip(Memory.Of<float>(there).ToArray()))
            Assert.AreEqual(here, other, 1e-5);
    }

    [TestMethod, DynamicData(nameof(All))]
    public void Steps_make_no_tensor(Optimizer optimizer)
    {
        using var scope = NewDisposeScope();
        var layout = Layout();
        var (p, gradients) = (Normal(layout.Count, 11), Normal(layout.Count, 12));
        var stepper = optimizer.Start(layout);
        stepper.Step(p, gradients, 0.01);
        var live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        stepper.Step(p, gradients, 0.01);
        Assert.AreEqual(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [TestMethod, DynamicData(nameof(All))]
    public void Three_clouds_are_told_apart(Optimizer optimizer)
    {
        using var train = Some.Clouds(300, spread: 0.2);
        using var test = Some.Clouds(300, spread: 0.2, seed: 2);
        var network = Some.Train(Some.Quick with { Epochs = 60, Network = new Mlp { Width = 16 }, Optimizer = optimizer }, LearningTask.Multiclass, train).Network;
        using var scope = NewDisposeScope();
        var accuracy = network.Forward(test.Features, null).argmax(1).eq(test.Labels!).to_type(float64).mean().ToDouble();
        Assert.IsTrue(accuracy > 0.95, $"{accuracy}"); // the best possible is 0.985
    }
}
