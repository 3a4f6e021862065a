using System.Globalization;

namespace Retort.Tests;

/// <summary>Thresholds, adjusted scores and weights by group beside a script that tries everything, or goes by the definitions: it lies in Golden with its numbers.</summary>
[TestClass]
public sealed class GroupGoldenTests
{
    private const int Rows = 60;

    private static readonly Dictionary<string, double[]> Golden = File.ReadLines(Repository.Path("tests", "Retort.Tests", "Golden", "groups.txt"))
        .Select(line => line.Split(' '))
        .ToDictionary(words => words[0], words => words[1..].Select(word => double.Parse(word, CultureInfo.InvariantCulture)).ToArray());

    private static readonly int[] s_groups = [.. Enumerable.Range(0, Rows).Select(i => (i * i + i / 4) % 3)];
    private static readonly double[] s_scores = [.. Enumerable.Range(0, Rows).Select(i => Math.Round(Math.Sin(1 + 1.7 * i) + s_groups[i], 1))];
    private static readonly int[] s_labels = [.. Enumerable.Range(0, Rows).Select(i => Math.Sin(2 + 0.9 * i) * (1 + s_groups[i]) + s_scores[i] - s_groups[i] / 2.0 > 0.3 ? 1 : 0)];
    private static readonly double[] s_weights = [.. Enumerable.Range(0, Rows).Select(i => 1.0 + i % 2)];

    public static IEnumerable<object[]> Constraints => Golden.Keys.Where(name => name.Contains('0') && char.IsUpper(name[0])).Select(name => new object[] { name });

    [TestMethod, DynamicData(nameof(Constraints))]
    public void Thresholds_are_the_best_of_all_combinations(string name)
    {
        var words = name.Split('-');
        var settings = new GroupThresholds { Constraint = Enum.Parse<GroupConstraint>(words[0]), Slack = double.Parse(words[1], CultureInfo.InvariantCulture), PositiveWeight = words[2] == "positive" ? 2.5 : 1 };
        var weights = words[2] == "weighted" ? s_weights : null;
        var chosen = settings.Choose(s_scores, s_labels, weights, s_groups, 3);
        var right = Enumerable.Range(0, Rows).Sum(row => (weights?[row] ?? 1) * (s_scores[row] > chosen.Thresholds[s_groups[row]] ? s_labels[row] * settings.PositiveWeight : 1 - s_labels[row]));
        Assert.AreEqual(Golden[name][0], right, 1e-9);
        Assert.AreEqual(Golden[name][1], chosen.Gap, 1e-9);
    }

    [TestMethod]
    public void Adjusted_scores_are_those_of_the_definition()
    {
        foreach (var (name, weights) in new (string, double[]?)[] { ("even", null), ("weighted", s_weights) })
            foreach (var strength in new[] { 1, 0.4 })
            {
                var maps = new QuantileAdjustment { Strength = strength }.Fit(s_scores, weights, s_groups, 3);
                for (var row = 0; row < Rows; row++)
                    Assert.AreEqual(Golden[$"adjusted-{strength.ToString(CultureInfo.InvariantCulture)}-{name}"][row], maps.Apply(s_scores[row], s_groups[row]), 1e-12);
            }
    }

    [TestMethod]
    public void Weights_are_those_of_the_definition_and_leave_no_dependence()
    {
        foreach (var (name, weights) in new[] { ("even", Enumerable.Repeat(1.0, Rows).ToArray()), ("weighted", s_weights) })
        {
            var table = new double[3, 2];
            for (var row = 0; row < Rows; row++)
                table[s_groups[row], s_labels[row]] += weights[row];
            var factors = Reweighing.Factors(table);
            for (var row = 0; row < Rows; row++)
                Assert.AreEqual(Golden[$"reweighed-{name}"][row], factors[s_groups[row], s_labels[row]], 1e-12);

            double[] ofGroup = [.. Enumerable.Range(0, 3).Select(g => table[g, 0] * factors[g, 0] + table[g, 1] * factors[g, 1])];
            var positive = Enumerable.Range(0, 3).Sum(g => table[g, 1] * factors[g, 1]) / weights.Sum();
            Assert.AreEqual(weights.Sum(), ofGroup.Sum(), 1e-12);
            for (var g = 0; g < 3; g++)
                Assert.AreEqual(positive, table[g, 1] * factors[g, 1] / ofGroup[g], 1e-12);
        }
    }

