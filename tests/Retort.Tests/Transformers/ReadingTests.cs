
namespace Retort.Tests;

/// <summary>The small pieces that a dataset is read with.</summary>
[TestClass]
public sealed class ReadingTests
{
    [TestMethod]
    public void Rows_of_a_buffer_are_joined_in_order()
    {
        var buffer = new RowBuffer<float>(3);
        for (var row = 0; row < 70_000; row++)
            buffer.Add().Fill(row);
        using var tensor = buffer.ToTensor(torch.float32);
        CollectionAssert.AreEqual(new long[] { 70_000, 3 }, tensor.shape);
        var values = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(tensor.bytes);
        for (var i = 0; i < values.Length; i++)
            Assert.AreEqual(i / 3, values[i]);
        Assert.AreEqual(69_999, buffer[69_999][2]);
    }

    [TestMethod]
    public void A_buffer_may_be_empty_or_have_no_columns()
    {
        using var none = new RowBuffer<float>(3).ToTensor(torch.float32);
        CollectionAssert.AreEqual(new long[] { 0, 3 }, none.shape);
        var narrow = new RowBuffer<float>(0);
        narrow.Add();
        narrow.Add();
        using var two = narrow.ToTensor(torch.float32);
        CollectionAssert.AreEqual(new long[] { 2, 0 }, two.shape);
    }

    [TestMethod]
    [DataRow(float.NaN), DataRow(float.PositiveInfinity), DataRow(float.NegativeInfinity)]
    public void One_bad_number_is_found_wherever_it_stands(float bad)
    {
        for (var at = 0; at < 37; at++)
        {
            var values = Enumerable.Repeat(float.MaxValue, 37).ToArray();
            Assert.IsTrue(Finite.All(values));
            values[at] = bad;
            Assert.IsFalse(Finite.All(values));
        }
    }

    [TestMethod]
    public void Classes_are_matched_by_value()
    {
        CollectionAssert.AreEqual(new[] { 2, 0, 1 }, ClassMatch.Of(["a", "b", "c"], ["c", "a", "b"]));
        Assert.IsNull(ClassMatch.Of(["a", "b"], ["a", "c"]));
        Assert.IsNull(ClassMatch.Of(["a", "b"], ["a", "a"]));
        Assert.IsNull(ClassMatch.Of(["a", "b"], ["a"]));
    }

    [TestMethod]
    public void Of_many_classes_eight_are_said() =>
        Assert.AreEqual("0, 1, 2, 3, 4, 5, 6, 7 and 3 more", ClassMatch.Say([.. Enumerable.Range(0, 11).Select(i => $"{i}")]));

    [TestMethod]
    public void Extreme_logits_give_probabilities()
    {
        float[] logits = [1e4f, -1e4f, 1e4f];
        Link.Softmax(logits);
        CollectionAssert.AreEqual(new[] { 0.5f, 0, 0.5f }, logits);
        Assert.AreEqual(0, Link.Sigmoid(-1e4f));
        Assert.AreEqual(1, Link.Sigmoid(1e4f));
        Assert.AreEqual(0.5f, Link.Sigmoid(0));
    }

    [TestMethod]
    public void The_first_of_equal_scores_wins()
    {
        Assert.AreEqual(1, Link.ArgMax([1, 3, 3]));
        Assert.AreEqual(-1, Link.ArgMax([1, float.NaN, 3]));
    }
}
