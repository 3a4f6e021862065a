namespace Retort.Tests;

[TestClass]
public sealed class SealedEntryTests
{
    private static byte[] Sealed(string content)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        SealedEntry.Write(writer, inner => inner.Write(content));
        return stream.ToArray();
    }

    private static string Open(byte[] bytes) => SealedEntry.Read(new BinaryReader(new MemoryStream(bytes)), inner => inner.ReadString());

    [TestMethod]
    public void What_was_sealed_comes_back() => Assert.AreEqual("content", Open(Sealed("content")));

    [TestMethod]
    public void A_long_block_comes_back() => Assert.AreEqual(new string('x', 5_000_000), Open(Sealed(new string('x', 5_000_000))));

    [TestMethod]
    public void A_changed_bit_is_noticed()
    {
        var bytes = Sealed("content");
        bytes[^1] ^= 4;
        Toy.Throws<InvalidDataException>("The network's entry must match its SHA-256, but does not; the file was altered.", () => Open(bytes));
    }

    [TestMethod]
    public void A_missing_end_is_noticed() => // 1 byte of length and 7 of text
        Toy.Throws<InvalidDataException>("The network's entry must hold 8 bytes, but the file has 5; it was cut off.", () => Open(Sealed("content")[..^3]));

    [TestMethod]
    public void A_missing_head_is_noticed() =>
        Toy.Throws<InvalidDataException>("The network's entry must state its length, but the file has ended.", () => Open(Sealed("content")[..10]));

    [TestMethod]
    public void A_false_length_takes_no_memory()
    {
        var bytes = Sealed("content");
        BitConverter.TryWriteBytes(bytes, (long)int.MaxValue);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Toy.Throws<InvalidDataException>("The network's entry must hold 2147483647 bytes, but the file has 8; it was cut off.", () => Open(bytes));
        Assert.IsLessThan(10_000_000, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
