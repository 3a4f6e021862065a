using Microsoft.ML;
using Microsoft.ML.Runtime;

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
        Assert.AreEqual(69_999, buffer[69_999][2]);
        using var tensor = buffer.ToTensor();
        CollectionAssert.AreEqual(new long[] { 70_000, 3 }, tensor.shape);
        var values = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(tensor.bytes);
        for (var i = 0; i < values.Length; i++)
            Assert.AreEqual(i / 3, values[i]);
    }

    [TestMethod]
    public void Rows_whose_number_is_known_are_written_into_the_tensor_itself()
    {
        using var buffer = new RowBuffer<float>(50, 70_000);
        for (var row = 0; row < 60_000; row++) // some rows had no label
            buffer.Add().Fill(row);
        buffer[59_999][49] = 7;
        ref var last = ref buffer[59_999][49];
        CollectionAssert.AreEqual(new[] { 70_000L }, buffer.Blocks.ToArray());
        using var tensor = buffer.ToTensor();
        CollectionAssert.AreEqual(new long[] { 60_000, 50 }, tensor.shape);
        var values = Memory.Of<float>(tensor);
        Assert.IsTrue(System.Runtime.CompilerServices.Unsafe.AreSame(ref last, ref values[^1]));
    }

    [TestMethod]
    public void More_rows_than_were_announced_may_come()
    {
        using var buffer = new RowBuffer<long>(1, 10);
        for (var row = 0; row < 100_000; row++)
            buffer.Add()[0] = row;
        using var tensor = buffer.ToTensor(flat: true);
        CollectionAssert.AreEqual(Enumerable.Range(0, 100_000).Select(row => (long)row).ToArray(), Memory.Of<long>(tensor).ToArray());
    }

    [TestMethod]
    public void Of_rows_whose_number_is_not_known_a_sixteenth_at_most_is_held_twice()
    {
        using var buffer = new RowBuffer<float>(50);
        for (var row = 0; row < 400_000; row++)
            buffer.Add();
        Assert.IsTrue(buffer.Blocks.Max() <= 400_000 / 16, string.Join(' ', buffer.Blocks));
        Assert.IsTrue(buffer.Blocks.Sum() - buffer.Rows <= 400_000 / 16);
    }

    /// <summary>A source that streams: it holds nothing, and may know how many rows it will give.</summary>
    private sealed class Stream(int rows, bool isCounted) : IEnumerable<Toy.Row>
    {
        public int Given { get; private set; }

        public IDataView View(MLContext ml) => ml.Data.LoadFromEnumerable<Toy.Row>(isCounted ? new Counted(this, rows) : this);

        public IEnumerator<Toy.Row> GetEnumerator()
        {
            for (Given = 0; Given < rows; Given++)
                yield return new() { Features = [1, 2, 3, Given], Value = Given };
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

        private sealed class Counted(Stream stream, int rows) : ICollection<Toy.Row>
        {
            public int Count => rows;

            public bool IsReadOnly => true;

            public IEnumerator<Toy.Row> GetEnumerator() => stream.GetEnumerator();

            System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

            public void Add(Toy.Row item) => throw new NotSupportedException();

            public void Clear() => throw new NotSupportedException();

            public bool Contains(Toy.Row item) => throw new NotSupportedException();

            public void CopyTo(Toy.Row[] array, int arrayIndex) => throw new NotSupportedException();

            public bool Remove(Toy.Row item) => throw new NotSupportedException();
        }
    }

    private static Dataset Read(Stream stream, MemoryLimit limit)
    {
        var ml = new MLContext(seed: 1);
        using var channel = ((IHostEnvironment)ml).Register("test").Start("test");
        var columns = new NetworkColumns("Value", "Features", null, [], null);
        return new DatasetReader(columns, LearningTask.Regression, channel, () => { }, limit).Read(stream.View(ml), null).Rows;
    }

    [TestMethod]
    public void Data_that_does_not_fit_says_so_before_a_row_is_read() // 4 features and a label of 8 bytes at most: 24 bytes a row
    {
        var stream = new Stream(100_000, isCounted: true);
        Toy.Throws<ArgumentException>("The data must fit in 2 MiB of memory, but 100000 rows of 4 columns take 2.3 MiB.", () => Read(stream, new(2 << 20)));
        Assert.AreEqual(0, stream.Given);
        using var data = Read(stream, new(100_000 * 24));
        Assert.AreEqual(100_000, data.Rows);
    }

    [TestMethod]
    public void Data_of_unknown_length_says_so_as_soon_as_it_does_not_fit()
    {
        var stream = new Stream(100_000, isCounted: false);
        Toy.Throws<ArgumentException>("The data must fit in 24 KiB of memory, but its first 2048 rows of 4 columns alone take 48 KiB.", () => Read(stream, new(24 << 10)));
        Assert.IsTrue(stream.Given < 2100, $"{stream.Given}");
        using var data = Read(stream, MemoryLimit.OfMachine);
        Assert.AreEqual(100_000, data.Rows);
    }

    [TestMethod]
    public void A_machine_has_memory() => Assert.IsTrue(MemoryLimit.OfMachine.Bytes > 1 << 28);

    [TestMethod]
    public void A_buffer_may_be_empty_or_have_no_columns()
    {
        using var none = new RowBuffer<float>(3).ToTensor();
        CollectionAssert.AreEqual(new long[] { 0, 3 }, none.shape);
        var narrow = new RowBuffer<float>(0);
        narrow.Add();
        narrow.Add();
        using var two = narrow.ToTensor();
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
        Logits.Softmax(logits);
        CollectionAssert.AreEqual(new[] { 0.5f, 0, 0.5f }, logits);
        Assert.AreEqual(0, Logits.Sigmoid(-1e4f));
        Assert.AreEqual(1, Logits.Sigmoid(1e4f));
        Assert.AreEqual(0.5f, Logits.Sigmoid(0));
    }

    [TestMethod]
    public void The_first_of_equal_scores_wins()
    {
        Assert.AreEqual(1, Logits.ArgMax([1, 3, 3]));
        Assert.AreEqual(-1, Logits.ArgMax([1, float.NaN, 3]));
    }
}
