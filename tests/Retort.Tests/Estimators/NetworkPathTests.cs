using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort.Tests;

/// <summary>Paths of penalty weights: the same networks as one by one, measured on the rows held out, and marked where no other beats them.</summary>
[TestClass]
public sealed class NetworkPathTests
{
    private readonly MLContext _ml = new(seed: 1);

    private sealed class Row
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [];

        public bool Flag { get; set; }

        public float Value { get; set; }

        public string Kind { get; set; } = "";

        public string Sex { get; set; } = "";

        public float Age { get; set; }
    }

    private static readonly Recipe s_recipe = new() { Epochs = 6, BatchSize = 64, HoldOut = 0.3, Penalty = new DistanceCovariance { Form = DependenceForm.Concatenated, WholeSetEvery = 0 } };

    private static List<Row> Rows(int count, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var female = random.NextDouble() < 0.5;
            var (signal, other) = (2 * random.NextDouble() - 1 + (female ? -0.7 : 0.7), 2 * random.NextDouble() - 1);
            return new Row
            {
                Features = [(float)signal, (float)other],
                Flag = random.NextDouble() < 1 / (1 + Math.Exp(-3 * (signal + other))),
                Value = (float)(signal + other),
                Kind = signal > 0.3 ? "a" : other > 0 ? "b" : "c",
                Sex = female ? "female" : "male",
                Age = random.Next(20, 60),
            };
        })];
    }

    private IDataView View(IEnumerable<Row> rows) => _ml.Data.LoadFromEnumerable(rows);

    [TestMethod]
    public void Each_network_is_that_of_the_trainer_and_more_weight_lowers_the_measure()
    {
        var (view, test) = (View(Rows(1200)), View(Rows(2000, 2)));
        var path = _ml.BinaryClassification.Trainers.NetworkPath(s_recipe, [30, 3], ["Sex", "Age"], labelColumnName: "Flag", minimumCount: 30, bootstrap: 20).Fit(view);
        CollectionAssert.AreEqual(new double[] { 0, 3, 30 }, path.Points.Select(point => point.Weight).ToArray());
        foreach (var point in path.Points)
        {
            var recipe = s_recipe with { Penalty = s_recipe.Penalty! with { Weight = point.Weight } };
            Assert.AreEqual(recipe, point.Model.Model.Recipe);
            var single = _ml.BinaryClassification.Trainers.Network(recipe, labelColumnName: "Flag", protectedColumnNames: ["Sex", "Age"]).Fit(view);
            CollectionAssert.AreEqual(single.Transform(test).GetColumn<float>("Score").ToArray(), point.Model.Transform(test).GetColumn<float>("Score").ToArray());
        }

        // weight 0 is the network without a penalty
        var none = _ml.BinaryClassification.Trainers.Network(s_recipe with { Penalty = null }, labelColumnName: "Flag").Fit(view);
        CollectionAssert.AreEqual(none.Transform(test).GetColumn<float>("Score").ToArray(), path.Reference.Model.Transform(test).GetColumn<float>("Score").ToArray());

        Assert.IsTrue(path.At(30).Measured.Value < 0.7 * path.Reference.Measured.Value, path.ToString());
        Assert.IsTrue(path.Reference.Metric.Value < path.At(30).Metric.Value && path.Reference.IsPareto && path.At(30).IsPareto, path.ToString());
        Assert.AreEqual(360, path.Reference.Fairness.Rows);
        CollectionAssert.AreEquivalent(new[] { "female", "male" }, path.Reference.Fairness["Sex"].Groups.Select(group => group.Name).ToArray());

        var again = _ml.BinaryClassification.Trainers.NetworkPath(s_recipe, [30, 3], ["Sex", "Age"], labelColumnName: "Flag", minimumCount: 30, bootstrap: 20).Fit(view);
        Assert.AreEqual(path.ToJson(), again.ToJson());
        Assert.AreEqual(3, JsonDocument.Parse(path.ToJson()).RootElement.GetProperty("points").GetArrayLength());
    }

    [TestMethod]
    public void The_numbers_are_those_of_EvaluateFairness_on_the_validation_rows()
    {
        var (train, others) = (Rows(600), Rows(500, 2));
        var keyed = _ml.Transforms.Conversion.MapValueToKey("Kind").Fit(View(train));
        Check(_ml.BinaryClassification.Trainers.NetworkPath(s_recipe, [2], ["Sex"], labelColumnName: "Flag", validation: View(others), bootstrap: 0, measure: PathMeasure.DemographicParityGap).Fit(View(train)), "Flag", View(others));
        Check(_ml.Regression.Trainers.NetworkPath(s_recipe, [2], ["Sex"], labelColumnName: "Value", validation: View(others), bootstrap: 0).Fit(View(train)), "Value", View(others));
        Check(_ml.MulticlassClassification.Trainers.NetworkPath(s_recipe, [2], ["Sex"], labelColumnName: "Kind", validation: keyed.Transform(View(others)), bootstrap: 0).Fit(keyed.Transform(View(train))), "Kind", keyed.Transform(View(others)));

        void Check<T>(NetworkPath<T> path, string label, IDataView view) where T : NetworkTransformer
        {
            foreach (var point in path.Points)
            {
                var own = _ml.EvaluateFairness(point.Model.Transform(view), ["Sex"], labelColumnName: label, bootstrap: 0);
                Assert.AreEqual(label == "Value" ? own.All.RootMeanSquaredError.Value : own.All.LogLoss.Value, point.Metric.Value, 1e-6);
                Assert.AreEqual(own["Sex"].Divergence.Value.Value, point.Fairness["Sex"].Divergence.Value.Value, 1e-6);
                if (path.Measure == PathMeasure.Divergence) // the floor's permutations go by the order of the groups
                    Assert.AreEqual(own["Sex"].Divergence.AboveFloor.Value, point.Measured.Value, 0.005);
                else
                    Assert.AreEqual(own["Sex"].DemographicParityGap.Difference.Value, point.Measured.Value, 1e-6);
            }
        }
    }

    [TestMethod]
    public void Rows_that_calibrate_are_not_measured_on()
    {
        var path = _ml.BinaryClassification.Trainers.NetworkPath(s_recipe with { Calibration = new TemperatureScaling() }, [1], ["Sex"], labelColumnName: "Flag", bootstrap: 0).Fit(View(Rows(400)));
        Assert.AreEqual(60, path.Reference.Fairness.Rows);
    }

    [TestMethod]
    public void Every_epoch_of_every_network_is_heard_of_and_a_stop_keeps_what_has_ended_an_epoch()
    {
        var heard = new List<PathReport>();
        var trainer = _ml.BinaryClassification.Trainers.NetworkPath(s_recipe, [1, 2], ["Sex"], labelColumnName: "Flag", bootstrap: 0, progress: new Listener(heard.Add));
        trainer.Fit(View(Rows(300)));
        CollectionAssert.AreEquivalent(new double[] { 0, 1, 2 }, heard.Select(report => report.Weight).Distinct().ToArray());
        Assert.IsTrue(heard.All(report => report.Weights == 3) && heard.Count > 3);

        using var stop = new CancellationTokenSource();
        var path = _ml.BinaryClassification.Trainers.NetworkPath(s_recipe with { Epochs = 5000, Patience = 5000 }, [1, 2, 3, 4, 5, 6, 7, 8], ["Sex"], labelColumnName: "Flag", bootstrap: 0, progress: new Listener(_ => stop.Cancel()), stop: stop.Token)
            .Fit(View(Rows(300)));
        Assert.IsTrue(path.Points.Count is >= 1 and < 9);

        using var before = new CancellationTokenSource();
        before.Cancel();
        Assert.Throws<OperationCanceledException>(() => _ml.BinaryClassification.Trainers.NetworkPath(s_recipe, [1], ["Sex"], labelColumnName: "Flag", stop: before.Token).Fit(View(Rows(300))));
    }

    private sealed class Listener(Action<PathReport> hear) : IProgress<PathReport>
    {
        public void Report(PathReport value)
        {
            lock (this)
                hear(value);
        }
    }

    [TestMethod]
    public void What_is_wrong_is_said()
    {
        var trainers = _ml.BinaryClassification.Trainers;
        Toy.Throws<ArgumentException>("Recipe.Penalty must be given, whose weights make the path, but is null.", () => trainers.NetworkPath(new(), [1], ["Sex"]));
        Toy.Throws<ArgumentException>("The number of weights must be at least 1, but is 0.", () => trainers.NetworkPath(s_recipe, [], ["Sex"]));
        Toy.Throws<ArgumentException>("Each weight must be at least 0, but is -1.", () => trainers.NetworkPath(s_recipe, [-1], ["Sex"]));
        Toy.Throws<ArgumentException>("The number of protected columns must be at least 1, but is 0.", () => trainers.NetworkPath(s_recipe, [1], []));
        Toy.Throws<ArgumentException>("measure must be Divergence or MeanScoreGap in regression, but is EqualizedOddsGap.", () => _ml.Regression.Trainers.NetworkPath(s_recipe, [1], ["Sex"], measure: PathMeasure.EqualizedOddsGap));
        Toy.Throws<ArgumentException>("A path of weights must have rows to measure on, but none are held out; set HoldOut above 0, or give validation rows.",
            () => trainers.NetworkPath(s_recipe with { HoldOut = 0 }, [1], ["Sex"], labelColumnName: "Flag").Fit(View(Rows(50))));
        Toy.Throws<ArgumentException>("The weight must be one of 0, 1, but is 7.", () => trainers.NetworkPath(s_recipe with { Epochs = 1 }, [1], ["Sex"], labelColumnName: "Flag", bootstrap: 0).Fit(View(Rows(200))).At(7));
    }
}
