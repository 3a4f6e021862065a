using Microsoft.ML;
using Microsoft.ML.Data;
using Retort.Tests;

namespace Retort.Gpu;

/// <summary>Whether a device computes what the CPU computes, for every network, optimizer, loss and distillation of the catalogue, and whether networks learn there.</summary>
internal static class Checks
{
    private static int s_passed, s_failed;

    public static int Run(Place place)
    {
        foreach (var network in Methods.OfKind(typeof(Network)))
            foreach (var shape in new NetworkShape[] { new(5, [], 3), new(2, [3, 1], 2), new(0, [4], 1) })
                Check($"gradients of {network.Id}, {shape.Features} features, {shape.Cardinalities.Count} categories", () => Gradients((Network)network.Create(), shape, place));
        foreach (var optimizer in Methods.OfKind(typeof(Optimizer)))
            Check($"steps of {optimizer.Id}", () => Steps((Optimizer)optimizer.Create(), place));
        foreach (var loss in Methods.OfKind(typeof(Loss)))
            Check($"value and gradient of {loss.Id}", () => Loss(loss, place));
        foreach (var distillation in Methods.OfKind(typeof(Distillation)))
            Check($"value and gradient of {distillation.Id}", () => Distillation((Distillation)distillation.Create(), place));
        foreach (var task in Enum.GetValues<LearningTask>())
            Check($"twenty steps of a {task} network", () => Twenty(task, place));
        foreach (var optimizer in Methods.OfKind(typeof(Optimizer)))
            Check($"learning with {optimizer.Id}", () => Clouds(Some.Quick with { Epochs = 60, Optimizer = (Optimizer)optimizer.Create() }, place));
        foreach (var network in Methods.OfKind(typeof(Network)))
            Check($"learning with {network.Id}", () => Clouds(Some.Quick with { Network = (Network)network.Create(), Epochs = 40 }, place));
        Check("learning with dropout", () => Clouds(Some.Quick with { Epochs = 60, Network = new Mlp { Width = 32, Dropout = 0.2 } }, place));
        Check("a hold-out split", () => Clouds(Some.Quick with { Epochs = 60, HoldOut = 0.15 }, place));
        Check("the share of a mask", () => Near(1, Masks.There(zeros(100, 1000, device: place.Device), 0.2, new Generator(1)).mean().ToDouble(), 0.01));
        Check("a trainer of ML.NET", () => Trainer(place));

        Console.WriteLine($"{s_passed} passed, {s_failed} failed on {place.Device}");
        return s_failed == 0 ? 0 : 1;
    }

    private static void Check(string name, Action check)
    {
        try
        {
            using var scope = NewDisposeScope();
            check();
            s_passed++;
            Console.WriteLine($"passed: {name}");
        }
        catch (Exception e) // whatever it is, the other checks go on
        {
            s_failed++;
            Console.WriteLine($"failed: {name}: {e.GetType().Name}: {e.Message}");
        }
    }

    private static void Near(double expected, double actual, double tolerance)
    {
        if (!(Math.Abs(expected - actual) <= tolerance))
            throw new InvalidOperationException(FormattableString.Invariant($"The value must be {expected} within {tolerance}, but is {actual}."));
    }

    private static void Near(Tensor expected, Tensor actual, double tolerance) =>
        Near(0, (actual.cpu().to_type(float64) - expected.to_type(float64)).abs().max().ToDouble() / (1 + expected.abs().max().ToDouble()), tolerance);

