using System.Text.Json;

namespace Retort.Tests;

[TestClass]
public sealed class FairnessMetricsTests
{
    private static readonly FairnessSettings s_plain = new() { MinimumCount = 1, Bootstrap = 0, Permutations = 0 };

    private static GroupColumn Column(string name, params int[] groups) => new(name, [.. Enumerable.Range(0, groups.Max() + 1).Select(group => $"{(char)('a' + group)}")], groups);

    private static double[] Draw(Generator random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.Uniform())];

    [TestMethod]
    public void Rates_and_gaps_by_hand()
    {
        // a: labels 1 1 0 0, decided 1 0 1 0; b: labels 1 0 0 0, decided 1 0 0 0
        var rows = FairnessRows.Binary([0.9, 0.4, 0.6, 0.2, 0.8, 0.1, 0.3, 0.4], [1, 1, 0, 0, 1, 0, 0, 0]);
        var sex = FairnessMetrics.Of(rows, [Column("sex", 0, 0, 0, 0, 1, 1, 1, 1)], s_plain)["sex"];
        Assert.AreEqual(0.5, sex.Groups[0].BaseRate.Value);
        Assert.AreEqual(0.5, sex.Groups[0].SelectionRate.Value);
        Assert.AreEqual(0.5, sex.Groups[0].TruePositiveRate.Value);
        Assert.AreEqual(0.5, sex.Groups[0].FalsePositiveRate.Value);
        Assert.AreEqual(0.5, sex.Groups[0].Precision.Value);
        Assert.AreEqual(0.25, sex.Groups[1].SelectionRate.Value);
        Assert.AreEqual(1, sex.Groups[1].Accuracy.Value);
        Assert.AreEqual(0.25, sex.DemographicParityGap.Difference.Value);
        Assert.AreEqual(0.5, sex.DemographicParityGap.Ratio.Value);
        Assert.AreEqual(0.5, sex.EqualOpportunityGap.Difference.Value);
        Assert.AreEqual("b", sex.EqualOpportunityGap.Highest);
        Assert.AreEqual(0.5, sex.FalsePositiveRateGap.Difference.Value);
        Assert.AreEqual(0.5, sex.EqualizedOddsGap.Difference.Value);
        Assert.AreEqual(0, sex.EqualizedOddsGap.Ratio.Value); // 0 of 3 against 2 of 4
        Assert.AreEqual(0.5, sex.PredictiveParityGap.Difference.Value);
        Assert.AreEqual("a", sex.ErrorRateGap.Highest);
        Assert.AreEqual(0.5, sex.ErrorRateGap.HighestValue.Value);
        Assert.AreEqual(0.525 - 0.4, sex.MeanScoreGap.Difference.Value, 1e-12);
        Assert.AreEqual(-(Math.Log(0.9) + Math.Log(0.4) + Math.Log(0.4) + Math.Log(0.8)) / 4, sex.Groups[0].LogLoss.Value, 1e-12);
        Assert.IsTrue(double.IsNaN(sex.BiasGap.Difference.Value));
    }

    [TestMethod]
    public void Two_groups_that_never_share_a_bin_diverge_by_the_entropy_of_their_shares()
    {
        var rows = FairnessRows.Binary([.. Enumerable.Range(0, 100).Select(i => i / 100.0)], new int[100]);
        var metrics = FairnessMetrics.Of(rows, [Column("side", [.. Enumerable.Range(0, 100).Select(i => i < 70 ? 0 : 1)])], s_plain);
        Assert.AreEqual(-0.7 * Math.Log(0.7) - 0.3 * Math.Log(0.3), metrics["side"].Divergence.Value.Value, 1e-12);
        Assert.AreEqual(10, metrics["side"].Divergence.Bins);
    }

    [TestMethod]
    public void Shrinking_all_scores_changes_the_spread_and_no_divergence()
    {
        var random = new Generator(1);
        var (scores, labels) = (Draw(random, 300), new int[300]);
        var column = Column("group", [.. scores.Select(score => random.Uniform() < score ? 1 : 0)]);
        var before = FairnessMetrics.Of(FairnessRows.Binary(scores, labels), [column], s_plain);
        var after = FairnessMetrics.Of(FairnessRows.Binary([.. scores.Select(score => 0.5 + (score - 0.5) / 8)], labels), [column], s_plain);
        Assert.AreEqual(before["group"].Divergence.Value, after["group"].Divergence.Value);
        Assert.AreEqual(before["group"].Dependence.Correlation, after["group"].Dependence.Correlation, 1e-12);
        Assert.AreEqual(before.ScoreSpread.Value / 8, after.ScoreSpread.Value, 1e-12);
        Assert.IsTrue(after["group"].MeanScoreGap.Difference.Value < 0.2 * before["group"].MeanScoreGap.Difference.Value);
    }

    [TestMethod]
    public void Equal_scores_share_a_bin_and_the_few_that_differ_have_one()
    {
        double[] scores = [.. Enumerable.Range(0, 1000).Select(i => i < 960 ? 0.25 : 0.75)];
        CollectionAssert.AreEqual(new[] { 0.75 }, QuantileCuts.Of(scores, 10));
        CollectionAssert.AreEqual(Array.Empty<double>(), QuantileCuts.Of([3, 3, 3], 4));
        CollectionAssert.AreEqual(new double[] { 2, 3, 4 }, QuantileCuts.Of([4, 1, 3, 2], 4));
        CollectionAssert.AreEqual(new double[] { 2, 3 }, QuantileCuts.Of([1, 1, 2, 2, 2, 2, 2, 3, 3, 3], 5));
    }

    [TestMethod]
    public void Small_groups_are_listed_marked_pooled_and_left_out_of_gaps()
    {
        var random = new Generator(2);
        int[] groups = [.. Enumerable.Range(0, 240).Select(i => i < 100 ? 0 : i < 200 ? 1 : i < 230 ? 2 : 3)];
        double[] scores = [.. groups.Select(group => group < 2 ? random.Uniform() : 0.99)]; // the small ones would make the gap
        var settings = new FairnessSettings { Bootstrap = 30, Permutations = 20 };
        var metrics = FairnessMetrics.Of(FairnessRows.Binary(scores, [.. scores.Select(score => random.Uniform() < score ? 1 : 0)]), [Column("group", groups)], settings);
        var column = metrics["group"];
        CollectionAssert.AreEqual(new[] { false, false, true, true }, column.Groups.Select(group => group.IsSmall).ToArray());
        CollectionAssert.AreEqual(new[] { 100, 100, 30, 10 }, column.Groups.Select(group => group.Count).ToArray());
        Assert.AreEqual(1, column.Groups[3].SelectionRate.Value);
        Assert.AreEqual(2, column.DemographicParityGap.LeftOut);
        Assert.IsTrue(column.DemographicParityGap.Difference.Value < 0.3);
        Assert.AreEqual(3, column.Divergence.Cells);
        Assert.AreEqual(2, column.Divergence.PooledGroups);
        CollectionAssert.Contains(metrics.Notes.ToArray(), "Column 'group' has 2 of 4 groups with fewer than 50 rows: they are left out of the gaps, and one cell in the divergence.");
    }

    [TestMethod]
    public void Rates_of_no_rows_are_left_out_and_equal_zeros_have_ratio_1()
    {
        // c has no positive rows; nobody is decided positive
        var rows = FairnessRows.Binary([0.1, 0.2, 0.3, 0.1, 0.2, 0.3], [1, 0, 1, 0, 0, 0]);
        var column = FairnessMetrics.Of(rows, [Column("x", 0, 0, 1, 1, 2, 2)], s_plain)["x"];
        Assert.AreEqual(1, column.EqualOpportunityGap.LeftOut);
        Assert.AreEqual(0, column.EqualOpportunityGap.Difference.Value);
        Assert.AreEqual(1, column.EqualOpportunityGap.Ratio.Value);
        Assert.AreEqual(3, column.PredictiveParityGap.LeftOut);
        Assert.IsTrue(double.IsNaN(column.PredictiveParityGap.Difference.Value));
        Assert.IsNull(column.PredictiveParityGap.Highest);
    }

    [TestMethod]
    public void One_group_alone_has_no_gap_and_the_notes_say_so()
    {
        var metrics = FairnessMetrics.Of(FairnessRows.Binary(Draw(new(3), 80), new int[80]), [Column("same", new int[80])], new() { Bootstrap = 5, Permutations = 9 });
        Assert.IsTrue(double.IsNaN(metrics["same"].DemographicParityGap.Difference.Value));
        Assert.IsTrue(double.IsNaN(metrics["same"].Divergence.Value.Value));
        Assert.IsTrue(double.IsNaN(metrics["same"].Divergence.PValue));
        Assert.AreEqual(0, metrics["same"].Dependence.Correlation);
        Assert.AreEqual(1, metrics["same"].Dependence.PValue);
        CollectionAssert.AreEqual(new[] { "Column 'same' has one group only, 'a': there is nothing to compare." }, metrics.Notes.ToArray());
    }

    [TestMethod]
    public void Small_groups_alone_have_no_divergence_rather_than_none_at_all() // one cell of all would look like perfect parity
    {
        var metrics = FairnessMetrics.Of(FairnessRows.Binary(Draw(new(3), 80), new int[80]), [Column("x", [.. Enumerable.Range(0, 80).Select(i => i % 2)])], new() { Bootstrap = 5, Permutations = 9 });
        Assert.IsTrue(double.IsNaN(metrics["x"].Divergence.Value.Value) && double.IsNaN(metrics["x"].Divergence.AboveFloor.High) && double.IsNaN(metrics["x"].Divergence.PValue));
        Assert.IsTrue(metrics["x"].Dependence.PValue > 0);
        CollectionAssert.AreEqual(new[] { "Column 'x' has no group of at least 50 rows, among 2: there are no gaps, and no divergence." }, metrics.Notes.ToArray());
    }

    [TestMethod]
    public void Numbers_are_cut_at_quantiles_or_stand_for_themselves_and_missing_ones_are_a_group()
    {
        var few = GroupColumn.OfNumbers("few", [1, 0, double.NaN, 1, 0.5], 4);
        CollectionAssert.AreEqual(new[] { "0", "0.5", "1", "(missing)" }, few.Names.ToArray());
        CollectionAssert.AreEqual(new[] { 2, 0, 3, 2, 1 }, few.Groups);
        Assert.AreEqual(1, few.MissingRows);
        var many = GroupColumn.OfNumbers("many", [.. Enumerable.Range(1, 8).Select(i => (double)i)], 4);
        CollectionAssert.AreEqual(new[] { "[1, 3)", "[3, 5)", "[5, 7)", "[7, 8]" }, many.Names.ToArray());
        CollectionAssert.AreEqual(new[] { 0, 0, 1, 1, 2, 2, 3, 3 }, many.Groups);

        var random = new Generator(4);
        var (scores, numbers) = (Draw(random, 200), Draw(random, 200));
        numbers[5] = double.NaN;
        var metrics = FairnessMetrics.Of(FairnessRows.Regression(scores, scores), [GroupColumn.OfNumbers("number", numbers, 4)], s_plain);
        Assert.AreEqual(199, metrics["number"].Dependence.Rows);
        Assert.AreEqual(5, metrics["number"].Groups.Count);
        StringAssert.Contains(metrics.Notes[0], "Column 'number' has no value in 1 of 200 rows");
        Toy.Throws<ArgumentException>("Protected column 'x' must hold finite numbers, but is Infinity in row 1 (counted from 0).", () => GroupColumn.OfNumbers("x", [1, double.PositiveInfinity], 4));
    }

    [TestMethod]
    public void Dependence_on_two_columns_together_shows_in_their_intersection_alone()
    {
        var random = new Generator(5);
        int[] first = [.. Enumerable.Range(0, 600).Select(_ => (int)random.Below(2))], second = [.. first.Select(_ => (int)random.Below(2))];
        double[] scores = [.. first.Zip(second, (a, b) => (a ^ b) * 0.3 + 0.7 * random.Uniform())];
        var metrics = FairnessMetrics.Of(FairnessRows.Regression(scores, scores), [Column("first", first), Column("second", second)], new() { Bootstrap = 100, Permutations = 99 });
        Assert.IsTrue(metrics["first"].Divergence.PValue > 0.05 && metrics["second"].Divergence.PValue > 0.05);
        Assert.AreEqual(0.01, metrics.Intersection!.Divergence.PValue, 1e-12);
        Assert.AreEqual(0.01, metrics.Intersection.Dependence.PValue, 1e-12);
        Assert.IsTrue(metrics.Intersection.Divergence.AboveFloor.Low > 0.03, metrics.Intersection.Divergence.ToString());
        Assert.IsTrue(Math.Abs(metrics["first"].Divergence.AboveFloor.Value) < 0.02);
        Assert.AreEqual("a, b", metrics.Intersection.Groups[1].Name);
        Assert.AreEqual("first × second", metrics.Intersection.Name);
        Assert.IsNull(FairnessMetrics.Of(FairnessRows.Regression(scores, scores), [Column("first", first), Column("second", second)], s_plain with { Intersections = false }).Intersection);
    }

    [TestMethod]
    public void Dependence_that_no_line_shows_is_seen_in_a_column_of_numbers()
    {
        var random = new Generator(6);
        double[] numbers = [.. Enumerable.Range(0, 400).Select(_ => random.Normal())], scores = [.. numbers.Select(number => number * number + random.Normal())];
        var column = FairnessMetrics.Of(FairnessRows.Regression(scores, scores), [GroupColumn.OfNumbers("x", numbers, 4)], new() { Bootstrap = 0, Permutations = 99 })["x"];
        Assert.AreEqual(0.01, column.Dependence.PValue, 1e-12);
        Assert.IsTrue(column.Dependence.Correlation > 2 * column.Dependence.Floor);
    }

    [TestMethod]
    public void P_values_of_independent_scores_are_even_and_floors_are_met_on_average()
    {
        var (random, divergences, dependences, numbers, above) = (new Generator(7), new List<double>(), new List<double>(), new List<double>(), 0.0);
        var (gaps, floors, odds, oddsFloors) = (0.0, 0.0, 0.0, 0.0);
        for (var trial = 0; trial < 150; trial++)
        {
            var scores = Draw(random, 90).Select(score => Math.Round(score, 1)).ToArray();
            GroupColumn[] columns = [Column("group", [.. scores.Select(_ => (int)random.Below(3))]), GroupColumn.OfNumbers("number", [.. scores.Select(_ => Math.Round(random.Normal(), 1))], 4)];
            var metrics = FairnessMetrics.Of(FairnessRows.Binary(scores, [.. scores.Select(score => random.Uniform() < score ? 1 : 0)]), columns, new() { MinimumCount = 5, Bootstrap = 0, Permutations = 39, Seed = trial });
            divergences.Add(metrics["group"].Divergence.PValue);
            dependences.Add(metrics["group"].Dependence.PValue);
            numbers.Add(metrics["number"].Dependence.PValue);
            (gaps, floors) = (gaps + metrics["group"].DemographicParityGap.Difference.Value, floors + metrics["group"].DemographicParityGap.Floor);
            (odds, oddsFloors) = (odds + metrics["number"].EqualizedOddsGap.Difference.Value, oddsFloors + metrics["number"].EqualizedOddsGap.Floor);
            above += metrics["group"].Divergence.AboveFloor.Value / metrics["group"].Divergence.Floor / 150;
        }

        foreach (var values in new[] { divergences, dependences, numbers })
        {
            Assert.AreEqual(0.5, values.Average(), 0.08);
            Assert.AreEqual(15, values.Count(value => value <= 0.1), 11); // of 150; three deviations
        }

        Assert.AreEqual(0, above, 0.1);
        Assert.AreEqual(1, gaps / floors, 0.15); // a gap of 90 rows in three groups is 0.2 by chance
        Assert.AreEqual(1, odds / oddsFloors, 0.15);
        Assert.IsTrue(floors / 150 > 0.1);
    }

    [TestMethod]
    public void Intervals_hold_the_true_gap_about_as_often_as_promised()
    {
        var (random, held, heldDivergence) = (new Generator(8), 0, 0);
        // decided positive with 0.6 in a and 0.4 in b; scores are 0 or 1, so the divergence is that of these rates
        var pooled = -2 * 0.5 * Math.Log(0.5);
        var truth = pooled + 0.6 * Math.Log(0.6) + 0.4 * Math.Log(0.4);
        for (var trial = 0; trial < 100; trial++)
        {
            int[] groups = [.. Enumerable.Range(0, 400).Select(i => i % 2)];
            double[] scores = [.. groups.Select(group => random.Uniform() < (group == 0 ? 0.6 : 0.4) ? 1.0 : 0)];
            var column = FairnessMetrics.Of(FairnessRows.Binary(scores, new int[400]), [Column("x", groups)], new() { Bootstrap = 100, Permutations = 0, Seed = trial })["x"];
            held += column.DemographicParityGap.Difference is { Low: <= 0.2, High: >= 0.2 } ? 1 : 0;
            heldDivergence += column.Divergence.Value.Low <= truth && truth <= column.Divergence.Value.High ? 1 : 0;
        }

        Assert.IsTrue(held >= 86, $"{held} of 100");
        Assert.IsTrue(heldDivergence >= 83, $"{heldDivergence} of 100");
    }

    [TestMethod]
    public void The_same_seed_gives_the_same_bits_and_another_seed_others()
    {
        FairnessMetrics Measure(int seed) => FairnessMetrics.Of(FairnessGoldenTests.Multiclass(FairnessGoldenTests.Weights), [FairnessGoldenTests.Three, FairnessGoldenTests.Number], new() { MinimumCount = 11, Bootstrap = 20, Permutations = 10, Seed = seed });
        Assert.AreEqual(Measure(1), Measure(1));
        Assert.AreEqual(Measure(1).GetHashCode(), Measure(1).GetHashCode());
        Assert.AreNotEqual(Measure(1), Measure(2));
        Assert.AreEqual(Measure(1)["three"].Divergence.Value.Value, Measure(2)["three"].Divergence.Value.Value);
    }

    [TestMethod]
    public void Numbers_go_to_JSON_and_to_tables_in_every_culture()
    {
        foreach (var rows in new[] { FairnessGoldenTests.Binary(null), FairnessGoldenTests.Multiclass(null), FairnessGoldenTests.Regression(null) })
        {
            var metrics = FairnessMetrics.Of(rows, [FairnessGoldenTests.Three, FairnessGoldenTests.Two], new() { MinimumCount = 30, Bootstrap = 10, Permutations = 5 });
            using var json = JsonDocument.Parse(metrics.ToJson());
            var three = json.RootElement.GetProperty("columns")[0];
            Assert.AreEqual("three", three.GetProperty("name").GetString());
            Assert.AreEqual(metrics["three"].Gaps[0].Difference.High, three.GetProperty("gaps")[0].GetProperty("difference").GetProperty("high").GetDouble());
            Assert.AreEqual(metrics.Intersection!.Divergence.Floor, json.RootElement.GetProperty("intersection").GetProperty("divergence").GetProperty("floor").GetDouble());
            Assert.AreEqual(240, json.RootElement.GetProperty("rows").GetInt32());
            StringAssert.Contains(metrics.ToString(), "three × two");
            Assert.IsFalse(metrics.ToString().Contains("NaN", StringComparison.Ordinal), metrics.ToString());
        }
    }

    [TestMethod]
    public void What_cannot_be_measured_is_refused()
    {
        var rows = FairnessRows.Binary([0.5, 0.5], [0, 1]);
        var column = Column("x", 0, 1);
        Toy.Throws<ArgumentException>("The number of rows to measure must be at least 1, but is 0.", () => FairnessMetrics.Of(FairnessRows.Regression([], []), [new("x", ["a"], [])], s_plain));
        Toy.Throws<ArgumentException>("The number of protected columns must be at least 1, but is 0.", () => FairnessMetrics.Of(rows, [], s_plain));
        Toy.Throws<ArgumentException>("The rows of the protected column 'x' must be 2, but is 3.", () => FairnessMetrics.Of(rows, [Column("x", 0, 1, 1)], s_plain));
        Toy.Throws<ArgumentException>("Names of protected columns must differ, but is 'x' twice.", () => FairnessMetrics.Of(rows, [column, column], s_plain));
        Toy.Throws<ArgumentException>("The score of row 1 must be finite, but is NaN.", () => FairnessMetrics.Of(FairnessRows.Binary([0.5, double.NaN], [0, 1]), [column], s_plain));
        Toy.Throws<ArgumentException>("The probability of row 1 must lie in [0, 1.000001], but is 2.", () => FairnessMetrics.Of(FairnessRows.Binary([0.5, 2], [0, 1]), [column], s_plain));
        Toy.Throws<ArgumentException>("The label of row 0 must lie in [0, 1], but is 2.", () => FairnessMetrics.Of(FairnessRows.Binary([0.5, 0.5], [2, 1]), [column], s_plain));
        Toy.Throws<ArgumentException>("The number of bins must lie in [2, 200], but is 1.", () => FairnessMetrics.Of(rows, [column], s_plain with { Bins = 1 }));
        Toy.Throws<ArgumentException>("The minimum count of a group must be at least 1, but is 0.", () => FairnessMetrics.Of(rows, [column], s_plain with { MinimumCount = 0 }));
        Toy.Throws<ArgumentException>("Column 'y' was not measured; measured were 'x'.", () => _ = FairnessMetrics.Of(rows, [column], s_plain)["y"]);
        var many = Enumerable.Range(0, 1001).ToArray();
        Toy.Throws<ArgumentException>(
            "Protected column 'id' must have at most 1000 groups to be compared, but has 1001.",
            () => FairnessMetrics.Of(FairnessRows.Regression(new double[1001], new double[1001]), [new("id", [.. many.Select(i => $"{i}")], many)], s_plain));
    }

    [TestMethod]
    public void What_a_penalty_looks_at_is_measured_too()
    {
        using var scope = NewDisposeScope();
        var columns = ProtectedColumns.Of(
            ProtectedColumn.OfCategories("three", tensor([.. FairnessGoldenTests.Three.Groups.Select(group => (long)group)], dtype: int64), 3),
            ProtectedColumn.Numbers("number", tensor(FairnessGoldenTests.Number.Numbers!, dtype: float64)));
        Assert.AreEqual(
            FairnessMetrics.Of(FairnessGoldenTests.Binary(null), [FairnessGoldenTests.Three, FairnessGoldenTests.Number], s_plain),
            FairnessMetrics.Of(FairnessGoldenTests.Binary(null), columns, s_plain with { QuantileGroups = 4 }));
    }
}
