using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort.Tests;

/// <summary>Thresholds, adjusted scores and weights by group, around models that are not ours.</summary>
[TestClass]
public sealed class GroupTests
{
    private readonly MLContext _ml = new(seed: 1);

    internal sealed class Row
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [];

        public bool Flag { get; set; }

        public float Value { get; set; }

        public string Sex { get; set; } = "";

        public float Age { get; set; }

        public int Town { get; set; }

        public float Weight { get; set; } = 1;

        public double Wrong { get; set; }
    }

    internal sealed class Decision
    {
        public bool PredictedLabel { get; set; }

        public float Score { get; set; }
    }

    // women and the young are positive more rarely, and the features know
    private static List<Row> Rows(int count, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            var (female, age) = (random.NextDouble() < 0.4, (float)random.Next(18, 70));
            var signal = 2 * random.NextDouble() - 1 + (female ? -0.8 : 0.3) + (age < 30 ? -0.5 : 0.2);
            return new Row
            {
                Features = [(float)(signal + 2 * random.NextDouble() - 1), (float)((female ? 1 : 0) + random.NextDouble() / 2)],
                Flag = random.NextDouble() < 1 / (1 + Math.Exp(-3 * signal)),
                Value = (float)(10 * signal + random.NextDouble()),
                Sex = female ? "female" : "male",
                Age = age,
                Town = i % 4,
                Weight = 1 + i % 2,
            };
        })];
    }

    private IDataView View(IEnumerable<Row> rows) => _ml.Data.LoadFromEnumerable(rows);

    private ITransformer Model() => _ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Flag").Fit(View(Rows(1000)));

    private static double Gap(IDataView decided, Func<Row, object> groupOf, IReadOnlyList<Row> rows, Func<Row, bool>? counts = null)
    {
        var shares = decided.GetColumn<bool>("PredictedLabel").Zip(rows).Where(pair => counts?.Invoke(pair.Second) ?? true)
            .GroupBy(pair => groupOf(pair.Second)).Select(group => group.Average(pair => pair.First ? 1.0 : 0)).ToArray();
        return shares.Max() - shares.Min();
    }

    private static double Accuracy(IDataView decided) => decided.GetColumn<bool>("PredictedLabel").Zip(decided.GetColumn<bool>("Flag")).Average(pair => pair.First == pair.Second ? 1.0 : 0);

    private ITransformer Load(ITransformer model, DataViewSchema schema)
    {
        using var stream = new MemoryStream();
        _ml.Model.Save(model, schema, stream);
        return new MLContext().Model.Load(stream, out _);
    }

    [TestMethod]
    public void Each_constraint_holds_where_it_was_learned_and_nearly_so_on_other_rows()
    {
        var (model, held, test) = (Model(), Rows(3000, 2), Rows(6000, 3));
        var (seen, fresh) = (model.Transform(View(held)), model.Transform(View(test)));
        foreach (var constraint in Enum.GetValues<GroupConstraint>())
        {
            var fitted = _ml.BinaryClassification.TuneThresholdByGroup(["Sex"], new() { Constraint = constraint, Slack = 0.05 }, "Flag").Fit(seen);
            var (near, far) = (fitted.Transform(seen), fitted.Transform(fresh));
            Func<Row, bool>[] counted = constraint switch
            {
                GroupConstraint.DemographicParity => [_ => true],
                GroupConstraint.EqualOpportunity => [row => row.Flag],
                _ => [row => row.Flag, row => !row.Flag],
            };
            foreach (var counts in counted)
            {
                Assert.IsTrue(Gap(near, row => row.Sex, held, counts) <= 0.05 + 1e-9, $"{constraint}");
                Assert.IsTrue(Gap(far, row => row.Sex, test, counts) < 0.1, $"{constraint} {Gap(far, row => row.Sex, test, counts)}");
                Assert.IsTrue(Gap(fresh, row => row.Sex, test, counts) > 0.2);
            }

            Assert.IsTrue(Accuracy(far) > 0.6, $"{constraint} {Accuracy(far)}"); // one decision for all: 0.51
            CollectionAssert.AreEqual(new[] { "Sex=female", "Sex=male" }, fitted.Thresholds.Select(each => each.Group).Order(StringComparer.Ordinal).ToArray());
        }
    }

    [TestMethod]
    public void Adjusted_probabilities_meet_at_every_threshold_and_are_what_Evaluate_measures()
    {
        var (model, held, test) = (Model(), Rows(3000, 2), Rows(6000, 3));
        var fresh = model.Transform(View(test));
        var fitted = _ml.BinaryClassification.AdjustByGroup(["Sex", "Age"], new() { NumberGroups = 2 }).Fit(model.Transform(View(held)));
        var moved = fitted.Transform(fresh);
        Assert.AreEqual(4, fitted.Groups.Count);
        var edge = held.Select(row => row.Age).Order().ElementAt(held.Count / 2);
        foreach (var threshold in new[] { 0.3, 0.5, 0.7 })
        {
            var shares = moved.GetColumn<float>("Probability").Zip(test).GroupBy(pair => (pair.Second.Sex, pair.Second.Age >= edge)).Select(group => group.Average(pair => pair.First > threshold ? 1.0 : 0)).ToArray();
            Assert.IsTrue(shares.Max() - shares.Min() < 0.07, $"{threshold} {shares.Max() - shares.Min()}");
        }

        var metrics = _ml.BinaryClassification.Evaluate(moved, "Flag");
        Assert.AreEqual(Accuracy(moved), metrics.Accuracy, 1e-9);
        Assert.IsTrue(metrics.LogLoss > _ml.BinaryClassification.Evaluate(fresh, "Flag").LogLoss);

        var half = _ml.BinaryClassification.AdjustByGroup(["Sex", "Age"], new() { NumberGroups = 2, Strength = 0.5 }).Fit(model.Transform(View(held))).Transform(fresh);
        var none = _ml.BinaryClassification.AdjustByGroup(["Sex", "Age"], new() { Strength = 0 }).Fit(model.Transform(View(held))).Transform(fresh);
        foreach (var ((p, full), (part, own)) in fresh.GetColumn<float>("Probability").Zip(moved.GetColumn<float>("Probability")).Zip(half.GetColumn<float>("Probability").Zip(none.GetColumn<float>("Probability"))))
        {
            Assert.AreEqual(p, own, 1e-6);
            if (full is > 0 and < 1)
                Assert.AreEqual((p + full) / 2, part, 1e-6);
        }
    }

    [TestMethod]
    public void Regression_scores_are_adjusted()
    {
        var (train, held, test) = (Rows(1000), Rows(2000, 2), Rows(2000, 3));
        var model = _ml.Regression.Trainers.LbfgsPoissonRegression("Flag2").Append(_ml.Transforms.CopyColumns("Before", "Score"));
        var view = _ml.Transforms.CustomMapping<Row, Positive>((row, made) => made.Flag2 = row.Value + 30, null).Fit(View(train));
        var fitted = model.Fit(view.Transform(View(train)));
        var seen = fitted.Transform(view.Transform(View(held)));
        var adjusted = _ml.Regression.AdjustByGroup(["Sex"]).Fit(seen);
        var moved = adjusted.Transform(fitted.Transform(view.Transform(View(test))));
        Assert.IsTrue(Difference("Before") > 2 && Math.Abs(Difference("Score")) < 0.5, $"{Difference("Before")} {Difference("Score")}");
        Assert.IsTrue(_ml.Regression.Evaluate(moved, "Flag2").RootMeanSquaredError > 0);

        double Difference(string column)
        {
            var pairs = moved.GetColumn<float>(column).Zip(test).ToArray();
            return pairs.Where(pair => pair.Second.Sex == "male").Average(pair => pair.First) - pairs.Where(pair => pair.Second.Sex == "female").Average(pair => pair.First);
        }
    }

    private sealed class Positive
    {
        public float Flag2 { get; set; }
    }

    [TestMethod]
    public void They_save_and_load_and_score_row_by_row()
    {
        var (model, held, test) = (Model(), Rows(2000, 2), Rows(200, 3));
        var seen = model.Transform(View(held));
        foreach (var last in new ITransformer[]
        {
            _ml.BinaryClassification.TuneThresholdByGroup(["Sex", "Age", "Town"], new() { NumberGroups = 2 }, "Flag").Fit(seen),
            _ml.BinaryClassification.AdjustByGroup(["Sex", "Age", "Town"], new() { NumberGroups = 2 }).Fit(seen),
        })
        {
            var chain = new TransformerChain<ITransformer>(model, last);
            var loaded = Load(chain, View(held).Schema);
            var (before, after) = (chain.Transform(View(test)), loaded.Transform(View(test)));
            CollectionAssert.AreEqual(before.GetColumn<bool>("PredictedLabel").ToArray(), after.GetColumn<bool>("PredictedLabel").ToArray());
            CollectionAssert.AreEqual(before.GetColumn<float>("Score").ToArray(), after.GetColumn<float>("Score").ToArray());
            var engine = _ml.Model.CreatePredictionEngine<Row, Decision>(loaded);
            foreach (var (row, (label, score)) in test.Zip(after.GetColumn<bool>("PredictedLabel").Zip(after.GetColumn<float>("Score"))))
            {
                var single = engine.Predict(row);
                Assert.AreEqual(label, single.PredictedLabel);
                Assert.AreEqual(score, single.Score, 1e-5);
            }
        }
    }

    [TestMethod]
    public void Keys_are_matched_by_their_values_whatever_their_numbers()
    {
        var (model, held, test) = (Model(), Rows(2000, 2), Rows(300, 3));
        var fitted = _ml.BinaryClassification.TuneThresholdByGroup(["Sex"], labelColumnName: "Flag").Fit(model.Transform(View(held)));
        var expected = fitted.Transform(model.Transform(View(test))).GetColumn<bool>("PredictedLabel").ToArray();
        foreach (var first in new[] { "male", "female" })
        {
            var keys = _ml.Transforms.Conversion.MapValueToKey("Sex", keyData: _ml.Data.LoadFromEnumerable(new[] { first, "male", "female" }.Distinct().Select(sex => new Sexes { Sex = sex }))).Fit(View(test));
            CollectionAssert.AreEqual(expected, fitted.Transform(model.Transform(keys.Transform(View(test)))).GetColumn<bool>("PredictedLabel").ToArray());
        }
    }

    private sealed class Sexes
    {
        public string Sex { get; set; } = "";
    }

    [TestMethod]
    public void Small_groups_are_taken_together_and_strangers_get_what_all_rows_say()
    {
        var (model, held) = (Model(), Rows(1000, 2));
        foreach (var (row, i) in held.Take(60).Select((row, i) => (row, i)))
            row.Sex = i % 3 == 0 ? "x" : i % 3 == 1 ? "y" : "z";
        var log = Toy.Log(_ml);
        var fitted = _ml.BinaryClassification.TuneThresholdByGroup(["Sex"], labelColumnName: "Flag").Fit(model.Transform(View(held)));
        CollectionAssert.Contains(log, "Warning: 3 groups have fewer than 50 rows to learn from (Sex=x: 20; Sex=y: 20; Sex=z: 20); with 60 together they are taken for one.");
        Assert.AreEqual(3, fitted.Thresholds.Count);
        var own = fitted.Thresholds.Single(each => each.Group == "small groups").Threshold;
        foreach (var (sex, threshold) in new[] { ("y", own), ("nobody", fitted.PooledThreshold) })
        {
            var rows = Rows(500, 4);
            rows.ForEach(row => row.Sex = sex);
            var scored = model.Transform(View(rows));
            CollectionAssert.AreEqual(scored.GetColumn<float>("Probability").Select(p => p > threshold).ToArray(), fitted.Transform(scored).GetColumn<bool>("PredictedLabel").ToArray());
        }

        held.RemoveRange(0, 30);
        log.Clear();
        var adjusted = _ml.BinaryClassification.AdjustByGroup(["Sex"]).Fit(model.Transform(View(held)));
        CollectionAssert.Contains(log, "Warning: 3 groups have fewer than 50 rows to learn from (Sex=x: 10; Sex=y: 10; Sex=z: 10); they get what all rows together say.");
        var other = Rows(50, 5);
        other.ForEach(row => row.Sex = "y");
        var few = adjusted.Transform(model.Transform(View(other))).GetColumn<float>("Probability").ToArray();
        other.ForEach(row => row.Sex = "nobody");
        CollectionAssert.AreEqual(few, adjusted.Transform(model.Transform(View(other))).GetColumn<float>("Probability").ToArray());
    }

    [TestMethod]
    public void Large_ties_are_said()
    {
        var (rows, log) = (Rows(400), Toy.Log(_ml));
        foreach (var (row, i) in rows.Select((row, i) => (row, i)))
            row.Value = i % 4 == 0 ? 7 : i;
        _ml.Regression.AdjustByGroup(["Town"], scoreColumnName: "Value").Fit(View(rows));
        CollectionAssert.Contains(log, "Warning: Column 'Value' has one score in 100 % of a group's rows, which stay together: groups meet only roughly, and their new scores may tell them apart.");
        log.Clear();
        _ml.Regression.AdjustByGroup(["Sex"], scoreColumnName: "Value").Fit(_ml.Data.LoadFromEnumerable(rows.Where(row => row.Town != 0)));
        Assert.IsFalse(log.Any(line => line.StartsWith("Warning", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void They_are_cross_fitted_over_a_pipeline()
    {
        var (train, test) = (Rows(1500), Rows(4000, 3));
        var trainer = _ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Flag");
        var decided = _ml.BinaryClassification.TuneThresholdByGroup(trainer, ["Sex"], folds: 3, labelColumnName: "Flag").Fit(View(train)).Transform(View(test));
        Assert.IsTrue(Gap(decided, row => row.Sex, test) < 0.08);
        var moved = _ml.BinaryClassification.AdjustByGroup(trainer, ["Sex"], folds: 3, labelColumnName: "Flag").Fit(View(train)).Transform(View(test));
        Assert.IsTrue(Gap(moved, row => row.Sex, test) < 0.08);
        var values = _ml.Regression.AdjustByGroup(_ml.Regression.Trainers.Network(Toy.Quick, labelColumnName: "Value"), ["Sex"], folds: 2, labelColumnName: "Value").Fit(View(train)).Transform(View(test));
        Assert.AreEqual(4000, values.GetColumn<float>("Score").Count(float.IsFinite));
    }

    [TestMethod]
    public void What_they_say_that_they_will_add_is_what_they_add()
    {
        var scored = Model().Transform(View(Rows(500)));
        foreach (var estimator in new IEstimator<ITransformer>[] { _ml.BinaryClassification.TuneThresholdByGroup(["Sex"], labelColumnName: "Flag"), _ml.BinaryClassification.AdjustByGroup(["Sex"]), _ml.Regression.AdjustByGroup(["Sex"], scoreColumnName: "Value") })
        {
            var promised = estimator.GetOutputSchema(Interop.Shape(scored.Schema)).ToDictionary(column => column.Name, Text);
            var came = Interop.Shape(estimator.Fit(scored).GetOutputSchema(scored.Schema)).ToDictionary(column => column.Name, Text);
            CollectionAssert.AreEquivalent(promised.Keys, came.Keys);
            foreach (var (name, text) in promised)
                Assert.AreEqual(text, came[name], name);
        }

        static string Text(SchemaShape.Column column) => $"{column.Kind} {column.ItemType} {column.IsKey} {string.Join(" ", column.Annotations.Select(a => $"{a.Name}:{a.Kind}:{a.ItemType}").Order(StringComparer.Ordinal))}";
    }

    [TestMethod]
    public void A_model_without_probabilities_and_a_row_with_NaN_are_served()
    {
        var scored = _ml.Transforms.DropColumns("Probability").Fit(Model().Transform(View(Rows(500)))).Transform(Model().Transform(View(Rows(500))));
        var moved = _ml.BinaryClassification.AdjustByGroup(["Sex"]).Fit(scored).Transform(scored);
        foreach (var (score, probability) in moved.GetColumn<float>("Score").Zip(moved.GetColumn<float>("Probability")))
            Assert.AreEqual(1 / (1 + Math.Exp(-score)), probability, 1e-5);

        var fitted = _ml.BinaryClassification.AdjustByGroup(["Sex"], scoreColumnName: "Value").Fit(View(Rows(500)));
        var odd = fitted.Transform(View([new Row { Sex = "male", Value = float.NaN }]));
        Assert.IsTrue(float.IsNaN(odd.GetColumn<float>("Score").Single()) && float.IsNaN(odd.GetColumn<float>("Probability").Single()) && !odd.GetColumn<bool>("PredictedLabel").Single());
    }

    [TestMethod]
    public void Weighed_rows_have_independent_group_and_label_and_a_mean_of_one()
    {
        var rows = Rows(2000);
        var weighed = _ml.Data.Reweigh(View(rows), ["Sex", "Age"], "Flag", "w", new() { NumberGroups = 3 });
        var (weights, edges) = (weighed.GetColumn<float>("w").ToArray(), rows.Select(row => row.Age).Order().ToArray());
        Assert.AreEqual(1, weights.Average(w => (double)w), 1e-6);
        var shares = rows.Zip(weights).GroupBy(pair => (pair.First.Sex, pair.First.Age >= edges[2000 / 3], pair.First.Age >= edges[4000 / 3])).Select(group => group.Sum(pair => pair.First.Flag ? (double)pair.Second : 0) / group.Sum(pair => (double)pair.Second)).ToArray();
        Assert.AreEqual(6, shares.Length);
        Assert.AreEqual(shares.Min(), shares.Max(), 1e-6);

        // weights that are there are multiplied, and the column takes their place
        var again = _ml.Data.Reweigh(View(rows), ["Sex"], "Flag");
        Assert.AreEqual(rows.Sum(row => row.Weight), again.GetColumn<float>("Weight").Sum(w => (double)w), 1e-2);
        var both = rows.Zip(again.GetColumn<float>("Weight")).GroupBy(pair => pair.First.Sex).Select(group => group.Sum(pair => pair.First.Flag ? (double)pair.Second : 0) / group.Sum(pair => (double)pair.Second)).ToArray();
        Assert.AreEqual(both[0], both[1], 1e-6);

        // a trainer learns less of the groups from them
        var test = Rows(4000, 3);
        var (with, without) = (Fit("w"), Fit(null));
        Assert.IsTrue(with < 0.75 * without, $"{with} {without}");
        double Fit(string? weight) => Gap(_ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Flag", exampleWeightColumnName: weight).Fit(weighed).Transform(View(test)), row => row.Sex, test);
    }

    [TestMethod]
    public void Numbers_keys_and_rows_without_a_label_can_be_weighed()
    {
        var rows = Rows(1000);
        foreach (var row in rows.Take(10))
            row.Value = float.NaN;
        var log = Toy.Log(_ml);
        var weighed = _ml.Data.Reweigh(View(rows), ["Sex"], "Value", "w", new() { LabelGroups = 4 });
        var weights = weighed.GetColumn<float>("w").ToArray();
        Assert.IsTrue(weights.Take(10).All(w => w == 1) && Math.Abs(weights.Average() - 1) < 1e-5);
        CollectionAssert.Contains(log, "Warning: 10 of 1000 rows have no label in column 'Value'; their weight stays as it was.");
        var male = rows.Zip(weights).Skip(10).OrderBy(pair => pair.First.Value).Take(495).ToArray(); // the two lower of four groups
        Assert.AreEqual(0.5, male.Where(pair => pair.First.Sex == "male").Sum(pair => pair.Second) / rows.Zip(weights).Skip(10).Where(pair => pair.First.Sex == "male").Sum(pair => pair.Second), 0.01);

        var keys = _ml.Transforms.Conversion.MapValueToKey("Town").Fit(View(rows)).Transform(View(rows));
        Assert.IsTrue(_ml.Data.Reweigh(keys, ["Sex"], "Town", "w").GetColumn<float>("w").All(w => w is > 0.5f and < 2));

        foreach (var row in rows.Where(row => row.Town == 3))
            row.Sex = "male";
        log.Clear();
        _ml.Data.Reweigh(View(rows), ["Sex"], "Town", "w");
        CollectionAssert.Contains(log, "Warning: No row has Sex=female with Town=3: weights cannot make up for it, and some dependence is left.");
    }

    [TestMethod]
    public void What_is_wrong_is_said()
    {
        var scored = Model().Transform(View(Rows(300)));
        var fitted = _ml.BinaryClassification.TuneThresholdByGroup(["Sex", "Age"], new() { MinRows = 10, NumberGroups = 2 }, "Flag").Fit(scored);
        var without = _ml.Transforms.DropColumns("Sex", "Features", "Weight", "Wrong", "Town", "Value").Fit(scored).Transform(scored);
        StringAssert.StartsWith(Assert.ThrowsExactly<ArgumentException>(() => fitted.Transform(without)).Message, "The protected column 'Sex' must be there when rows are scored, for each group has a threshold of its own, but the data has only 'Flag', 'Age', ");
        var texts = _ml.Transforms.Conversion.ConvertType("Age", outputKind: DataKind.String).Fit(scored).Transform(scored);
        Toy.Throws<ArgumentException>("Column 'Age' must be Single, as it was when groups were learned, but is String.", () => fitted.Transform(texts));
        Toy.Throws<ArgumentException>("Column 'Wrong' must be Single, Boolean, a key, a text or an integer to be protected, but is Double.", () => _ml.BinaryClassification.AdjustByGroup(["Wrong"]).Fit(scored));
        Toy.Throws<ArgumentException>("Column 'Wrong' must be Single, Boolean, a key, a text or an integer to be protected, but is Double.", () => _ml.BinaryClassification.AdjustByGroup(["Wrong"]).GetOutputSchema(Interop.Shape(scored.Schema)));
        Toy.Throws<ArgumentException>("Protected columns ('Sex') must tell at least 2 groups apart that have 1000 rows to learn from, but tell 0.", () => _ml.BinaryClassification.AdjustByGroup(["Sex"], new() { MinRows = 1000 }).Fit(scored));
        Toy.Throws<ArgumentException>("Names of protected columns must differ, but is 'Sex' twice.", () => _ml.BinaryClassification.AdjustByGroup(["Sex", "Sex"]));
        Toy.Throws<ArgumentException>("The number of protected columns must be at least 1, but is 0.", () => _ml.BinaryClassification.TuneThresholdByGroup([]));
        Toy.Throws<ArgumentException>("Slack must lie in [0, 1], but is 2.", () => _ml.BinaryClassification.TuneThresholdByGroup(["Sex"], new() { Slack = 2 }));
        Toy.Throws<ArgumentException>("Strength must lie in [0, 1], but is -1.", () => _ml.Regression.AdjustByGroup(["Sex"], new() { Strength = -1 }));
        Toy.Throws<ArgumentException>("The label must be another column than those that are protected and that of weights, but is 'Flag'.", () => _ml.Data.Reweigh(scored, ["Flag"], "Flag"));
        Toy.Throws<ArgumentException>("Column 'Nobody' was not found; the data has 'Features', 'Flag', 'Value', 'Sex', 'Age', 'Town', 'Weight', 'Wrong'.", () => _ml.Data.Reweigh(View(Rows(5)), ["Nobody"], "Flag"));
        Toy.Throws<ArgumentException>("Column 'Town' must be Single to weigh rows, but is Int32.", () => _ml.Data.Reweigh(View(Rows(50)), ["Sex"], "Flag", "Town"));
        var rows = Rows(20);
        rows[3].Weight = -1;
        Toy.Throws<ArgumentException>("Column 'Weight' must hold weights of at least 0, but is -1 in row 3 (counted from 0).", () => _ml.Data.Reweigh(View(rows), ["Sex"], "Flag"));
        rows[4].Age = float.NaN;
        Toy.Throws<ArgumentException>("Column 'Age' must hold finite numbers, but 1 row has NaN or infinity, the first is row 4 (counted from 0).", () => _ml.Data.Reweigh(View(rows), ["Age"], "Flag", "w"));
    }
}