    private static void Gradients(Network network, NetworkShape shape, Place place)
    {
        const int rows = 50;
        var graph = network.Build(shape);
        var random = new Generator(4);
        var features = Some.Normal(3, float32, rows, shape.Features);
        var keys = Enumerable.Range(0, rows * shape.Cardinalities.Count).Select(i => random.Below(shape.Cardinalities[i % shape.Cardinalities.Count] + 1)).ToArray();
        var categories = keys.Length == 0 ? null : tensor(keys).view(rows, -1);
        var slopes = Some.Normal(2, float64, rows * graph.Members, shape.Outputs);
        var start = graph.Layout.Initial(random);
        graph.Prepare(shape.Features == 0 ? [] : Memory.Of<float>(features), keys, rows, start);
        var parameters = Memory.Copy(start);

        (Tensor Outputs, Tensor Gradients) There(Device device, ScalarType type)
        {
            var gradients = zeros(parameters.numel(), dtype: type, device: device);
            var backprop = new AutogradBackprop(graph, parameters.clone().to(type, device), gradients);
            var outputs = backprop.Forward(features.to(type, device), categories?.to(device), null);
            backprop.Backward(slopes.to(type, device));
            return (outputs.detach(), gradients);
        }

        var expected = There(CPU, float64);
        foreach (var (type, tolerance) in new[] { (float64, 1e-9), (float32, 1e-4) })
        {
            var (outputs, gradients) = There(place.Device, type);
            Near(expected.Outputs, outputs, tolerance);
            Near(expected.Gradients, gradients, tolerance);
        }
    }

    private static void Steps(Optimizer optimizer, Place place)
    {
        var layout = new ParameterLayout();
        layout.Add(ParameterRole.Weights, [9, 5]);
        layout.Add(ParameterRole.Biases, [9]);
        layout.Add(ParameterRole.Head, [3, 9]);
        var (start, slopes) = (Some.Normal(1, float32, layout.Count), Some.Normal(2, float32, 20, layout.Count));
        float[] here = [.. Memory.Of<float>(start)];
        var there = start.clone().to(place.Device);
        var (first, second) = (optimizer.Start(layout), optimizer.Start(layout));
        for (var step = 0; step < 20; step++)
        {
            first.Step(here.AsSpan(), Memory.Of<float>(slopes[step].contiguous()), 0.01);
            second.Step(there, slopes[step].to(place.Device), 0.01);
        }

        Near(tensor(here), there, 1e-5);
    }

    private static void Loss(Method method, Place place)
    {
        var loss = (Loss)method.Create();
        var (multiclass, binary) = (method.Serves(LearningTask.Multiclass), method.Serves(LearningTask.Binary));
        var columns = multiclass ? 3 : binary ? 2 : loss.RegressionOutputs;
        var classes = tensor(new long[] { columns - 1, 0, 1, 1, columns - 1, 0 });
        var values = Some.Normal(2, float32, 6);
        Slopes(Some.Normal(1, float32, 6, columns), place, (outputs, device) => Value(outputs, multiclass || binary ? Targets.Classes(classes.to(device))
            : Targets.Values((loss.Scaling == LabelScaling.MeanOne ? values.abs() : values).to(device)), device));
        if ((multiclass || binary) && loss is not (EnsembleLoss or ChunkedCrossEntropyLoss)) // which take no soft targets
            Slopes(Some.Normal(1, float32, 6, columns), place, (logits, device) => Value(logits, Targets.Probabilities(Some.Probabilities(2, float32, 6, columns).to(device)), device));

        Tensor Value(Tensor outputs, Targets targets, Device device) => loss.Value(
            new StudentOutput(outputs) { Features = Some.Normal(3, float32, 6, 4).to(device), Hidden = Some.Normal(4, float32, 6, 5).to(device) }, targets, Weights(device),
            StepContext.First() with { Groups = tensor(new long[] { 1, 1, 2, 2, 3, 3 }).to(device) });
    }