    [TestMethod]
    public void An_empty_cell_leaves_the_sum_of_the_weights()
    {
        var table = new double[,] { { 4, 0 }, { 2, 6 } };
        var factors = Reweighing.Factors(table);
        Assert.AreEqual(0, factors[0, 1]);
        Assert.AreEqual(12, 4 * factors[0, 0] + 2 * factors[1, 0] + 6 * factors[1, 1], 1e-12);
    }

    [TestMethod]
    public void Adjusted_scores_of_all_groups_have_one_distribution_and_keep_their_order()
    {
        var random = new Random(1);
        var groups = Enumerable.Range(0, 3000).Select(i => i % 3 == 0 ? 0 : 1).ToArray();
        var scores = groups.Select(g => g == 0 ? random.NextDouble() : 2 + 3 * Math.Pow(random.NextDouble(), 2)).ToArray();
        var maps = new QuantileAdjustment().Fit(scores, null, groups, 2);
        double[][] moved = [.. Enumerable.Range(0, 2).Select(g => Enumerable.Range(0, 3000).Where(i => groups[i] == g).OrderBy(i => scores[i]).Select(i => maps.Apply(scores[i], g)).ToArray())];
        foreach (var each in moved)
            CollectionAssert.AreEqual(each.Order().ToArray(), each);
        for (var level = 0.05; level < 1; level += 0.05)
            Assert.AreEqual(moved[0][(int)(level * 1000)], moved[1][(int)(level * 2000)], 0.01);
        Assert.AreEqual(scores.Average(), moved.SelectMany(each => each).Average(), 0.005);
        Assert.AreEqual(scores.Max() + 7, maps.Apply(scores.Max() + 7 - (maps.Apply(scores.Max(), 1) - scores.Max()), 1), 1e-9); // outside as far as the nearest
        Assert.IsTrue(double.IsNaN(maps.Apply(double.NaN, 0)));
    }

    [TestMethod]
    public void Thresholds_of_many_rows_are_found_in_time_and_hold_their_slack()
    {
        var random = new Random(2);
        var groups = Enumerable.Range(0, 20000).Select(i => i % 5).ToArray();
        var labels = groups.Select(g => random.NextDouble() < 0.2 + 0.1 * g ? 1 : 0).ToArray();
        var scores = groups.Select((g, i) => random.NextDouble() + 0.6 * labels[i] + 0.05 * g).ToArray();
        foreach (var constraint in Enum.GetValues<GroupConstraint>())
        {
            var chosen = new GroupThresholds { Constraint = constraint, Slack = 0.03 }.Choose(scores, labels, null, groups, 5);
            foreach (var kind in constraint == GroupConstraint.DemographicParity ? new[] { -1 } : constraint == GroupConstraint.EqualOpportunity ? [1] : [0, 1])
            {
                double[] shares = [.. Enumerable.Range(0, 5).Select(g =>
                {
                    int[] rows = [.. Enumerable.Range(0, 20000).Where(i => groups[i] == g && (kind < 0 || labels[i] == kind))];
                    return rows.Count(i => scores[i] > chosen.Thresholds[g]) / (double)rows.Length;
                })];
                Assert.IsTrue(shares.Max() - shares.Min() <= 0.03 + 1e-9, $"{constraint} {kind} {shares.Max() - shares.Min()}");
            }

            Assert.IsTrue(chosen.Accuracy > 0.65 && chosen.Kept > 0.5, $"{constraint} {chosen.Accuracy}");
        }
    }

    [TestMethod]
    public void Where_little_is_left_a_slack_is_named_that_leaves_more()
    {
        int[] groups = [.. Enumerable.Range(0, 400).Select(i => i % 2)], labels = [.. Enumerable.Range(0, 400).Select(i => i / 2 % 3 == 0 ? 1 : 0)];
        double[] scores = [.. groups.Select((g, i) => g == 0 ? labels[i] + i / 1000.0 : i * 7919 % 400 / 400.0)]; // of one group perfect, of the other nothing
        var chosen = new GroupThresholds { Constraint = GroupConstraint.EqualizedOdds, Slack = 0 }.Choose(scores, labels, null, groups, 2);
        Assert.IsTrue(chosen.Kept < 0.1 && chosen.Needed is > 0 and < 1, chosen.ToString());
    }
}
