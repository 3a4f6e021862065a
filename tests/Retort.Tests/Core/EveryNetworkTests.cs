namespace Retort.Tests;

/// <summary>What holds for every network, over sampled settings, with and without categories.</summary>
[TestClass]
public sealed class EveryNetworkTests
{
    private static readonly NetworkShape Plain = new(5, [], 3), Mixed = new(2, [3, 1], 2), OnlyCategories = new(0, [4], 1);

    public static IEnumerable<object[]> Cases =>
        from network in EveryPartTests.Samples(typeof(Network))
        from shape in new[] { Plain, Mixed, OnlyCategories }
        where network is not (Mlp { Width: > 512 } or TabM { Width: > 256 }) // the same code as 128
        select new object[] { network, shape.Features, shape.Cardinalities.ToArray(), shape.Outputs };

    private static (Tensor Features, Tensor? Categories) Rows(int rows, int features, int[] cardinalities, ScalarType type)
    {
        var random = new Generator(4);
        var numbers = Enumerable.Range(0, rows * cardinalities.Length).Select(i => random.Below(cardinalities[i % cardinalities.Length] + 1)).ToArray();
        return (Some.Normal(3, type, rows, features), cardinalities.Length == 0 ? null : tensor(numbers, dtype: int64).view(rows, cardinalities.Length));
    }

    private static FittedNetwork Fitted(Network network, int features, int[] cardinalities, int outputs)
    {
        var shape = new NetworkShape(features, cardinalities, outputs);
        return new(LearningTask.Multiclass, network, shape, Start(network.Build(shape)));
    }

