namespace Retort.Tests;

[TestClass]
public sealed class RowOrderTests
{
    private static readonly long[] Rare = [.. Enumerable.Range(0, 100).Select(row => row % 10 == 0 ? 1L : 0L)];

    private static IEnumerable<long[]> Steps(EpochOrder order) =>
        order.Ends.Select((end, step) => order.Rows[(step == 0 ? 0 : order.Ends[step - 1])..end]);

    [TestMethod]
    public void Every_class_is_in_every_step_in_its_share()
    {
        var order = RowOrder.EveryClass.Draw(new(100, Rare, []), 20, 0, new Generator(1));
        CollectionAssert.AreEquivalent(Enumerable.Range(0, 100).Select(row => (long)row).ToArray(), order.Rows);
        foreach (var step in Steps(order))
            Assert.AreEqual(2, step.Count(row => Rare[row] == 1));
    }

    [TestMethod]
    public void A_class_of_fewer_rows_than_steps_comes_again()
    {
        var labels = Enumerable.Range(0, 60).Select(row => row < 2 ? 1L : 0L).ToArray();
        var order = RowOrder.EveryClass.Draw(new(60, labels, []), 10, 0, new Generator(1));
        Assert.AreEqual(6, order.Ends.Length);
        Assert.AreEqual(64, order.Rows.Length); // 58 once, and 6 times one of the two
        foreach (var step in Steps(order))
        {
            Assert.AreEqual(1, step.Count(row => labels[row] == 1));
            Assert.IsTrue(step.Length <= RowOrder.EveryClass.LargestStep(new(60, labels, []), 10));
        }
    }

    [TestMethod]
    public void Groups_stay_whole()
    {
        var groups = Enumerable.Range(0, 50).Select(row => (long)(row * row % 13)).ToArray();
        var rows = new OrderedRows(50, [], groups);
        var order = RowOrder.WholeGroups.Draw(rows, 8, 0, new Generator(1));
        CollectionAssert.AreEquivalent(Enumerable.Range(0, 50).Select(row => (long)row).ToArray(), order.Rows);
        var seen = new HashSet<long>();
        foreach (var step in Steps(order))
        {
            foreach (var group in step.Select(row => groups[row]).Distinct())
                Assert.IsTrue(seen.Add(group), $"Group {group} came twice.");
            Assert.IsTrue(step.Length <= RowOrder.WholeGroups.LargestStep(rows, 8));
        }
    }

    [TestMethod]
    [DataRow(100, 7, 20)]
    [DataRow(100, 93, 20)]
    [DataRow(100, 50, 20)]
    [DataRow(103, 30, 7)]
    [DataRow(9, 1, 32)]
    [DataRow(9, 2, 2)]
    public void Half_of_each_step_has_a_label_and_every_row_comes(int count, int labels, int batchSize)
    {
        var labeled = Enumerable.Range(0, count).Select(row => row * 37 % count < labels).ToArray();
        var rows = new OrderedRows(count, [], []) { Labeled = labeled };
        var order = RowOrder.LabeledHalves.Draw(rows, batchSize, 0, new Generator(1));
        CollectionAssert.AreEqual(Enumerable.Range(0, count).Select(row => (long)row).ToArray(), order.Rows.Distinct().Order().ToArray());
        var fewer = labeled.Count(own => own) < count - labeled.Count(own => own);
        foreach (var step in Steps(order))
        {
            var with = step.Count(row => labeled[row]);
            Assert.IsTrue(with > 0 && with < step.Length && step.Length <= RowOrder.LabeledHalves.LargestStep(rows, batchSize), $"{with} of {step.Length}");
            Assert.IsTrue(with <= batchSize / 2 && step.Length - with <= batchSize - batchSize / 2);
        }

        foreach (var (row, times) in order.Rows.GroupBy(row => row).Select(group => (group.Key, group.Count())))
            Assert.IsTrue(times == 1 || labeled[row] == fewer, $"Row {row} came {times} times.");
    }

    [TestMethod]
    public void Where_all_or_none_have_a_label_every_row_comes_once()
    {
        foreach (var labeled in new[] { [], new bool[30], Enumerable.Repeat(true, 30).ToArray() })
            CollectionAssert.AreEqual(RowOrder.Shuffled.Draw(new(30, [], []), 8, 0, new Generator(1)).Rows, RowOrder.LabeledHalves.Draw(new(30, [], []) { Labeled = labeled }, 8, 0, new Generator(1)).Rows);
    }

    [TestMethod]
    public void Each_cell_has_its_share_at_every_place_and_every_row_comes_once()
    {
        var random = new Generator(1);
        for (var round = 0; round < 30; round++)
        {
            int[] counts = [.. Enumerable.Range(0, 2 + round % 9).Select(cell => (int)random.Below(cell % 3 == 0 ? 200 : 12))];
            if (counts.Sum() == 0)
                continue;
            var (all, sequence, taken) = (counts.Sum(), StratifiedOrder.Spread(counts), new int[counts.Length]);
            for (var place = 1; place <= all; place++)
            {
                taken[sequence[place - 1]]++;
                for (var cell = 0; cell < counts.Length; cell++)
                    Assert.IsTrue(Math.Abs(taken[cell] - (double)place * counts[cell] / all) < 1, $"{taken[cell]} of {counts[cell]} at {place} of {all}");
            }

            CollectionAssert.AreEqual(counts, taken);
            var rows = new OrderedRows(all, [], []) { Cells = [.. sequence.Select(cell => (long)(7 * cell))] };
            var order = RowOrder.Stratified.Draw(rows, 16, 0, random);
            CollectionAssert.AreEquivalent(Enumerable.Range(0, all).Select(row => (long)row).ToArray(), order.Rows);
            CollectionAssert.AreEqual(RowOrder.Shuffled.Draw(rows, 16, 0, random).Ends, order.Ends);
            foreach (var step in Steps(order))
                for (var cell = 0; cell < counts.Length; cell++)
                    Assert.IsTrue(Math.Abs(step.Count(row => rows.Cells[row] == 7 * cell) - (double)step.Length * counts[cell] / all) < 2);
        }
    }

    [TestMethod]
    public void Orders_differ_from_epoch_to_epoch_and_not_from_run_to_run()
    {
        var rows = new OrderedRows(100, Rare, Rare) { Cells = Rare };
        foreach (var kind in new[] { RowOrder.Shuffled, RowOrder.EveryClass, RowOrder.WholeGroups, RowOrder.Stratified })
        {
            var (one, other) = (new Generator(4), new Generator(4));
            var first = kind.Draw(rows, 20, 0, one).Rows;
            CollectionAssert.AreEqual(first, kind.Draw(rows, 20, 0, other).Rows);
            if (kind != RowOrder.WholeGroups) // two groups have two orders
                CollectionAssert.AreNotEqual(first, kind.Draw(rows, 20, 0, one).Rows);
        }
    }
}
