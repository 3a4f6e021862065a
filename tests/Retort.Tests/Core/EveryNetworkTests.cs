namespace Retort.Tests;

/// <summary>What holds for every network, over sampled settings, with and without categories.</summary>
[TestClass]
public sealed class EveryNetworkTests
{
    private static readonly NetworkShape Plain = new(5, [], 3), Mixed = new(2, [3, 1], 2), OnlyCategories = new(0, [4], 1);

    public static IEnumerable<object[]> Cases =>
        from network in EveryPartTests.Samples(typeof(Network))
        from shape in new[] { Plain, Mixed, OnlyCategories }
        where network is not Mlp { Width: > 512 } // the same code as 128
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
        return new(LearningTask.Multiclass, network, shape, network.Layout(shape).Initial(new Generator(1)));
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public void Its_backward_pass_agrees_with_autograd(Network network, int features, int[] cardinalities, int outputs)
    {
        using var scope = NewDisposeScope();
        var shape = new NetworkShape(features, cardinalities, outputs);
        var layout = network.Layout(shape);
        var parameters = Some.Normal(1, float64, layout.Count) * 0.3;
        var (numbers, categories) = Rows(7, features, cardinalities, float64);
        var outputGradient = Some.Normal(2, float64, 7, outputs);

        Tensor Gradients(Func<Tensor, Tensor, Backprop> start)
        {
            var (copy, gradients) = (parameters.clone(), full(layout.Count, 7.0, dtype: float64)); // 7: what was there before must go
            var backprop = start(copy, gradients);
            for (var pass = 0; pass < 2; pass++) // gradients of two steps must not add up
            {
                backprop.Forward(numbers, categories, new Generator(5));
                backprop.Backward(outputGradient);
            }

            return gradients;
        }

        var expected = Gradients((p, g) => new AutogradBackprop(network, shape, p, g));
        var actual = Gradients((p, g) => network.Train(shape, p, g));
        Assert.IsTrue((actual - expected).abs().max().ToDouble() <= 1e-9 * (1 + expected.abs().max().ToDouble()));
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public void Its_buffers_end_with_the_scope_of_the_parameters(Network network, int features, int[] cardinalities, int outputs)
    {
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        using (NewDisposeScope())
        {
            var shape = new NetworkShape(features, cardinalities, outputs);
            var parameters = Memory.Copy(network.Layout(shape).Initial(new Generator(1)));
            var backprop = network.Train(shape, parameters, zeros_like(parameters));
            foreach (var count in new[] { 4, 9 }) // the second step needs larger buffers
                using (NewDisposeScope())
                {
                    var (numbers, categories) = Rows(count, features, cardinalities, float32);
                    backprop.Forward(numbers, categories, new Generator(5));
                    backprop.Backward(ones(count, outputs));
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
        var training = network.Train(fitted.Shape, parameters, zeros_like(parameters)).Forward(numbers, categories, null);
        Assert.AreEqual(0, (fitted.Forward(numbers, categories) - training).abs().max().ToDouble(), 1e-5);
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public void A_row_by_itself_scores_as_in_a_block(Network network, int features, int[] cardinalities, int outputs)
    {
        using var scope = NewDisposeScope();
        var fitted = Fitted(network, features, cardinalities, outputs);
        var (numbers, categories) = Rows(20, features, cardinalities, float32);
        var block = fitted.Forward(numbers, categories);
        var alone = new float[outputs];
        for (var row = 0; row < 20; row++)
        {
            fitted.ForwardRow(
                numbers.numel() == 0 ? [] : Memory.Of<float>(numbers).Slice(row * features, features),
                categories is null ? [] : Memory.Of<long>(categories).Slice(row * cardinalities.Length, cardinalities.Length), alone);
            for (var output = 0; output < outputs; output++)
                Assert.AreEqual(block[row, output].ToSingle(), alone[output], 1e-5 * (1 + Math.Abs(alone[output])));
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
        var layout = network.Layout(new(features, cardinalities, outputs));
        var end = 0;
        foreach (var slot in layout.Slots)
        {
            Assert.AreEqual(end, slot.Offset);
            end += slot.Count;
        }

        Assert.AreEqual(layout.Count, end);
        CollectionAssert.AreEqual(new long[] { outputs }, layout.Slots[^1].Shape, "The last slot is the head's biases.");
        Assert.AreEqual(outputs, layout.Slots[^2].Shape[0], "The last but one is the head's weights.");
    }
}
