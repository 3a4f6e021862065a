namespace Retort.Tests;

[TestClass]
public sealed class OutputLinkTests
{
    private static float[] Values(OutputLink link, params float[] outputs)
    {
        link.ToValues(outputs);
        return outputs;
    }

    [TestMethod]
    public void Quantiles_rise_whatever_the_outputs_are() // softplus(0) = ln 2; twice as wide, from 10 on
    {
        var link = new OutputLink(LinkFunction.Quantiles, [0.1, 0.5, 0.9]) { Factor = 2, Offset = 10 };
        CollectionAssert.AreEqual(new[] { 8f, (float)(8 + 2 * Math.Log(2)), (float)(8 + 4 * Math.Log(2)) }, Values(link, -1, 0, 0));
        var far = Values(link, 5, -1e4f, 1e4f);
        Assert.IsTrue(far[0] <= far[1] && far[1] < far[2]);
        Assert.AreEqual(20 + 2e4, far[2], 1e-1);
    }

    [TestMethod]
    public void A_deviation_is_positive_and_bounded()
    {
        var link = new OutputLink(LinkFunction.MeanAndDeviation, []) { Factor = 3, Offset = 1 };
        CollectionAssert.AreEqual(new[] { 7f, 3f }, Values(link, 2, 0));
        Assert.AreEqual(3 * Math.Exp(15), Values(link, 0, 1e9f)[1], 1);
        Assert.IsTrue(Values(link, 0, -1e9f)[1] > 0);
    }

    [TestMethod]
    public void Levels_give_their_mean() => // (0.25 * 1 + 0.75 * 3) = 2.5, times 2
        Assert.AreEqual(5, Values(new OutputLink(LinkFunction.Levels, [1, 3]) { Factor = 2 }, 0, MathF.Log(3))[0], 1e-6);

    [TestMethod]
    public void A_log_mean_becomes_a_mean() => Assert.AreEqual(20, Values(new OutputLink(LinkFunction.Exponential, []) { Factor = 10 }, MathF.Log(2))[0], 1e-5);

    [TestMethod]
    public void StableMax_is_the_softmax_of_its_logits()
    {
        using var scope = NewDisposeScope();
        var link = new OutputLink(LinkFunction.StableMax, []);
        float[] outputs = [2, -1, 0];
        link.ToLogits(outputs, outputs);
        Logits.Softmax(outputs);
        Assert.AreEqual(3 / 4.5, outputs[0], 1e-6); // s = 3, 1/2, 1
        Assert.AreEqual(0.5 / 4.5, outputs[1], 1e-6);
        var raw = Some.Normal(1, float64, 5, 3) * 10;
        Assert.IsTrue((link.FromLogits(link.ToLogits(raw)) - raw).abs().max().ToDouble() < 1e-12);
    }

    [TestMethod]
    public void Sets_become_their_mean_or_the_mixture_of_their_probabilities()
    {
        using var scope = NewDisposeScope();
        var raw = Some.Normal(1, float64, 5, 6) * 3;
        var (first, second) = (raw.narrow(1, 0, 3), raw.narrow(1, 3, 3));
        var mixture = OutputLink.Mixture([0.25, 0.75], [1, 2]);
        Assert.IsTrue((OutputLink.MeanOf([0.25, 0.75]).ToLogits(raw) - 0.25 * first - 0.75 * second).abs().max().ToDouble() < 1e-12);
        Assert.IsTrue((mixture.ToLogits(raw).exp() - 0.25 * first.softmax(1) - 0.75 * (second / 2).softmax(1)).abs().max().ToDouble() < 1e-12);
        var pair = raw.narrow(1, 0, 2);
        Assert.IsTrue((mixture.ToLogits(pair).sigmoid() - 0.25 * pair.narrow(1, 0, 1).sigmoid() - 0.75 * (pair.narrow(1, 1, 1) / 2).sigmoid()).abs().max().ToDouble() < 1e-12);
    }

    [TestMethod]
    public void A_row_of_sets_becomes_what_the_tensor_becomes()
    {
        using var scope = NewDisposeScope();
        foreach (var link in new[] { OutputLink.MeanOf([0.25, 0.75]), OutputLink.Mixture([0.25, 0.75], [1, 2]), OutputLink.Mixture([0, 1], [1, 2]) })
            foreach (var width in new[] { 2, 6 })
            {
                var raw = Some.Normal(2, float32, 1, width) * 3;
                var logits = new float[width / 2];
                link.ToLogits(raw.data<float>().ToArray(), logits);
                Assert.IsTrue((link.ToLogits(raw) - tensor(logits).unsqueeze(0)).abs().max().ToDouble() < 1e-5);
            }
    }

    [TestMethod]
    public void A_file_gives_the_same_link_back()
    {
        foreach (var (link, outputs) in new[] { (OutputLink.Identity, 1), (new OutputLink(LinkFunction.Quantiles, [0.1, 0.9]) { Factor = 2, Offset = -1 }, 2), (OutputLink.MeanOf([0.5, 0.5]), 6), (OutputLink.Mixture([0.3, 0.7], [1, 4]), 2) })
        {
            var stream = new MemoryStream();
            link.Write(new BinaryWriter(stream));
            Assert.AreEqual(link, OutputLink.Read(new BinaryReader(new MemoryStream(stream.ToArray())), outputs));
        }

        var three = new MemoryStream();
        new OutputLink(LinkFunction.Quantiles, [0.1, 0.5, 0.9]).Write(new BinaryWriter(three));
        Assert.AreEqual("The number of a saved network's levels must fit its 2 outputs, but is 3.",
            Assert.ThrowsExactly<ArgumentException>(() => OutputLink.Read(new BinaryReader(new MemoryStream(three.ToArray())), 2)).Message);
    }
}
