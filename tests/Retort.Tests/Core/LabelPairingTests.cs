namespace Retort.Tests;

/// <summary>Partners by the similarity of labels, against the definition.</summary>
[TestClass]
public sealed class LabelPairingTests
{
    private const int Rows = 500;

    /// <summary>Labels of several shapes, with their number of columns.</summary>
    private static (double[] Labels, int Width) Labels(string shape)
    {
        var random = new Generator(7);
        double[] Each(int width, Func<double> draw) => [.. Enumerable.Range(0, Rows * width).Select(_ => draw())];
        return shape switch
        {
            "uniform" => (Each(1, random.Uniform), 1),
            "heavy tails" => (Each(1, () => Math.Tan(Math.PI * (random.Uniform() - 0.5))), 1),
            "ties" => (Each(1, () => random.Below(5)), 1),
            "clusters" => (Each(1, () => 100 * random.Below(3) + random.Normal()), 1),
            "outliers" => (Each(1, () => random.Uniform() < 0.01 ? 1000 * random.Normal() : random.Normal()), 1),
            "constant" => (Each(1, () => 3), 1),
            "normal 3" => (Each(3, random.Normal), 3),
            "ties 3" => (Each(3, () => random.Below(3)), 3),
            "heavy tails 3" => (Each(3, () => Math.Tan(Math.PI * (random.Uniform() - 0.5))), 3),
            "constant column 3" => ([.. Each(1, random.Normal).SelectMany(y => new[] { y, 7, y * y })], 3),
            _ => throw new ArgumentException(shape),
        };
    }

    /// <summary>The probabilities as they are defined, [rows, rows].</summary>
    private static double[,] Exact(double[] labels, int width, double bandwidth, double[]? weights = null)
    {
        var rows = labels.Length / width;
        var columns = new List<double[]>();
        for (var column = 0; column < width; column++)
        {
            double[] values = [.. Enumerable.Range(0, rows).Select(row => labels[row * width + column])];
            var mean = values.Average();
            var deviation = Math.Sqrt(values.Select(value => (value - mean) * (value - mean)).Average());
            if (deviation > 0)
                columns.Add([.. values.Select(value => value / deviation)]);
        }

        var table = new double[rows, rows];
        for (var i = 0; i < rows; i++)
        {
            var sum = 0.0;
            for (var j = 0; j < rows; j++)
            {
                var square = 0.0;
                foreach (var column in columns)
                    square += (column[i] - column[j]) * (column[i] - column[j]) / columns.Count;
                sum += table[i, j] = (weights?[j] ?? 1) * Math.Exp(-square / (2 * bandwidth * bandwidth));
            }

            for (var j = 0; j < rows; j++)
                table[i, j] = sum > 0 ? table[i, j] / sum : i == j ? 1 : 0;
        }

        return table;
    }

    /// <summary>How many deviations Pearson's statistic lies above its mean. Cells of few expected draws are pooled, row by row.</summary>
    private static double Excess(double[,] exact, Func<int[]> draw, int times)
    {
        var (rows, counts) = (exact.GetLength(0), new int[exact.GetLength(0), exact.GetLength(0)]);
        for (var time = 0; time < times; time++)
        {
            var partners = draw();
            for (var row = 0; row < rows; row++)
                counts[row, partners[row]]++;
        }

        var (statistic, freedom) = (0.0, 0);
        for (var row = 0; row < rows; row++)
        {
            var (expected, seen, cells) = (0.0, 0, 0);
            for (var j = 0; j < rows; j++)
            {
                Assert.IsTrue(counts[row, j] == 0 || exact[row, j] > 0, $"row {row} got {j}");
                (expected, seen) = (expected + times * exact[row, j], seen + counts[row, j]);
                if (expected < 10)
                    continue;
                statistic += (seen - expected) * (seen - expected) / expected;
                (expected, seen, cells) = (0, 0, cells + 1);
            }

            // what is left over counts where it is enough
            if (expected > 1)
                (statistic, cells) = (statistic + (seen - expected) * (seen - expected) / expected, cells + 1);
            freedom += Math.Max(0, cells - 1);
        }

        return freedom == 0 ? 0 : (statistic - freedom) / Math.Sqrt(2.0 * freedom);
    }

    [TestMethod]
    [DataRow("uniform", 1.0), DataRow("uniform", 0.05), DataRow("heavy tails", 1.0), DataRow("heavy tails", 0.01), DataRow("ties", 0.5), DataRow("clusters", 0.01), DataRow("outliers", 1.0), DataRow("outliers", 0.02)]
    [DataRow("constant", 1.0), DataRow("normal 3", 1.0), DataRow("normal 3", 0.2), DataRow("ties 3", 0.5), DataRow("heavy tails 3", 0.1), DataRow("constant column 3", 0.3)]
    public void Partners_come_as_often_as_the_definition_says(string shape, double bandwidth)
    {
        var (labels, width) = Labels(shape);
        var (pairing, random) = (new LabelPairing(labels, bandwidth, width), new Generator(3));
        var excess = Excess(Exact(labels, width, bandwidth), () => pairing.Draw(random), 400);
        Assert.IsTrue(Math.Abs(excess) < 4, $"{excess}");
    }

    [TestMethod]
    [DataRow("uniform"), DataRow("clusters"), DataRow("normal 3")]
    public void Weights_make_partners_likelier(string shape)
    {
        var (labels, width) = Labels(shape);
        var random = new Generator(4);
        double[] weights = [.. Enumerable.Range(0, Rows).Select(_ => random.Uniform() < 0.3 ? 0 : Math.Pow(random.Uniform(), 3))];
        var pairing = new LabelPairing(labels, 0.1, width, weights);
        var excess = Excess(Exact(labels, width, 0.1, weights), () => pairing.Draw(random), 200);
        Assert.IsTrue(Math.Abs(excess) < 4, $"{excess}");
    }