    /// <summary>Starting weights, prepared from rows that are not normal.</summary>
    private static float[] Start(NetworkGraph graph)
    {
        var random = new Generator(9);
        var (features, cardinalities) = (graph.Shape.Features, graph.Shape.Cardinalities);
        var numbers = Enumerable.Range(0, 50 * features).Select(i => (float)(i % features + Math.Exp(random.Normal()))).ToArray();
        var categories = Enumerable.Range(0, 50 * cardinalities.Count).Select(i => random.Below(cardinalities[i % cardinalities.Count] + 1)).ToArray();
        var parameters = graph.Layout.Initial(random);
        graph.Prepare(numbers, categories, 50, parameters);
        return parameters;
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public void Its_backward_pass_agrees_with_autograd(Network network, int features, int[] cardinalities, int outputs)
    {
        using var scope = NewDisposeScope();
        var shape = new NetworkShape(features, cardinalities, outputs);
        var graph = network.Build(shape);
        var layout = graph.Layout;
        var learns = cat([.. layout.Slots.Select(slot => full(slot.Count, slot.Role == ParameterRole.Constants ? 0.0 : 1.0, dtype: float64))]);
        var parameters = Memory.Copy(Start(graph)).to_type(float64) + learns * Some.Normal(1, float64, layout.Count) * 0.1;
        var (numbers, categories) = Rows(7, features, cardinalities, float64);
        var outputGradient = Some.Normal(2, float64, 7 * graph.Members, outputs);

        Tensor Gradients(Func<Tensor, Tensor, Backprop> start, bool atBlocks)
        {
            var (copy, gradients) = (parameters.clone(), full(layout.Count, 7.0, dtype: float64)); // 7: what was there before must go
            var backprop = start(copy, gradients);
            for (var pass = 0; pass < 2; pass++) // gradients of two steps must not add up
            {
                backprop.Forward(numbers, categories, new Generator(5));
                backprop.Backward(outputGradient, atBlocks ? [.. backprop.Blocks.Select((block, i) => i == 0 && backprop.Blocks.Count > 2 ? null : Some.Normal((ulong)(3 + i), float64, (int)block.shape[0], (int)block.shape[1]))] : null);
                CollectionAssert.AreEqual(graph.BlockWidths, backprop.Blocks.Select(block => (int)block.shape[1]).ToArray());
                Assert.AreEqual(7, backprop.Entered.shape[0]);
            }

            return gradients;
        }

        foreach (var atBlocks in new[] { false, true })
        {
            var expected = Gradients((p, g) => new AutogradBackprop(graph, p, g), atBlocks);
            var actual = Gradients((p, g) => new GraphBackprop<double>(graph, p, g), atBlocks);
            Assert.IsTrue((actual - expected).abs().max().ToDouble() <= 1e-9 * (1 + expected.abs().max().ToDouble()));
        }
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public void Its_buffers_end_with_the_scope_of_the_parameters(Network network, int features, int[] cardinalities, int outputs)
    {
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        using (NewDisposeScope())
        {
            var shape = new NetworkShape(features, cardinalities, outputs);
            var graph = network.Build(shape);
            var parameters = Memory.Copy(Start(graph));
            var backprop = new GraphBackprop<float>(graph, parameters, zeros_like(parameters));
            foreach (var count in new[] { 4, 9 }) // the second step needs larger buffers
                using (NewDisposeScope())
                {
                    var (numbers, categories) = Rows(count, features, cardinalities, float32);
                    backprop.Forward(numbers, categories, new Generator(5));
                    backprop.Backward(ones(count * graph.Members, outputs));
                }

            var (rows, columns) = Rows(5, features, cardinalities, float32); // in the very scope of the parameters
            backprop.Forward(rows, columns, null);
        }

        Assert.AreEqual(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public void Its_forward_pass_in_training_is_that_of_scoring(Network network, int features, int[] cardinalities, int outputs)
    {
        using var scope = NewDisposeScope();
        var fitted = Fitted(network, features, cardinalities, outputs);
        var (numbers, categories) = Rows(9, features, cardinalities, float32);
        var parameters = Memory.Copy(fitted.Parameters);
        var training = new GraphBackprop<float>(network.Build(fitted.Shape), parameters, zeros_like(parameters)).Forward(numbers, categories, null);
        var scored = fitted.Forward(numbers, categories);
        Assert.AreEqual(0, (scored - MemberAverage.Of(training, training.shape[0] is var many ? (int)(many / 9) : 1, LearningTask.Multiclass)).abs().max().ToDouble(), 1e-5 * (1 + scored.abs().max().ToDouble()));
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public void A_row_by_itself_scores_as_in_a_block(Network network, int features, int[] cardinalities, int outputs)
    {
        using var scope = NewDisposeScope();
        var fitted = Fitted(network, features, cardinalities, outputs);
        var (numbers, categories) = Rows(20, features, cardinalities, float32);
        var block = fitted.Forward(numbers, categories);
        var alone = new float[outputs];
        var tolerance = 1e-5 * (1 + block.abs().max().ToDouble());
        for (var row = 0; row < 20; row++)
        {
            fitted.ForwardRow(
                numbers.numel() == 0 ? [] : Memory.Of<float>(numbers).Slice(row * features, features),
                categories is null ? [] : Memory.Of<long>(categories).Slice(row * cardinalities.Length, cardinalities.Length), alone);
            for (var output = 0; output < outputs; output++)
                Assert.AreEqual(block[row, output].ToSingle(), alone[output], tolerance);
        }
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public void Writing_and_reading_give_the_same_network(Network network, int features, int[] cardinalities, int outputs)
    {
        var fitted = Fitted(network, features, cardinalities, outputs);
        var read = FittedNetworkTests.Read(FittedNetworkTests.Write(fitted));
        Assert.AreEqual(fitted.Architecture, read.Architecture);
        CollectionAssert.AreEqual(fitted.Parameters, read.Parameters);
        CollectionAssert.AreEqual(cardinalities, read.Cardinalities.ToArray());
        Assert.AreEqual((fitted.Task, features, outputs), (read.Task, read.Features, read.Outputs));
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public void The_same_stream_gives_the_same_starting_weights(Network network, int features, int[] cardinalities, int outputs)
    {
        CollectionAssert.AreEqual(Fitted(network, features, cardinalities, outputs).Parameters, Fitted(network, features, cardinalities, outputs).Parameters);
        Assert.IsTrue(Fitted(network, features, cardinalities, outputs).Parameters.All(float.IsFinite));
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public void Layers_fill_the_buffer_without_gaps(Network network, int features, int[] cardinalities, int outputs)
    {
        var layout = network.Build(new(features, cardinalities, outputs)).Layout;
        var end = 0;
        foreach (var slot in layout.Slots)
        {
            Assert.AreEqual(end, slot.Offset);
            end += slot.Count;
        }

        Assert.AreEqual(layout.Count, end);
        Assert.AreEqual(outputs, layout.Slots[^1].Shape[^1], "The last slot is the head's biases.");
        Assert.AreEqual((outputs, ParameterRole.Head), (layout.Slots[^2].Shape[^2], layout.Slots[^2].Role), "The last but one is the head's weights.");
    }
}
