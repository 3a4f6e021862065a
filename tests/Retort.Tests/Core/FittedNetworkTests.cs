using System.Text;

namespace Retort.Tests;

[TestClass]
public sealed class FittedNetworkTests
{
    internal static byte[] Write(FittedNetwork network)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
            network.Write(writer);
        return stream.ToArray();
    }

    internal static FittedNetwork Read(byte[] bytes) => FittedNetwork.Read(new BinaryReader(new MemoryStream(bytes)));

    private static FittedNetwork Tiny() => new(LearningTask.Regression, new Mlp { Layers = 1, Width = 2, ScalesFeatures = false, OneHotUpTo = 0 }, new(2, [3], 1), new float[4 * 8 + 2 * 10 + 2 + 2 + 1]);

    [TestMethod]
    public void A_file_cut_anywhere_is_refused_as_such()
    {
        var bytes = Write(Tiny());
        for (var length = 0; length < bytes.Length; length++)
            StringAssert.StartsWith(Assert.ThrowsExactly<InvalidDataException>(() => Read(bytes[..length])).Message, "A saved network must be whole, but this one is not: ");
    }

    [TestMethod]
    public void A_file_with_an_altered_count_is_refused()
    {
        var bytes = Write(Tiny());
        bytes[^(4 * 57 + 4)] ^= 1;
        Assert.AreEqual("A saved network must be whole, but this one is not: The number of saved parameters must be 57, but is 56.", Assert.ThrowsExactly<InvalidDataException>(() => Read(bytes)).Message);
    }

    [TestMethod]
    public void A_file_of_another_version_is_refused()
    {
        var bytes = Write(Tiny());
        bytes[0] = 9;
        Assert.AreEqual("A saved network must be whole, but this one is not: The version of a saved network must lie in [2, 3], but is 9.", Assert.ThrowsExactly<InvalidDataException>(() => Read(bytes)).Message);
    }

    [TestMethod]
    public void An_architecture_that_claims_too_much_takes_no_memory() // 64 layers of 65,536 squared are 2^38 numbers
    {
        using var stream = new MemoryStream();
        var writer = new BinaryWriter(stream);
        writer.Write(2);
        writer.Write((int)LearningTask.Binary);
        writer.Write("""{ "$type": "mlp", "Width": 65536, "Layers": 64 }""");
        foreach (var number in new[] { 1, 0, 1 })
            writer.Write(number);
        OutputLink.Identity.Write(writer);
        writer.Write(false);
        writer.Write(int.MaxValue);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => Read(stream.ToArray())).Message, "A network must have at most 1073741824 parameters");
    }

    [TestMethod]
    public void A_parameter_that_is_not_a_number_is_refused()
    {
        var bytes = Write(Tiny());
        BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - 4), float.NaN);
        Assert.AreEqual("A saved network must be whole, but this one is not: A parameter must be finite, but one is not.", Assert.ThrowsExactly<InvalidDataException>(() => Read(bytes)).Message);
    }

    [TestMethod]
    public void Features_of_another_width_are_refused()
    {
        Assert.AreEqual("features must have shape [rows, 2], but has [1, 3].", Assert.ThrowsExactly<ArgumentException>(() => Tiny().Forward(zeros(1, 3), null)).Message);
        Assert.AreEqual("categories must be given, but is null.", Assert.ThrowsExactly<ArgumentException>(() => Tiny().Forward(zeros(1, 2), null)).Message);
        Assert.AreEqual("categories must have shape [1, 1], but has [1, 2].", Assert.ThrowsExactly<ArgumentException>(() => Tiny().Forward(zeros(1, 2), zeros(1, 2, dtype: int64))).Message);
    }

    [TestMethod]
    public void A_row_of_another_length_or_category_is_refused()
    {
        Assert.AreEqual("A row must have 2 features, 1 categories and 1 outputs, but has 3, 1 and 1.",
            Assert.ThrowsExactly<ArgumentException>(() => Tiny().ForwardRow([1, 2, 3], [0], new float[1])).Message);
        Assert.AreEqual("Category 0 of the row must lie in [0, 3], but is 4.",
            Assert.ThrowsExactly<ArgumentException>(() => Tiny().ForwardRow([1, 2], [4], new float[1])).Message);
    }

    [TestMethod]
    public void Scoring_on_many_threads_gives_what_one_gives()
    {
        var shape = new NetworkShape(6, [5], 3);
        var network = new FittedNetwork(LearningTask.Multiclass, new Mlp(), shape, new Mlp().Build(shape).Layout.Initial(new Generator(1)));
        var features = Some.Normal(1, float32, 50, 6);
        var categories = zeros(50, 1, dtype: int64);
        var expected = network.Forward(features, categories);
        Parallel.For(0, 200, new() { MaxDegreeOfParallelism = 4 }, _ =>
        {
            using var scope = NewDisposeScope();
            Assert.IsTrue(network.Forward(features, categories).eq(expected).all().ToBoolean());
        });
    }

    [TestMethod]
    public void Scoring_leaves_nothing_but_its_output()
    {
        var network = Tiny();
        using var scope = NewDisposeScope();
        var (features, categories) = (zeros(4, 2), zeros(4, 1, dtype: int64));
        network.Forward(features, categories);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        var output = network.Forward(features, categories);
        Assert.AreEqual(before + 1, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.IsFalse(output.requires_grad);
    }
}
