using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort.Tests;

/// <summary>Protected columns through the trainers: what types they may have, and that nothing reads them afterwards.</summary>
[TestClass]
public sealed class ProtectedColumnTests
{
    private readonly MLContext _ml = new(seed: 1);

    private sealed class Row
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [];

        public bool Label { get; set; }

        public string Text { get; set; } = "";

        public float Number { get; set; }

        public bool Truth { get; set; }

        public double Wrong { get; set; }
    }

    private static Row[] Rows => [.. Enumerable.Range(0, 80).Select(i => new Row
    {
        Features = [(float)Math.Sin(i), (float)Math.Cos(3 * i)],
        Label = Math.Sin(i) > 0,
        Text = i % 3 == 0 ? "a" : "b",
        Number = i,
        Truth = i % 2 == 0,
    })];

    private BinaryNetworkTrainer Trainer(params string[] names) =>
        _ml.BinaryClassification.Trainers.Network(Toy.Quick with { Penalty = new DistanceCovariance { Form = DependenceForm.Concatenated } }, protectedColumnNames: names);

    [TestMethod]
    public void Text_numbers_and_truths_can_be_protected_and_are_not_needed_to_score()
    {
        var view = _ml.Data.LoadFromEnumerable(Rows);
        var model = Trainer("Text", "Number", "Truth").Fit(view);
        var without = _ml.Transforms.DropColumns("Text", "Number", "Truth").Fit(view).Transform(view);
        CollectionAssert.AreEqual(model.Transform(view).GetColumn<float>("Score").ToArray(), model.Transform(without).GetColumn<float>("Score").ToArray());
    }

    [TestMethod]
    public void Other_types_and_missing_columns_are_named()
    {
        var view = _ml.Data.LoadFromEnumerable(Rows);
        Toy.Throws<ArgumentException>("Column 'Wrong' must be Single, Boolean, a key, a text or an integer to be protected, but is Double.", () => Trainer("Wrong").Fit(view));
        StringAssert.Contains(Assert.Throws<ArgumentException>(() => Trainer("Nobody").Fit(view)).Message, "'Nobody'");
    }

    [TestMethod]
    public void A_number_that_is_not_finite_is_named()
    {
        var rows = Rows;
        rows[7].Number = float.NaN;
        StringAssert.Contains(Assert.Throws<ArgumentException>(() => Trainer("Number").Fit(_ml.Data.LoadFromEnumerable(rows))).Message, "'Number'");
    }

    [TestMethod]
    public void Log_and_model_say_what_came_of_a_target()
    {
        foreach (var (value, wanted) in new[] { (1e6, "The target of the penalty is met: Gap "), (1e-9, "The target of the penalty is not met: Gap ") })
        {
            var ml = new MLContext(seed: 1);
            var messages = Toy.Log(ml);
            var penalty = new DistanceCovariance { Target = new DualUpdate { Measure = TargetMeasure.Gap, Value = value, CellRows = 2 } };
            var model = ml.BinaryClassification.Trainers.Network(Toy.Quick with { Penalty = penalty, HoldOut = 0.3 }, protectedColumnNames: ["Truth"]).Fit(ml.Data.LoadFromEnumerable(Rows));
            Assert.AreEqual(value > 1, model.Model.Target!.Met);
            Assert.AreEqual(1, messages.Count(message => message.Contains(wanted, StringComparison.Ordinal)));
            Assert.IsTrue(messages.Any(message => message.Contains("with the penalty at weight", StringComparison.Ordinal)));
        }
    }
}
