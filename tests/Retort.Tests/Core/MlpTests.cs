namespace Retort.Tests;

[TestClass]
public sealed class MlpTests
{
    [TestMethod]
    public void One_hidden_layer_by_hand()
    {
        // hidden = relu((1, -1) . x, (2, 0) . x + 1) of x = (3, 1) is (2, 7); output = 10 * 2 - 7 + 0.5
        float[] parameters = [1, -1, 2, 0, /* biases */ 0, 1, /* head */ 10, -1, 0.5f];
        var network = new FittedNetwork(LearningTask.Regression, new Mlp { Layers = 1, Width = 2, ScalesFeatures = false }, new(2, [], 1), parameters);
        var output = new float[1];
        network.ForwardRow([3, 1], [], output);
        Assert.AreEqual(13.5f, output[0]);
        Assert.AreEqual(13.5, network.Forward(tensor(new[,] { { 3f, 1f } }), null).ToDouble());
    }

    [TestMethod]
    public void An_unseen_category_adds_nothing_at_the_start()
    {
        var mlp = new Mlp { EmbeddingWidth = 3, OneHotUpTo = 0, ScalesFeatures = false };
        var parameters = mlp.Build(new(1, [2], 1)).Layout.Initial(new Generator(1));
        CollectionAssert.AreEqual(new float[3], parameters[..3]);
        Assert.IsTrue(parameters[3..9].All(weight => weight != 0));
    }

    [TestMethod]
    public void Starting_weights_have_variance_2_over_inputs_and_biases_are_0()
    {
        var layout = new Mlp { Layers = 1, Width = 400, ScalesFeatures = false }.Build(new(100, [], 1)).Layout;
        var parameters = layout.Initial(new Generator(2));
        Assert.AreEqual(2 / 100.0, parameters[..40_000].Average(weight => (double)weight * weight), 5e-4);
        Assert.IsTrue(parameters[40_000..40_400].All(bias => bias == 0));
    }

    [TestMethod]
    public void Dropout_leaves_out_its_share_and_keeps_the_mean()
    {
        using var scope = NewDisposeScope();
        // a linear path: 1 -> 10,000 ones -> their mean
        var mlp = new Mlp { Layers = 1, Width = 10_000, Dropout = 0.25, ScalesFeatures = false };
        var graph = mlp.Build(new(1, [], 1));
        var layers = new[] { ones(10_000, 1), zeros(10_000), full(1, 10_000, 1e-4f), zeros(1) };
        var output = graph.Forward(layers, ones(1, 1), null, new Generator(1)).ToDouble();
        Assert.AreEqual(1, output, 0.03); // deviation sqrt(0.25 / 0.75 / 10,000) = 0.006
        Assert.AreNotEqual(1, output);
        Assert.AreEqual(1, graph.Forward(layers, ones(1, 1), null, null).ToDouble(), 1e-5);
    }

    [TestMethod]
    public void Settings_outside_their_range_are_refused()
    {
        string Refusal(Mlp mlp) => Assert.ThrowsExactly<ArgumentException>(mlp.Validate).Message;
        Assert.AreEqual("Layers must lie in [0, 64], but is -1.", Refusal(new() { Layers = -1 }));
        Assert.AreEqual("Dropout must lie in [0, 1), but is 1.", Refusal(new() { Dropout = 1 }));
        Assert.AreEqual("EmbeddingWidth must lie in [1, 4096], but is 0.", Refusal(new() { EmbeddingWidth = 0 }));
        Assert.AreEqual("Activation must be one of Relu, Silu, Tanh, Selu, Mish, StarRelu, but is 9.", Refusal(new() { Activation = (Activation)9 }));
    }

    [TestMethod]
    public void A_network_without_inputs_is_refused() => Assert.AreEqual(
        "A network must have at least one feature or category column, but has none.",
        Assert.ThrowsExactly<ArgumentException>(new NetworkShape(0, [], 1).Validate).Message);

    [TestMethod]
    public void A_network_too_large_for_one_buffer_is_refused_before_memory_is_taken() => Assert.AreEqual(
        "A network must have at most 1073741824 parameters, but this one has 4295098370 or more.",
        Assert.ThrowsExactly<ArgumentException>(() => new Mlp { Width = 65536, Layers = 64 }.Build(new(1, [], 1))).Message);
}