    /// <summary>With all that a method may ask for: made of the logits, so that its slopes are seen at them.</summary>
    private static void Distillation(Distillation distillation, Place place) => Slopes(Some.Normal(1, float32, 6, 3), place, (logits, device) =>
    {
        using var state = new PartState();
        var targets = Targets.Classes(tensor(new long[] { 2, 0, 1, 1, 2, 0 }).to(device));
        var scores = new TeacherOutput(Some.Probabilities(2, float32, 6, 3).to(device));
        var teacher = scores with { Hidden = Some.Normal(3, float32, 6, 7).to(device), Each = [scores, scores], Moved = new(Some.Probabilities(4, float32, 6, 3).to(device)) };
        var shape = new TeachingShape([6, 5], 3, 7);
        Tensor[] sets = distillation.Sets == 1 ? [] : [logits, .. Enumerable.Range(1, distillation.Sets - 1).Select(number => Of((ulong)number, 3))];
        var student = new StudentOutput(logits)
        {
            Hidden = Of(5, 5),
            Blocks = [Of(6, 6), Of(5, 5)],
            Heads = [.. distillation.Heads(shape).Select(head => Of(7, head.Outputs))],
            Sets = sets,
            Moved = new(2 * logits) { Sets = [.. sets.Select(set => 2 * set)] },
        };
        distillation.Begin(state, new(targets, teacher) { Outputs = 3, Deviations = ones(4, device: device) });
        return distillation.Value(student, teacher, targets, Weights(device), StepContext.First() with { State = state, Rows = arange(6, dtype: int64, device: device) });

        Tensor Of(ulong seed, int width) => logits.matmul(Some.Normal(seed, float32, 3, width).to(device));
    });

    private static Tensor Weights(Device device) => tensor(new float[] { 1, 2, 0, 1, 0.5f, 3 }).to(device);

    private static void Slopes(Tensor outputs, Place place, Func<Tensor, Device, Tensor> value)
    {
        var (here, there) = (outputs.clone().requires_grad_(), outputs.clone().to(place.Device).requires_grad_());
        var (expected, actual) = (value(here, CPU), value(there, place.Device));
        expected.backward();
        actual.backward();
        Near(expected.ToDouble(), actual.ToDouble(), 1e-5);
        Near(here.grad!, there.grad!, 1e-5);
    }

    private static void Twenty(LearningTask task, Place place)
    {
        var data = task switch { LearningTask.Binary => Some.Pair(100), LearningTask.Multiclass => Some.Clouds(100), _ => Some.Prices(100) };
        var recipe = Some.Quick with { Network = new Mlp { Layers = 2, Width = 16 }, Epochs = 5, BatchSize = 25 };
        Near(tensor(Train(recipe, task, data, Place.Cpu).Network.Parameters), tensor(Train(recipe, task, data, place).Network.Parameters), 1e-4);
    }

    private static TrainingResult Train(Recipe recipe, LearningTask task, Dataset data, Place place) => TrainingLoop.Run(recipe, task, data, null, 1, null, () => { }, place);

    private static void Clouds(Recipe recipe, Place place)
    {
        var (train, test) = (Some.Clouds(300, spread: 0.2), Some.Clouds(300, spread: 0.2, seed: 2));
        var network = Train(recipe, LearningTask.Multiclass, train, place).Network;
        Near(1, network.Forward(test.Features, null).argmax(1).eq(test.Labels!).to_type(float64).mean().ToDouble(), 0.05); // the best possible is 0.985
    }

    private static void Trainer(Place place)
    {
        var ml = new MLContext(seed: 1);
        var recipe = Some.Quick with { Epochs = 60, HoldOut = 0.15 };
        if (place.Device.type == DeviceType.CUDA)
            ml.GpuDeviceId = 0;
        var data = Some.Clouds(300, spread: 0.2);
        var numbers = Memory.Of<float>(data.Features).ToArray();
        var rows = ml.Data.LoadFromEnumerable(Memory.Of<long>(data.Labels!).ToArray().Select((label, row) => new Row { Features = numbers[(4 * row)..(4 * row + 4)], Label = (uint)label + 1 }).ToArray());
        var model = ml.MulticlassClassification.Trainers.Network(recipe).Fit(rows);
        Near(1, ml.MulticlassClassification.Evaluate(model.Transform(rows)).MicroAccuracy, 0.05);
    }

    private sealed class Row
    {
        [VectorType(4)]
        public float[] Features { get; set; } = [];

        [KeyType(3)]
        public uint Label { get; set; }
    }
}
