using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort.Tests;

/// <summary>Fairness of models that are not ours, through ML.NET's views.</summary>
[TestClass]
public sealed class FairnessTests
{
    private readonly MLContext _ml = new(seed: 1);

    private sealed class Row
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [];

        public bool Flag { get; set; }

        public string Class { get; set; } = "";

        public float Value { get; set; }

        public string Sex { get; set; } = "";

        public float Age { get; set; }

        public bool Member { get; set; }

        public int Code { get; set; }

        public double Income { get; set; }

        public float Weight { get; set; } = 1;

        public DateTime Day { get; set; }

        [VectorType(2)]
        public float[] Pair { get; set; } = [0, 1];
    }

    private static Row[] Rows(int count = 400)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            var sex = random.Next(2);
            float x = (float)random.NextDouble() + 0.5f * sex, y = (float)random.NextDouble();
            return new Row
            {
                Features = [x, y],
                Flag = x + 0.3 * random.NextDouble() > 0.9,
                Class = x > 0.9 ? "high" : y > 0.5 ? "mid" : "low",
                Value = x + y,
                Sex = sex == 0 ? "f" : "m",
                Age = 20 + random.Next(50),
                Member = random.Next(2) == 0,
                Code = 7 - random.Next(3),
                Income = random.NextDouble(),
            };
        })];
    }

    private IDataView View(Row[] rows) => _ml.Data.LoadFromEnumerable(rows);

    private FairnessMetrics Quick(IDataView view, params string[] names) =>
        _ml.EvaluateFairness(view, names, labelColumnName: nameof(Row.Flag), permutations: 19, bootstrap: 20);

    [TestMethod]
    public void A_loaded_linear_model_of_two_classes_is_measured_on_columns_of_every_type()
    {
        var rows = Rows();
        var view = View(rows);
        var keyed = _ml.Transforms.Conversion.MapValueToKey("Key", nameof(Row.Sex)).Fit(view).Transform(view);
        using var file = new MemoryStream();
        _ml.Model.Save(_ml.BinaryClassification.Trainers.LbfgsLogisticRegression(nameof(Row.Flag)).Fit(view), view.Schema, file);
        file.Position = 0;
        var scored = new MLContext().Model.Load(file, out _).Transform(keyed);
        var metrics = _ml.EvaluateFairness(scored, ["Sex", "Age", "Member", "Code", "Income", "Key"], intersections: false, labelColumnName: nameof(Row.Flag), permutations: 19, bootstrap: 20);

        Assert.AreEqual(LearningTask.Binary, metrics.Task);
        Assert.AreEqual(400, metrics.Rows);
        CollectionAssert.AreEqual(new[] { "f", "m" }, metrics["Sex"].Groups.Select(group => group.Name).ToArray());
        CollectionAssert.AreEqual(new[] { "False", "True" }, metrics["Member"].Groups.Select(group => group.Name).ToArray());
        CollectionAssert.AreEqual(new[] { "5", "6", "7" }, metrics["Code"].Groups.Select(group => group.Name).ToArray());
        Assert.AreEqual(5, metrics["Age"].Groups.Count);
        Assert.AreEqual(5, metrics["Income"].Groups.Count);
        var theirs = _ml.BinaryClassification.Evaluate(scored, nameof(Row.Flag));
        Assert.AreEqual(theirs.Accuracy, metrics.All.Accuracy.Value, 1e-9);
        Assert.AreEqual(theirs.LogLoss * Math.Log(2), metrics.All.LogLoss.Value, 1e-5); // theirs is in bits
        bool[] said = [.. scored.GetColumn<bool>("PredictedLabel")];
        foreach (var group in metrics["Sex"].Groups)
        {
            int[] own = [.. Enumerable.Range(0, 400).Where(i => rows[i].Sex == group.Name)];
            Assert.AreEqual(own.Length, group.Count);
            Assert.AreEqual(own.Count(i => said[i]) / (double)own.Length, group.SelectionRate.Value, 1e-12);
            Assert.AreEqual(own.Count(i => said[i] && rows[i].Flag) / (double)own.Count(i => rows[i].Flag), group.TruePositiveRate.Value, 1e-12);
            Assert.IsTrue(group.SelectionRate.Low < group.SelectionRate.Value && group.SelectionRate.Value < group.SelectionRate.High);
        }

        Assert.IsTrue(metrics["Sex"].DemographicParityGap.Difference.Low > 0.2);
        Assert.AreEqual("m", metrics["Sex"].DemographicParityGap.Highest);
        Assert.AreEqual(0.05, metrics["Sex"].Dependence.PValue, 1e-12);
        var sex = metrics["Sex"].Groups.Single(group => group.Name == metrics["Key"].Groups[0].Name);
        Assert.AreEqual(sex.SelectionRate.Value, metrics["Key"].Groups[0].SelectionRate.Value);
    }

    [TestMethod]
    public void Several_classes_are_matched_by_their_values()
    {
        var rows = Rows();
        var view = View(rows);
        IDataView Keyed(params string[] order) => _ml.Transforms.Conversion.MapValueToKey("Label", nameof(Row.Class), keyData: _ml.Data.LoadFromEnumerable(order.Select(name => new Value { Class = name }))).Fit(view).Transform(view);
        var model = _ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy().Fit(Keyed("low", "mid", "high"));
        var (same, other) = (model.Transform(Keyed("low", "mid", "high")), model.Transform(Keyed("high", "low", "mid")));
        var metrics = _ml.EvaluateFairness(same, ["Sex"], permutations: 9, bootstrap: 10);
        CollectionAssert.AreEqual(new[] { "low", "mid", "high" }, metrics.Classes.ToArray());
        Assert.AreEqual(metrics, _ml.EvaluateFairness(other, ["Sex"], permutations: 9, bootstrap: 10));
        Assert.AreEqual(_ml.MulticlassClassification.Evaluate(same).MicroAccuracy, metrics.All.Accuracy.Value, 1e-9);
        Assert.AreEqual("high", metrics["Sex"].DemographicParityGap.Class);
        Assert.AreEqual(metrics["Sex"].DemographicParityGap.Difference, metrics["Sex"].ClassGaps.Single(gap => gap is { Name: "demographic-parity", Class: "high" }).Difference);
        Assert.AreEqual(3, metrics.All.Classes.Count);
    }

    private sealed class Value
    {
        public string Class { get; set; } = "";
    }

    [TestMethod]
    public void Values_of_a_linear_regression_are_measured_with_weights()
    {
        var rows = Rows();
        for (var i = 0; i < rows.Length; i++)
            rows[i].Weight = i % 3;
        rows[4].Value = float.NaN; // left out
        var log = Toy.Log(_ml);
        var model = _ml.Regression.Trainers.LbfgsPoissonRegression(nameof(Row.Value)).Fit(View(Rows()));
        var scored = model.Transform(View(rows));
        var metrics = _ml.EvaluateFairness(scored, ["Sex", "Age"], labelColumnName: nameof(Row.Value), exampleWeightColumnName: "Weight", permutations: 9, bootstrap: 10);
        Assert.AreEqual(LearningTask.Regression, metrics.Task);
        Assert.AreEqual(399, metrics.Rows);
        Assert.IsTrue(log.Any(line => line.Contains("The data has 1 of 400 rows without a label in column 'Value'; they are left out.")));
        float[] said = [.. scored.GetColumn<float>("Score")];
        foreach (var group in metrics["Sex"].Groups)
        {
            int[] own = [.. Enumerable.Range(0, 400).Where(i => i != 4 && rows[i].Sex == group.Name)];
            var weight = own.Sum(i => (double)rows[i].Weight);
            Assert.AreEqual(own.Sum(i => rows[i].Weight * (double)said[i]) / weight, group.MeanPrediction.Value, 1e-9);
            Assert.AreEqual(Math.Sqrt(own.Sum(i => rows[i].Weight * Math.Pow((double)said[i] - rows[i].Value, 2)) / weight), group.RootMeanSquaredError.Value, 1e-9);
        }

        Assert.IsTrue(double.IsNaN(metrics["Sex"].DemographicParityGap.Difference.Value));
        Assert.IsTrue(metrics["Sex"].MeanScoreGap.Difference.Value > 0.2);
        Assert.IsNotNull(metrics.Intersection);
    }

    [TestMethod]
    public void Decisions_are_those_of_the_view_where_it_has_them()
    {
        var view = View(Rows());
        var scored = _ml.BinaryClassification.Trainers.LbfgsLogisticRegression(nameof(Row.Flag)).Fit(view).Transform(view);
        var moved = _ml.BinaryClassification.TuneThreshold(beta: 5, labelColumnName: nameof(Row.Flag)).Fit(scored).Transform(scored);
        bool[] said = [.. moved.GetColumn<bool>("PredictedLabel")];
        Assert.AreEqual(said.Count(own => own) / 400.0, Quick(moved, "Sex").All.SelectionRate.Value, 1e-12);
        Assert.AreNotEqual(Quick(scored, "Sex").All.SelectionRate.Value, Quick(moved, "Sex").All.SelectionRate.Value);
        Assert.AreEqual(
            scored.GetColumn<bool>(nameof(Row.Member)).Count(own => own) / 400.0,
            _ml.EvaluateFairness(scored, ["Sex"], labelColumnName: nameof(Row.Flag), predictedLabelColumnName: nameof(Row.Member), permutations: 0, bootstrap: 0).All.SelectionRate.Value, 1e-12);

        // a column that says nothing of probabilities, and no decisions: above 0
        var raw = _ml.Transforms.DropColumns("Probability", "PredictedLabel").Fit(scored).Transform(scored);
        var log = Toy.Log(_ml);
        var metrics = Quick(raw, "Sex");
        Assert.AreEqual(Quick(scored, "Sex").All.SelectionRate, metrics.All.SelectionRate);
        Assert.IsTrue(double.IsNaN(metrics.All.LogLoss.Value));
        Assert.IsTrue(log.Any(line => line.Contains("Column 'Score' holds no probabilities: there is no log-loss")));
    }

    [TestMethod]
    public void Missing_values_are_a_group_of_their_own()
    {
        var rows = Rows();
        for (var i = 0; i < 60; i++)
            (rows[i].Sex, rows[i].Age) = ("", float.NaN);
        var view = View(rows);
        var model = _ml.BinaryClassification.Trainers.LbfgsLogisticRegression(nameof(Row.Flag)).Fit(view);
        var keyed = _ml.Transforms.Conversion.MapValueToKey("Key", nameof(Row.Sex), keyData: _ml.Data.LoadFromEnumerable([new Value { Class = "f" }])).Fit(view).Transform(view);
        var log = Toy.Log(_ml);
        var metrics = Quick(model.Transform(keyed), "Sex", "Age", "Key");
        CollectionAssert.AreEqual(new[] { "f", "m", "(missing)" }, metrics["Sex"].Groups.Select(group => group.Name).ToArray());
        Assert.AreEqual("(missing)", metrics["Age"].Groups[^1].Name);
        Assert.AreEqual(60, metrics["Age"].Groups[^1].Count);
        Assert.AreEqual(340, metrics["Age"].Dependence.Rows);
        CollectionAssert.AreEqual(new[] { "f", "(missing)" }, metrics["Key"].Groups.Select(group => group.Name).ToArray());
        Assert.IsTrue(log.Any(line => line.Contains("Column 'Age' has no value in 60 of 400 rows: they are a group of their own, which the distance covariance leaves out.")));
    }

    [TestMethod]
    public void What_cannot_be_measured_is_named()
    {
        var view = View(Rows());
        var scored = _ml.BinaryClassification.Trainers.LbfgsLogisticRegression(nameof(Row.Flag)).Fit(view).Transform(view);
        StringAssert.StartsWith(Assert.ThrowsExactly<ArgumentException>(() => Quick(scored, "sex")).Message, "Column 'sex' was not found; the data has 'Features', 'Flag', 'Class', 'Value', 'Sex', 'Age'");
        Toy.Throws<ArgumentException>("The number of protected columns must be at least 1, but is 0.", () => Quick(scored));
        Toy.Throws<ArgumentException>("Names of protected columns must differ, but is 'Sex' twice.", () => Quick(scored, "Sex", "Sex"));
        StringAssert.StartsWith(Assert.ThrowsExactly<ArgumentException>(() => Quick(scored, "Pair")).Message, "Column 'Pair' must be a single number, Boolean, key or text to be compared by groups, but is Vector<Single, 2>");
        StringAssert.StartsWith(Assert.ThrowsExactly<ArgumentException>(() => Quick(scored, "Day")).Message, "Column 'Day' must be a single number, Boolean, key or text to be compared by groups, but is DateTime");
        Toy.Throws<ArgumentException>("Column 'Class' must be Boolean (two classes), a key (several) or Single (regression), but is String.", () => _ml.EvaluateFairness(scored, ["Sex"], labelColumnName: "Class"));
        Toy.Throws<ArgumentException>("Column 'Value' must be Boolean where the model decides between two classes (use ConvertType), but is Single.", () => _ml.EvaluateFairness(scored, ["Sex"], labelColumnName: "Value"));
        Toy.Throws<ArgumentException>("The data must have rows, but has none.", () => Quick(_ml.BinaryClassification.Trainers.LbfgsLogisticRegression(nameof(Row.Flag)).Fit(view).Transform(View([])), "Sex"));
        Toy.Throws<ArgumentException>("The number of permutations must be at least 0, but is -1.", () => _ml.EvaluateFairness(scored, ["Sex"], labelColumnName: nameof(Row.Flag), permutations: -1));
        var rows = Rows();
        rows[3].Features[0] = float.NaN;
        var broken = _ml.Regression.Trainers.LbfgsPoissonRegression(nameof(Row.Value)).Fit(view).Transform(View(rows));
        Toy.Throws<ArgumentException>("Column 'Score' must hold finite numbers, but 1 row has NaN or infinity, the first is row 3 (counted from 0).", () => _ml.EvaluateFairness(broken, ["Sex"], labelColumnName: nameof(Row.Value)));
        rows[7].Age = float.PositiveInfinity;
        rows[3].Features[0] = 0;
        var infinite = _ml.Regression.Trainers.LbfgsPoissonRegression(nameof(Row.Value)).Fit(view).Transform(View(rows));
        Toy.Throws<ArgumentException>("Column 'Age' must hold finite numbers, or NaN where one is missing, but is Infinity in row 7 (counted from 0).", () => _ml.EvaluateFairness(infinite, ["Age"], labelColumnName: nameof(Row.Value)));
    }

    [TestMethod]
    public void Small_groups_are_said_in_the_log()
    {
        var rows = Rows();
        for (var i = 0; i < 9; i++)
            rows[i].Sex = "x";
        var view = View(rows);
        var scored = _ml.BinaryClassification.Trainers.LbfgsLogisticRegression(nameof(Row.Flag)).Fit(view).Transform(view);
        var log = Toy.Log(_ml);
        Assert.AreEqual(1, Quick(scored, "Sex")["Sex"].SmallGroups);
        Assert.IsTrue(log.Any(line => line.Contains("Column 'Sex' has 1 of 3 groups with fewer than 50 rows: they are left out of the gaps, and one cell in the divergence.")));
    }

    [TestMethod]
    public void Networks_are_measured_and_do_not_need_the_columns_to_score()
    {
        var view = View(Rows());
        var model = _ml.BinaryClassification.Trainers.Network(Toy.Quick with { Penalty = new DistanceCovariance() }, labelColumnName: nameof(Row.Flag), protectedColumnNames: ["Sex"]).Fit(view);
        Assert.AreEqual(2, Quick(model.Transform(view), "Sex")["Sex"].Groups.Count);
    }
}
