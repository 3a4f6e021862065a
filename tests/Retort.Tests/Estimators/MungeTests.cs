using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort.Tests;

/// <summary>Synthetic rows of a table.</summary>
[TestClass]
public sealed class MungeTests
{
    private readonly MLContext _ml = new(seed: 1);

    private sealed class Row
    {
        public float Number { get; set; }

        public double Precise { get; set; }

        public int Whole { get; set; }

        public short Few { get; set; }

        public bool Flag { get; set; }

        public string Text { get; set; } = "";

        [VectorType(3)]
        public float[] Features { get; set; } = [];

        public string[] Words { get; set; } = [];

        public string Label { get; set; } = "";

        public float Weight { get; set; }
    }

    /// <summary>Rows along a curve: all numbers follow from one.</summary>
    private static Row[] Rows(int count = 200)
    {
        var random = new Generator(5);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            var at = random.Uniform();
            return new Row
            {
                Number = (float)at, Precise = 2 * at, Whole = (int)(1000 * at), Few = (short)(4 * at), Flag = at > 0.5, Text = at > 0.5 ? "high" : "low",
                Features = [(float)at, 1 - (float)at, at > 0.5 ? 1 : 0], Words = [.. Enumerable.Range(0, i % 3).Select(w => $"word {w}")], Label = at > 0.3 ? "a" : "b", Weight = i,
            };
        })];
    }

    private IDataView View(IEnumerable<Row> rows) => _ml.Data.LoadFromEnumerable(rows);

    private Row[] Read(IDataView view) => [.. _ml.Data.CreateEnumerable<Row>(view, reuseRowObject: false)];

    [TestMethod]
    public void Rows_have_the_columns_and_types_of_the_table_and_no_label()
    {
        var view = View(Rows());
        var keyed = _ml.Transforms.Conversion.MapValueToKey("Key", "Text").Append(_ml.Transforms.Categorical.OneHotEncoding("Hot", "Text")).Fit(view).Transform(view);
        var made = _ml.Data.Munge(keyed, times: 1.5);
        Assert.AreEqual(300L, made.GetRowCount());
        CollectionAssert.AreEqual(
            keyed.Schema.Where(column => !column.IsHidden).Select(column => $"{column.Name} {column.Type}").ToArray(),
            made.Schema.Select(column => $"{column.Name} {column.Type}").ToArray());
        Assert.IsTrue(made.GetColumn<ReadOnlyMemory<char>>("Label").All(label => label.IsEmpty));
        var values = default(VBuffer<ReadOnlyMemory<char>>);
        made.Schema["Key"].GetKeyValues(ref values);
        Assert.AreEqual(2, values.Length);
        Assert.AreEqual(300, Read(made).Length);
        Assert.IsTrue(made.GetColumn<float[]>("Hot").All(hot => hot.All(value => value is 0 or 1)));
    }

    [TestMethod]
    public void Labels_are_missing_in_whatever_type()
    {
        var view = View(Rows());
        var keyed = _ml.Transforms.Conversion.MapValueToKey("Key", "Text").Fit(view).Transform(view);
        Assert.IsTrue(_ml.Data.Munge(keyed, labelColumnName: "Key").GetColumn<uint>("Key").All(key => key == 0));
        Assert.IsTrue(_ml.Data.Munge(view, labelColumnName: "Number").GetColumn<float>("Number").All(float.IsNaN));
        Assert.IsTrue(_ml.Data.Munge(view, labelColumnName: "Precise").GetColumn<double>("Precise").All(double.IsNaN));
        Assert.IsNull(_ml.Data.Munge(view, labelColumnName: "Flag").Schema.GetColumnOrNull("Flag"));
        CollectionAssert.AreEquivalent(new[] { "a", "b" }, _ml.Data.Munge(view, labelColumnName: null).GetColumn<ReadOnlyMemory<char>>("Label").Select(label => label.ToString()).Distinct().ToArray());
    }

    [TestMethod]
    public void Rows_stay_near_those_of_the_table()
    {
        var made = Read(_ml.Data.Munge(View(Rows()), new() { SwapProbability = 0.5 }, times: 3, keptColumnNames: ["Weight"]));
        Assert.AreEqual(600, made.Length);
        Assert.IsTrue(made.Count(row => Math.Abs(row.Precise - 2 * row.Number) < 0.05) > 550); // of shuffled columns about 30
        Assert.IsTrue(made.Count(row => Math.Abs(row.Features[1] - 1 + row.Features[0]) < 0.05) > 550);
        Assert.IsTrue(made.Count(row => row.Flag == row.Number > 0.5) > 590);
        var seen = Rows().Select(row => row.Number).ToHashSet();
        Assert.IsTrue(made.Count(row => !seen.Contains(row.Number)) > 300); // and yet they are others
    }

    [TestMethod]
    public void Whole_numbers_stay_whole_and_in_range_and_few_values_are_swapped()
    {
        var rows = Rows();
        var made = Read(_ml.Data.Munge(View(rows), new() { SwapProbability = 0.9, LocalVariance = 0.2 }, times: 2));
        Assert.IsTrue(made.All(row => row.Whole >= rows.Min(r => r.Whole) && row.Whole <= rows.Max(r => r.Whole)));
        Assert.IsTrue(made.Count(row => rows.All(r => r.Whole != row.Whole)) > 50);
        CollectionAssert.IsSubsetOf(made.Select(row => row.Few).Distinct().ToArray(), rows.Select(row => row.Few).Distinct().ToArray());
        Assert.IsTrue(made.All(row => row.Features[2] is 0 or 1));
        foreach (var pass in new[] { made[..200], made[200..] }) // swapped, none is lost
            CollectionAssert.AreEquivalent(rows.Select(row => string.Join(' ', row.Words)).ToArray(), pass.Select(row => string.Join(' ', row.Words)).ToArray());
    }

    [TestMethod]
    public void Without_swaps_the_table_comes_back()
    {
        var (rows, made) = (Rows(30), Read(_ml.Data.Munge(View(Rows(30)), new() { SwapProbability = 0 })));
        CollectionAssert.AreEqual(rows.Select(row => row.Number).ToArray(), made.Select(row => row.Number).ToArray());
        CollectionAssert.AreEqual(rows.Select(row => row.Text).ToArray(), made.Select(row => row.Text).ToArray());
    }

    [TestMethod]
    public void Columns_can_be_kept()
    {
        var made = Read(_ml.Data.Munge(View(Rows()), new() { SwapProbability = 0.9 }, keptColumnNames: ["Weight", "Text"]));
        CollectionAssert.AreEqual(Rows().Select(row => row.Weight).ToArray(), made.Select(row => row.Weight).ToArray());
        CollectionAssert.AreEqual(Rows().Select(row => row.Text).ToArray(), made.Select(row => row.Text).ToArray());
    }

    [TestMethod]
    public void Seeds_decide()
    {
        float[] Numbers(MLContext ml, int seed) => [.. ml.Data.Munge(ml.Data.LoadFromEnumerable(Rows()), new() { Seed = seed }, times: 0.5).GetColumn<float>("Number")];
        CollectionAssert.AreEqual(Numbers(_ml, 0), Numbers(new(seed: 1), 0));
        CollectionAssert.AreNotEqual(Numbers(_ml, 0), Numbers(_ml, 1));
        CollectionAssert.AreNotEqual(Numbers(_ml, 0), Numbers(new(seed: 2), 0));
    }

    [TestMethod]
    [DataRow(20_000), DataRow(150)]
    public void Neighbours_are_the_nearest(int candidates)
    {
        using var scope = NewDisposeScope();
        var numbers = Some.Normal(3, ScalarType.Float32, 400, 5);
        var categories = (Some.Normal(4, ScalarType.Float32, 400, 2) * 2).round().to_type(ScalarType.Int64);
        var nearest = new Munge { Candidates = candidates }.Neighbours(numbers, categories, new(1), () => { });

        var distances = (numbers.unsqueeze(1) - numbers.unsqueeze(0)).to_type(ScalarType.Float64).square().sum([2L]) + categories.unsqueeze(1).ne(categories.unsqueeze(0)).sum([2L]);
        var all = Memory.Of<double>(distances.contiguous()).ToArray();
        var chosen = candidates > 400 ? [.. Enumerable.Range(0, 400).Select(row => (long)row)] : nearest.Distinct().Order().ToArray();
        Assert.IsTrue(chosen.Length <= candidates);
        for (var row = 0; row < 400; row++)
        {
            Assert.AreNotEqual(row, nearest[row]);
            var best = chosen.Where(other => other != row).Min(other => all[row * 400 + other]);
            Assert.AreEqual(best, all[row * 400 + nearest[row]], 1e-4);
        }
    }

    [TestMethod]
    public void A_draw_lies_around_the_other_value()
    {
        var random = new Generator(2);
        var draws = Enumerable.Range(0, 20_000).Select(_ => new Munge { LocalVariance = 4 }.Draw(1, 3, random)).ToArray(); // deviation |1 - 3| / 4
        Assert.AreEqual(3, draws.Average(draw => draw.Own), 0.02);
        Assert.AreEqual(1, draws.Average(draw => draw.Other), 0.02);
        Assert.AreEqual(0.5, Math.Sqrt(draws.Average(draw => Math.Pow(draw.Own - 3, 2))), 0.01);
        Assert.AreEqual((3.0, double.NaN), new Munge().Draw(double.NaN, 3, random));
    }

    [TestMethod]
    public void Missing_numbers_are_passed_on()
    {
        var rows = Rows();
        rows[7].Number = float.NaN;
        var made = Read(_ml.Data.Munge(View(rows), new() { SwapProbability = 0.9 }));
        Assert.AreEqual(1, made.Count(row => float.IsNaN(row.Number)));
    }

    [TestMethod]
    public void A_student_learns_more_of_its_teacher_from_them()
    {
        var random = new Generator(3);
        var rows = Enumerable.Range(0, 1200).Select(_ =>
        {
            float[] features = [(float)random.Normal(), (float)random.Normal(), 0, 0];
            return new Toy.Row { Features = features, Flag = features[0] * features[1] > 0 };
        }).ToArray();
        var teacher = _ml.BinaryClassification.Trainers.Network(new() { Epochs = 60, Network = new Mlp { Width = 64 } }, labelColumnName: "Flag").Fit(Toy.View(_ml, rows));
        var (few, test) = (Toy.View(_ml, rows.Take(120)), Toy.View(_ml, rows.Skip(120)));
        var recipe = new Recipe { Epochs = 30, Network = new Mlp { Width = 16 }, Distillation = new SoftTargets { Weight = 1 } };
        var alone = Agreement(null);
        var more = Agreement(_ml.Data.Munge(few, new() { SwapProbability = 0.5 }, times: 8, labelColumnName: "Flag"));
        Assert.IsTrue(more > alone + 0.01, $"{alone} {more}");

        double Agreement(IDataView? unlabeled)
        {
            var student = _ml.BinaryClassification.Trainers.Network(recipe, Teacher.Of(teacher), "Flag", unlabeled: unlabeled).Fit(few);
            return student.Transform(test).GetColumn<bool>("PredictedLabel").Zip(teacher.Transform(test).GetColumn<bool>("PredictedLabel")).Average(pair => pair.First == pair.Second ? 1.0 : 0);
        }
    }

    [TestMethod]
    public void What_is_asked_for_must_make_sense()
    {
        var view = View(Rows(5));
        Toy.Throws<ArgumentException>("times must be more than 0, but is 0.", () => _ml.Data.Munge(view, times: 0));
        Toy.Throws<ArgumentException>("The number of rows to make must lie in [1, 2147483647], but is 0.", () => _ml.Data.Munge(view, times: 0.01));
        Toy.Throws<ArgumentException>("SwapProbability must lie in [0, 1], but is 2.", () => _ml.Data.Munge(view, new() { SwapProbability = 2 }));
        Toy.Throws<ArgumentException>("The data must have at least 2 rows to make others of, but has 1.", () => _ml.Data.Munge(View(Rows(1))));
        StringAssert.StartsWith(Assert.ThrowsExactly<ArgumentException>(() => _ml.Data.Munge(view, labelColumnName: "Other")).Message, "Column 'Other' was not found");
    }
}