    [TestMethod]
    public void Some_rows_can_be_asked_for()
    {
        var (labels, _) = Labels("heavy tails");
        var (pairing, random) = (new LabelPairing(labels, 0.2), new Generator(4));
        int[] order = [.. random.Permutation(Rows).Select(row => (int)row)];
        var excess = Excess(Exact(labels, 1, 0.2), () =>
        {
            var (partners, all) = (pairing.Draw(order, random), new int[Rows]);
            for (var i = 0; i < Rows; i++)
                all[order[i]] = partners[i];
            return all;
        }, 200);
        Assert.IsTrue(Math.Abs(excess) < 4, $"{excess}");
        Assert.AreEqual(5, pairing.Draw([3, 3, 3, 0, 3], random).Length);
        Assert.AreEqual(0, pairing.Draw([], random).Length);
    }

    [TestMethod]
    public void One_row_is_its_own_partner_and_two_are_drawn_by_their_distance()
    {
        CollectionAssert.AreEqual(new[] { 0 }, new LabelPairing([3], 1).Draw(new(1)));
        // the deviation of two labels is half their distance: exp(-(2 / 1)^2 / 2) = e^-2
        var (pairing, random) = (new LabelPairing([1, 5], 1), new Generator(1));
        var others = Enumerable.Range(0, 20_000).Count(_ => pairing.Draw(random)[0] == 1);
        Assert.AreEqual(Math.Exp(-2) / (1 + Math.Exp(-2)), others / 20_000.0, 0.01);
    }

    [TestMethod]
    public void Seeds_decide()
    {
        var pairing = new LabelPairing(Labels("uniform").Labels, 0.3);
        CollectionAssert.AreEqual(pairing.Draw(new Generator(1)), new LabelPairing(Labels("uniform").Labels, 0.3).Draw(new Generator(1)));
        CollectionAssert.AreNotEqual(pairing.Draw(new Generator(1)), pairing.Draw(new Generator(2)));
    }

    [TestMethod]
    public void What_is_alone_stays_alone()
    {
        double[] labels = [0, 1e300, -1e300, 5e-324, 1];
        var partners = new LabelPairing(labels, 1e-3).Draw(new(1));
        CollectionAssert.AreEqual(new[] { 1, 2 }, partners[1..3]);
        Assert.IsTrue(new[] { partners[0], partners[3], partners[4] }.All(partner => partner is 0 or 3 or 4)); // beside those, all the same
        CollectionAssert.AreEqual(new[] { 0, 1 }, new LabelPairing([0, 100], 1e-3, 1, [0, 1]).Draw(new(1))); // no weight anywhere near the first
        CollectionAssert.AreEqual(new[] { 0, 1 }, new LabelPairing([0, 100], 1, 1, [0, 0]).Draw(new(1)));
    }

    /// <summary>As many trials as rows, or the test would not end: a row far from a heap, rows without weight far from those that have it, many columns.</summary>
    [TestMethod]
    [Timeout(20_000, CooperativeCancellation = true)]
    public void Time_stays_bounded_wherever_labels_lie()
    {
        var random = new Generator(5);
        const int many = 10_000;
        foreach (var distance in new[] { 2.0, 4, 5, 6, 8, 10, 30 })
        {
            var bandwidth = 0.01;
            // deviation about 1: a heap and a tenth of the rows at its side, in deviations of the kernel
            double[] labels = [.. Enumerable.Range(0, many).Select(i => i % 2 == 0 ? 1 : i % 10 == 1 ? 1 - (distance + random.Uniform()) * bandwidth : -1)];
            Assert.AreEqual(many, new LabelPairing(labels, bandwidth).Draw(random).Length);
            double[] weights = [.. Enumerable.Range(0, many).Select(i => i % 2 == 0 ? 1.0 : 0)];
            Assert.AreEqual(many, new LabelPairing(labels, bandwidth, 1, weights).Draw(random).Length);
        }

        foreach (var bandwidth in new[] { 1, 1e-5 })
            Assert.AreEqual(many, new LabelPairing([.. Enumerable.Range(0, many).Select(_ => Math.Exp(5 * random.Normal()))], bandwidth).Draw(random).Length);
        Assert.AreEqual(2_000, new LabelPairing([.. Enumerable.Range(0, 20_000).Select(_ => random.Normal())], 0.5, 10).Draw(random).Length);
    }

    [TestMethod]
    public void What_is_asked_for_must_make_sense()
    {
        Toy.Throws<ArgumentException>("bandwidth must be more than 0, but is 0.", () => new LabelPairing([1], 0));
        Toy.Throws<ArgumentException>("labels must have 1 numbers in each of at least 1 row, but is 0 numbers.", () => new LabelPairing([], 1));
        Toy.Throws<ArgumentException>("labels must have 2 numbers in each of at least 1 row, but is 3 numbers.", () => new LabelPairing([1, 2, 3], 1, 2));
        Toy.Throws<ArgumentException>("labels must be finite, but is NaN in row 1 (counted from 0).", () => new LabelPairing([1, 2, double.NaN, 4], 1, 2));
        Toy.Throws<ArgumentException>("weights must have 2 rows, but is 1 numbers.", () => new LabelPairing([1, 2], 1, 1, [1]));
        Toy.Throws<ArgumentException>("weights must be at least 0, but is -1 in row 1 (counted from 0).", () => new LabelPairing([1, 2], 1, 1, [1, -1]));
    }
}
