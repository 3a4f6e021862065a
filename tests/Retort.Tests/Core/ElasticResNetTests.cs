namespace Retort.Tests;

[TestClass]
public sealed class ElasticResNetTests
{
    private static readonly NetworkShape Shape = new(4, [], 3);
    private static readonly ElasticResNet Elastic = new() { Blocks = 4, Width = 6, Dropout = 0 };

    [TestMethod]
    public void What_is_learned_does_not_depend_on_the_depth()
    {
        var one = Elastic with { Blocks = 1 };
        Assert.AreEqual(one.Build(Shape).Layout.Count, (Elastic with { Blocks = 64 }).Build(Shape).Layout.Count);
        // as many as two blocks of the plain network, which has the first layer, the last norm and the head as well
        Assert.AreEqual(new ResNetMlp { Blocks = 2, Width = 6, Dropout = 0 }.Build(Shape).Layout.Count, one.Build(Shape).Layout.Count);
    }

    [TestMethod]
    public void It_is_the_plain_network_with_weights_on_a_line()
    {
        using var scope = NewDisposeScope();
        var (elastic, plain) = (Elastic.Build(Shape), new ResNetMlp { Blocks = 4, Width = 6, Dropout = 0 }.Build(Shape));
        var parameters = Some.Normal(1, float64, elastic.Layout.Count);
        var (line, unfolded) = (elastic.Layout.Views(parameters), zeros(plain.Layout.Count, dtype: float64));
        var slots = plain.Layout.Views(unfolded);
        // slots: scale and first layer (4), then B and A of norm, U, V with two each (6 and 6), then the last norm and the head (4)
        for (var slot = 0; slot < 4; slot++)
        {
            slots[slot].copy_(line[slot]);
            slots[^(slot + 1)].copy_(line[^(slot + 1)]);
        }

        for (var block = 1; block <= 4; block++)
            for (var part = 0; part < 6; part++)
                slots[4 + 6 * (block - 1) + part].copy_((line[4 + part] + block / 4.0 * line[10 + part]) * (part >= 4 ? 0.25 : 1)); // V and its biases are divided by the blocks
        var rows = Some.Normal(2, float64, 5, 4);
        Assert.AreEqual(0, (plain.Forward(slots, rows, null, null) - elastic.Forward(line, rows, null, null)).abs().max().ToDouble(), 1e-12);
    }

    [TestMethod]
    public void It_begins_with_blocks_that_are_all_alike()
    {
        var layout = Elastic.Build(Shape).Layout;
        var start = layout.Initial(new Generator(1));
        foreach (var slot in layout.Slots.Skip(10).Take(6))
            Assert.IsTrue(start.AsSpan(slot.Offset, slot.Count).IndexOfAnyExcept(0f) < 0);
    }

    [TestMethod]
    public void Other_depths_know_what_the_trained_one_learned()
    {
        using var scope = NewDisposeScope();
        var (train, test) = (Some.Clouds(400, 0.3, 1), Some.Clouds(600, 0.3, 2));
        var recipe = Some.Quick with { Network = new ElasticResNet { Blocks = 8, Width = 16 }, Epochs = 20, Patience = 20 };
        var fitted = Some.Train(recipe, LearningTask.Multiclass, train).Network;
        foreach (var blocks in new[] { 4, 8, 16 })
            Assert.IsTrue(Error(new(LearningTask.Multiclass, new ElasticResNet { Blocks = blocks, Width = 16 }, fitted.Shape, fitted.Parameters)) < 0.14, $"{blocks}"); // the best possible is 0.09

        double Error(FittedNetwork network) => network.Forward(test.Features, null).argmax(1).ne(test.Labels!).to_type(float32).mean().ToDouble();
    }
}
