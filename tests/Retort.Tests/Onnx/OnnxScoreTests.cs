using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Retort.Tests;

/// <summary>What ONNX Runtime computes from our file is what we compute: for every network, calibration and way from outputs to answers.</summary>
[TestClass]
public sealed class OnnxScoreTests
{
    private const int Rows = 40;

    public static IEnumerable<object[]> Networks =>
        from network in EveryPartTests.Samples(typeof(Network))
        from shape in new[] { (5, Array.Empty<int>(), 3), (2, [3, 12], 1), (0, [4], 1) }
        where network is not (Mlp { Width: > 256 } or TabM { Width: > 128 })
        select new object[] { network, shape.Item1, shape.Item2, shape.Item3 };

    public static IEnumerable<object[]> Links =>
    [
        [LearningTask.Multiclass, new OutputLink(LinkFunction.StableMax, []), 4],
        [LearningTask.Multiclass, new OutputLink(LinkFunction.Cumulative, []), 4],
        [LearningTask.Multiclass, OutputLink.MeanOf([0.25, 0.75]), 8],
        [LearningTask.Multiclass, OutputLink.Mixture([0.25, 0.75], [1, 2]), 8],
        [LearningTask.Binary, OutputLink.Mixture([0.25, 0.75], [1, 2]), 2],
        [LearningTask.Multiclass, OutputLink.Steered([1, 2]), 8],
        [LearningTask.Binary, OutputLink.Steered([1, 2]), 2],
        [LearningTask.Regression, new OutputLink(LinkFunction.Exponential, []) { Factor = 3 }, 1],
        [LearningTask.Regression, new OutputLink(LinkFunction.Quantiles, [0.1, 0.5, 0.9]) { Factor = 2, Offset = 10 }, 3],
        [LearningTask.Regression, new OutputLink(LinkFunction.MeanAndDeviation, []) { Factor = 3, Offset = 1 }, 2],
        [LearningTask.Regression, new OutputLink(LinkFunction.Levels, [1, 2, 5]) { Factor = 2, Offset = -1 }, 3],
    ];

    public static IEnumerable<object[]> Calibrations =>
        from part in EveryPartTests.Samples(typeof(Calibration))
        from task in new[] { LearningTask.Binary, LearningTask.Multiclass }
        select new object[] { part, task };

    [TestMethod, DynamicData(nameof(Networks))]
    public void A_network_gives_the_same(Network network, int features, int[] cardinalities, int outputs)
    {
        var shape = new NetworkShape(features, cardinalities, outputs);
        var graph = network.Build(shape);
        var (random, parameters) = (new Generator(9), graph.Layout.Initial(new Generator(9)));
        float[] numbers = [.. Enumerable.Range(0, 50 * features).Select(i => (float)(i % features + Math.Exp(random.Normal())))];
        long[] categories = [.. Enumerable.Range(0, 50 * cardinalities.Length).Select(i => random.Below(cardinalities[i % cardinalities.Length] + 1))];
        graph.Prepare(numbers, categories, 50, parameters);
        Compare(new(outputs == 1 ? LearningTask.Binary : LearningTask.Multiclass, network, shape, parameters), numbers.AsSpan(0, Rows * features).ToArray(), categories.AsSpan(0, Rows * cardinalities.Length).ToArray());
    }

    [TestMethod, DynamicData(nameof(Links))]
    public void A_link_gives_the_same(LearningTask task, object link, int outputs)
    {
        var (network, shape) = (new Mlp { Layers = 1, Width = 8 }, new NetworkShape(3, [], outputs));
        var random = new Generator(3);
        float[] numbers = [.. Enumerable.Range(0, Rows * 3).Select(_ => (float)random.Normal())], parameters = network.Build(shape).Layout.Initial(random);
        for (var i = 0; i < parameters.Length; i++)
            parameters[i] *= 2;
        Compare(new(task, network, shape, parameters, (OutputLink)link), numbers, []);
    }

    [TestMethod, DynamicData(nameof(Calibrations))]
    public void A_calibration_gives_the_same(Calibration calibration, LearningTask task)
    {
        using var scope = NewDisposeScope();
        Dataset Draw(ulong seed) => task == LearningTask.Binary ? Some.Pair(200, seed) : Some.Clouds(200, seed: seed);
        var network = Some.Train(Some.Quick with { HoldOut = 0.3, Epochs = 3, Calibration = calibration }, task, Draw(1)).Network;
        Compare(network, Memory.Of<float>(Draw(9).Features)[..(Rows * network.Features)].ToArray(), []); // off the steps that some calibrators have at the rows that they learned from
    }

    [TestMethod]
    public void Members_are_averaged_in_regression_too()
    {
        var (network, shape, random) = (new TabM { Members = 4, Layers = 1, Width = 8 }, new NetworkShape(3, [], 1), new Generator(3));
        float[] numbers = [.. Enumerable.Range(0, Rows * 3).Select(_ => (float)random.Normal())], parameters = network.Build(shape).Layout.Initial(random);
        network.Build(shape).Prepare(numbers, [], Rows, parameters);
        Compare(new(LearningTask.Regression, network, shape, parameters), numbers, []);
    }

    private static void Compare(FittedNetwork network, float[] numbers, long[] categories)
    {
        using var scope = NewDisposeScope();
        var (features, columns) = (network.Features, network.Cardinalities.Count);
        var expected = new float[Rows * network.Outputs];
        network.Score(Memory.Copy(numbers).view(Rows, features), columns == 0 ? null : tensor(categories, dtype: int64).view(Rows, columns), expected);

        var graph = new OnnxGraph();
        var x = features == 0 ? null : graph.Input("x", OnnxType.Float, features);
        OnnxValue[] keys = [.. Enumerable.Range(0, columns).Select(column => graph.Input($"k{column}", OnnxType.Int64, 1))];
        graph.Output("y", OnnxScore.Of(network, graph, x, keys), network.Outputs);
        var file = new MemoryStream();
        graph.Write(file);

        using var session = new InferenceSession(file.ToArray());
        var given = features == 0 ? [] : new List<NamedOnnxValue> { NamedOnnxValue.CreateFromTensor("x", new DenseTensor<float>(numbers, [Rows, features])) };
        given.AddRange(keys.Select((_, column) => NamedOnnxValue.CreateFromTensor($"k{column}", new DenseTensor<long>(Enumerable.Range(0, Rows).Select(row => categories[row * columns + column]).ToArray(), [Rows, 1]))));
        using var found = session.Run(given);
        var actual = found[0].AsEnumerable<float>().ToArray();
        var width = network.Link.Function == LinkFunction.Levels ? 1 : network.Outputs; // of levels the mean alone is served
        Assert.AreEqual(Rows * width, actual.Length);
        for (var i = 0; i < actual.Length; i++)
            Assert.AreEqual(expected[i / width * network.Outputs + i % width], actual[i], 1e-5 * Math.Max(1, Math.Abs(expected[i / width * network.Outputs + i % width])), $"{i}");
    }
}
