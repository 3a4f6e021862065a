namespace Retort.Tests;

[TestClass]
public sealed class HoldOutTests
{
    private static Dataset Labelled(long[] labels, long[]? groups = null) => new()
    {
        Features = zeros(labels.Length, 1),
        Labels = tensor(labels, dtype: int64),
        Groups = groups is null ? null : tensor(groups, dtype: int64),
        Classes = 3,
    };

    [TestMethod]
    public void Every_class_gives_its_share()
    {
        long[] labels = [.. Enumerable.Repeat(0L, 100), .. Enumerable.Repeat(1L, 40), .. Enumerable.Repeat(2L, 20)];
        using var data = Labelled(labels);
        var (train, held) = HoldOut.Split(data, LearningTask.Multiclass, 0.15, 1);
        CollectionAssert.AreEqual(new[] { 15, 6, 3 }, held.GroupBy(row => labels[row]).Select(group => group.Count()).ToArray());
        CollectionAssert.AreEquivalent(Enumerable.Range(0, 160).Select(i => (long)i).ToArray(), train.Concat(held).ToArray());
    }

    [TestMethod]
    public void A_class_of_one_row_stays_in_training()
    {
        using var data = Labelled([0, 0, 0, 0, 0, 0, 0, 0, 1]);
        for (var seed = 0UL; seed < 20; seed++)
            CollectionAssert.Contains(HoldOut.Split(data, LearningTask.Multiclass, 0.5, seed).Train, 8L);
    }

    [TestMethod]
    public void Every_tenth_of_a_real_label_gives_its_share()
    {
        using var data = new Dataset { Features = zeros(200, 1), Labels = Some.Normal(1, float32, 200), Classes = 1 };
        var held = HoldOut.Split(data, LearningTask.Regression, 0.15, 1).Validation;
        var ranks = Memory.Of<float>(data.Labels!).ToArray().Select((value, row) => (value, row)).OrderBy(pair => pair.value).Select((pair, rank) => (pair.row, rank)).ToDictionary(pair => (long)pair.row, pair => pair.rank);
        CollectionAssert.AreEqual(Enumerable.Repeat(3, 10).ToArray(), held.GroupBy(row => ranks[row] / 20).OrderBy(g => g.Key).Select(g => g.Count()).ToArray());
    }

    [TestMethod]
    public void Groups_stay_whole()
    {
        var groups = Enumerable.Range(0, 100).Select(row => (long)(row % 20)).ToArray();
        using var data = Labelled(new long[100], groups);
        var (train, held) = HoldOut.Split(data, LearningTask.Multiclass, 0.15, 1);
        Assert.AreEqual(15, held.Length);
        Assert.IsFalse(train.Select(row => groups[row]).Intersect(held.Select(row => groups[row])).Any());
    }

    [TestMethod]
    public void Equal_labels_are_taken_in_the_order_of_their_rows() // as a stable sort would, which takes more memory
    {
        var values = Enumerable.Range(0, 300).Select(row => (float)(row * 7 % 5)).ToArray();
        using var data = new Dataset { Features = zeros(300, 1), Labels = tensor(values), Classes = 1 };
        var sorted = Enumerable.Range(0, 300).OrderBy(row => values[row]).ToArray();
        var random = new Generator(3);
        var expected = sorted.Chunk(30).SelectMany(tenth => random.Permutation(30).Take(4).Select(pick => (long)tenth[pick])).Order().ToArray();
        CollectionAssert.AreEqual(expected, HoldOut.Split(data, LearningTask.Regression, 0.15, 3).Validation);
    }

    [TestMethod]
    public void The_seed_decides()
    {
        using var data = Labelled(new long[100]);
        CollectionAssert.AreEqual(HoldOut.Split(data, LearningTask.Multiclass, 0.15, 1).Validation, HoldOut.Split(data, LearningTask.Multiclass, 0.15, 1).Validation);
        CollectionAssert.AreNotEqual(HoldOut.Split(data, LearningTask.Multiclass, 0.15, 1).Validation, HoldOut.Split(data, LearningTask.Multiclass, 0.15, 2).Validation);
    }

    [TestMethod]
    public void A_share_of_0_holds_nothing_out()
    {
        using var data = Labelled(new long[10]);
        Assert.AreEqual(0, HoldOut.Split(data, LearningTask.Multiclass, 0, 1).Validation.Length);
    }
}
