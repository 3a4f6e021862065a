using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort.Tests;

/// <summary>Mixed rows for any trainer.</summary>
[TestClass]
public sealed class MixTests
{
    private readonly MLContext _ml = new(seed: 1);

    private sealed class Row
    {
        public float Number { get; set; }

        public double Precise { get; set; }

        public int Whole { get; set; }

        public bool Flag { get; set; }

        public string Text { get; set; } = "";

        [VectorType(3)]
        public float[] Features { get; set; } = [];

        public string[] Words { get; set; } = [];

        public float Target { get; set; }

        public float Weight { get; set; }

        public float Id { get; set; }
    }

    private static readonly string[] Kept = ["Id"];

    private static Row[] Rows(int count = 60)
    {
        return [.. Enumerable.Range(0, count).Select(i => new Row
        {
            Number = i, Precise = 2.0 * i, Whole = i, Flag = i % 3 == 0, Text = i % 2 == 0 ? "even" : "odd", Features = [i, i * i, 1],
            Words = [.. Enumerable.Range(0, i % 3).Select(w => $"word {w} of {i}")], Target = 10 * i, Weight = 1 + i % 2, Id = i,
        })];
    }

    private IDataView View(IEnumerable<Row>? rows = null) => _ml.Data.LoadFromEnumerable(rows ?? Rows());

    private Row[] Read(IDataView view) => [.. _ml.Data.CreateEnumerable<Row>(view, reuseRowObject: false)];

    [TestMethod]
    public void A_mixed_row_lies_between_its_row_and_one_partner()
    {
        var rows = Rows();
        var made = Read(_ml.Data.Mix(View(rows), new Mixup { Alpha = 1 }, "Target", keepsOriginal: false, times: 3, keptColumnNames: Kept));
        Assert.AreEqual(180, made.Length);
        var changed = 0;
        foreach (var row in made)
        {
            var (own, moved) = (rows[(int)row.Id], row.Number - row.Id);
            Assert.AreEqual(10 * row.Number, row.Target, 1e-3); // all by the same share: what is linear stays so
            Assert.AreEqual(2.0 * row.Number, row.Precise, 1e-3);
            Assert.AreEqual(row.Number, row.Features[0], 1e-4);
            Assert.AreEqual(1, row.Features[2], 1e-6);
            if (Math.Abs(moved) < 0.1)
                continue;

            // of x = s i + (1 - s) j and z = s i^2 + (1 - s) j^2: z - i x = (1 - s) (j^2 - i j) = j (x - i)
            var partner = rows[(int)Math.Round((row.Features[1] - row.Id * row.Number) / moved)];
            Assert.IsTrue(Share(row, own, partner) is >= 0.5 - 1e-4 and < 1);
            Assert.AreEqual(Share(row, own, partner) * own.Features[1] + (1 - Share(row, own, partner)) * partner.Features[1], row.Features[1], 0.01);
            CollectionAssert.Contains(new[] { own.Whole, partner.Whole }, row.Whole);
            CollectionAssert.Contains(new[] { own.Text, partner.Text }, row.Text);
            CollectionAssert.Contains(new[] { string.Join(' ', own.Words), string.Join(' ', partner.Words) }, string.Join(' ', row.Words));
            Assert.AreEqual(Share(row, own, partner) * own.Weight + (1 - Share(row, own, partner)) * partner.Weight, row.Weight, 1e-3);
            changed += row.Whole == own.Whole ? 0 : 1;
        }

        Assert.IsTrue(changed is > 20 and < 70, $"{changed}"); // the mean share of the partner is a quarter, at alpha 1

        static double Share(Row row, Row own, Row other) => (row.Number - other.Number) / (own.Number - other.Number);
    }

    [TestMethod]
    public void Row_cutmix_takes_whole_columns()
    {
        var rows = Rows();
        var made = Read(_ml.Data.Mix(View(rows), new RowCutMix { Alpha = 1 }, "Target", keepsOriginal: false, times: 5, keptColumnNames: Kept));
        var partly = 0;
        foreach (var row in made)
        {
            // five numbers and four other columns, each of the row or of one partner; the last number is 1 in all rows
            double[] origins = [row.Number, row.Precise / 2, row.Features[0], Math.Sqrt(row.Features[1])];
            var others = origins.Append(row.Whole).Where(origin => Math.Abs(origin - row.Id) > 1e-3).Select(origin => Math.Round(origin)).Distinct().ToArray();
            Assert.IsTrue(others.Length <= 1);
            if (others is not [var other])
                continue;
            var share = (row.Target / 10 - other) / (row.Id - other); // of nine columns
            Assert.AreEqual(Math.Round(9 * share), 9 * share, 0.02);
            Assert.IsTrue(share is >= 0.5 and < 1);
            partly += origins.Any(origin => Math.Abs(origin - row.Id) < 1e-3) ? 1 : 0;
        }

        Assert.IsTrue(partly > 50, $"{partly}");
        Toy.Throws<ArgumentException>("mixing must mix rows as they are in a table, but RankMixup { Probability = 1, Until = 0.5, Mode = Margin, Alpha = 2, Weight = 0.1, Margin = 2, Mixtures = 3 } is for networks alone.", () => _ml.Data.Mix(View(rows), new RankMixup(), "Text"));
        Toy.Throws<ArgumentException>("The data must have a column to mix, but has none beside the label, the weights and those that are kept.", () => _ml.Data.Mix(_ml.Transforms.SelectColumns("Target", "Id").Fit(View(rows)).Transform(View(rows)), new RowCutMix(), "Target", keptColumnNames: Kept));
    }

    [TestMethod]
    public void What_needs_a_network_is_refused()
    {
        string[] tables = [.. Methods.OfKind(typeof(Mixing)).Where(method => ((Mixing)method.Create()).MixesTables).Select(method => method.Id).Order()];
        CollectionAssert.AreEqual(new[] { "c-mixup", "cutmix", "mixup", "row-cutmix" }, tables);
        foreach (var method in Methods.OfKind(typeof(Mixing)).Where(method => !tables.Contains(method.Id)))
            StringAssert.StartsWith(Assert.ThrowsExactly<ArgumentException>(() => _ml.Data.Mix(View(), (Mixing)method.Create(), "Text")).Message, "mixing must mix rows as they are in a table");
    }

    [TestMethod]
    public void Classes_come_twice_with_the_shares_as_weights()
    {
        var rows = Rows();
        var view = _ml.Transforms.Conversion.MapValueToKey("Label", "Text").Fit(View(rows)).Transform(View(rows));
        var mixed = _ml.Data.Mix(view, new Mixup(), keepsOriginal: false, keptColumnNames: Kept);
        var made = Read(mixed);
        var labels = mixed.GetColumn<uint>("Label").ToArray();
        Assert.AreEqual(120, made.Length);
        Assert.AreEqual(120L, mixed.GetRowCount());
        for (var i = 0; i < made.Length; i += 2)
        {
            var (own, twin) = (made[i], made[i + 1]);
            Assert.AreEqual((own.Number, own.Whole, own.Text, own.Id), (twin.Number, twin.Whole, twin.Text, twin.Id));
            Assert.AreEqual(rows[(int)own.Id].Text == "even" ? 1u : 2u, labels[i]);
            Assert.IsTrue(own.Weight >= twin.Weight);
            Assert.IsTrue(own.Weight + twin.Weight is >= 1 - 1e-5f and <= 2 + 1e-5f); // the weights of two rows, 1 or 2, mixed
        }

        Assert.IsTrue(labels.Chunk(2).Count(pair => pair[0] != pair[1]) > 10);
        var values = default(VBuffer<ReadOnlyMemory<char>>);
        mixed.Schema["Label"].GetKeyValues(ref values);
        Assert.AreEqual(2, values.Length);
    }

    [TestMethod]
    [DataRow("Flag"), DataRow("Text")]
    public void Weights_are_made_where_there_are_none(string label)
    {
        var bare = _ml.Transforms.DropColumns("Weight").Fit(View()).Transform(View());
        var mixed = _ml.Data.Mix(bare, new Mixup(), label);
        Assert.AreEqual(60 + 120L, mixed.GetRowCount());
        float[] weights = [.. mixed.GetColumn<float>("Weight")];
        Assert.IsTrue(weights[..60].All(weight => weight == 1));
        Assert.IsTrue(weights[60..].Chunk(2).All(pair => Math.Abs(pair[0] + pair[1] - 1) < 1e-6));
        Assert.IsNull(_ml.Data.Mix(bare, new Mixup(), "Target").Schema.GetColumnOrNull("Weight"));
    }

    [TestMethod]
    public void The_tables_rows_come_first_as_they_are()
    {
        var rows = Rows();
        var made = Read(_ml.Data.Mix(View(rows), new CMixup(), "Target", times: 0.5));
        Assert.AreEqual(90, made.Length);
        for (var i = 0; i < 60; i++)
            Assert.AreEqual((rows[i].Number, rows[i].Precise, rows[i].Text, rows[i].Target, string.Join(' ', rows[i].Words)), (made[i].Number, made[i].Precise, made[i].Text, made[i].Target, string.Join(' ', made[i].Words)));
    }

    [TestMethod]
    public void Every_cursor_sees_the_same_rows_whatever_it_reads()
    {
        var mixed = _ml.Data.Mix(View(), new CMixup { Probability = 0.7 }, "Target", times: 2);
        float[] once = [.. mixed.GetColumn<float>("Number")], again = [.. mixed.GetColumn<float>("Number")], all = [.. Read(mixed).Select(row => row.Number)];
        CollectionAssert.AreEqual(once, again);
        CollectionAssert.AreEqual(once, all);
        CollectionAssert.AreEqual(once, Read(_ml.Data.Mix(View(), new CMixup { Probability = 0.7 }, "Target", times: 2)).Select(row => row.Number).ToArray());
        CollectionAssert.AreNotEqual(once, _ml.Data.Mix(View(), new CMixup { Probability = 0.7 }, "Target", times: 2, seed: 1).GetColumn<float>("Number").ToArray());
        CollectionAssert.AreNotEqual(once, new MLContext(seed: 2).Data.Mix(View(), new CMixup { Probability = 0.7 }, "Target", times: 2).GetColumn<float>("Number").ToArray());
        CollectionAssert.AreEquivalent(once, _ml.Data.ShuffleRows(mixed, seed: 3).GetColumn<float>("Number").ToArray());

        var columns = mixed.Schema.Where(column => column.Name == "Number");
        using var shuffled = mixed.GetRowCursor(columns, new Random(1));
        var (number, id, get, getId, seen) = (0f, default(DataViewRowId), shuffled.GetGetter<float>(mixed.Schema["Number"]), shuffled.GetIdGetter(), 0);
        var moved = false;
        for (; shuffled.MoveNext(); seen++)
        {
            get(ref number);
            getId(ref id);
            Assert.AreEqual(once[(int)id.Low], number); // a row keeps its name
            moved |= id.Low != (ulong)seen;
        }

        Assert.AreEqual(once.Length, seen);
        Assert.IsTrue(moved);
    }

    [TestMethod]
    public void Partners_of_c_mixup_have_similar_labels()
    {
        var rows = Rows(400);
        double Distance(Mixing mixing) => Read(_ml.Data.Mix(View(rows), mixing, "Target", keepsOriginal: false, keptColumnNames: Kept)).Average(row => Math.Abs(row.Number - row.Id));
        Assert.IsTrue(Distance(new CMixup { Bandwidth = 0.1, Alpha = 1 }) < 0.3 * Distance(new Mixup { Alpha = 1 }));
        Assert.AreEqual(1, Distance(new CMixup { Bandwidth = 100, Alpha = 1 }) / Distance(new Mixup { Alpha = 1 }), 0.15);
    }

    [TestMethod]
    public void Rows_without_a_label_or_weight_are_nobodys_partner()
    {
        var rows = Rows();
        foreach (var row in rows[..20])
            (row.Target, row.Number) = (float.NaN, 1e6f);
        foreach (var row in rows[20..30])
            (row.Weight, row.Number) = (0, 1e6f);
        var log = new List<string>();
        _ml.Log += (_, e) => log.Add(e.RawMessage);
        var mixed = Read(_ml.Data.Mix(View(rows), new CMixup(), "Target"));
        Assert.IsTrue(log.Contains("30 of 60 rows have no label in column 'Target' or no weight; they are not mixed."), string.Join('\n', log));
        Assert.AreEqual(90, mixed.Length);
        Assert.AreEqual(30, mixed.Count(row => row.Number == 1e6f));
        Assert.IsTrue(mixed[60..].All(row => row.Number < 60 && float.IsFinite(row.Target) && row.Weight > 0));

        foreach (var row in rows)
            row.Text = row.Id < 50 ? "" : row.Text;
        Assert.AreEqual(60 + 20, Read(_ml.Data.Mix(View(rows), new Mixup(), "Text")).Length);
    }

    [TestMethod]
    public void Missing_and_infinite_numbers_do_not_spread()
    {
        var rows = Rows();
        rows[7].Number = float.NaN;
        rows[8].Features[1] = float.PositiveInfinity;
        var mixed = Read(_ml.Data.Mix(View(rows), new Mixup(), "Target", times: 5, keepsOriginal: false, keptColumnNames: Kept));
        Assert.IsTrue(mixed.All(row => float.IsNaN(row.Number) == (row.Id == 7)));
        Assert.IsTrue(mixed.All(row => float.IsInfinity(row.Features[1]) == (row.Id == 8)));
        Assert.IsTrue(mixed.Where(row => row.Id == 7).All(row => float.IsFinite(row.Features[0])));
    }

    [TestMethod]
    public void Sparse_vectors_stay_sparse()
    {
        var rows = Rows(12);
        foreach (var row in rows)
            row.Text = $"word {row.Id % 5}";
        var encoded = _ml.Transforms.Categorical.OneHotEncoding("Hot", "Text").Append(_ml.Transforms.Categorical.OneHotEncoding("Other", "Id")).Append(_ml.Transforms.Concatenate("Bag", "Hot", "Other"));
        var view = encoded.Fit(View(rows)).Transform(View(rows));
        var mixed = _ml.Data.Mix(view, new Mixup { Alpha = 2 }, "Target", times: 5, keepsOriginal: false, keptColumnNames: Kept);
        using var cursor = mixed.GetRowCursor(mixed.Schema.Where(column => column.Name is "Bag" or "Id" or "Number"));
        var (getBag, getId, getNumber) = (cursor.GetGetter<VBuffer<float>>(mixed.Schema["Bag"]), cursor.GetGetter<float>(mixed.Schema["Id"]), cursor.GetGetter<float>(mixed.Schema["Number"]));
        float[][] bags = [.. view.GetColumn<float[]>("Bag")];
        var (bag, id, number, sparse) = (default(VBuffer<float>), 0f, 0f, 0);
        while (cursor.MoveNext())
        {
            getBag(ref bag);
            getId(ref id);
            getNumber(ref number);
            var own = (int)id;
            float[] values = [.. bag.DenseValues()];
            Assert.IsTrue(number == id ? values.SequenceEqual(bags[own]) : Enumerable.Range(0, 12).Any(other => other != own && Between(values, bags[own], bags[other], (number - other) / (id - other))));
            sparse += bag.IsDense ? 0 : 1;
        }

        Assert.IsTrue(sparse > 30, $"{sparse}");

        static bool Between(float[] values, float[] own, float[] other, float share) => values.Zip(own, other).All(slot => Math.Abs(slot.First - share * slot.Second - (1 - share) * slot.Third) < 1e-4);
    }

    [TestMethod]
    public void A_share_of_one_and_a_single_row_give_the_table_back()
    {
        var rows = Rows();
        var same = Read(_ml.Data.Mix(View(rows), new Mixup { Alpha = 0 }, "Target", keepsOriginal: false));
        CollectionAssert.AreEqual(rows.Select(row => (row.Number, row.Features[1], row.Text, row.Target)).ToArray(), same.Select(row => (row.Number, row.Features[1], row.Text, row.Target)).ToArray());
        Assert.AreEqual(0f, Read(_ml.Data.Mix(View(rows[..1]), new CMixup(), "Target", keepsOriginal: false)).Single().Number);
        foreach (var row in rows)
            row.Target = 3;
        Assert.IsTrue(Read(_ml.Data.Mix(View(rows), new CMixup(), "Target")).All(row => row.Target == 3)); // a constant label
    }

    [TestMethod]
    public void Columns_are_read_when_they_are_asked_for()
    {
        var (reads, rows) = (0, Rows());
        var counted = _ml.Transforms.CustomMapping<Row, Counted>((row, to) =>
        {
            reads++;
            to.Extra = row.Number;
        }, null).Fit(View(rows)).Transform(View(rows));
        var mixed = _ml.Data.Mix(counted, new CMixup(), "Target");
        _ = mixed.GetColumn<float>("Number").Sum();
        Assert.AreEqual(0, reads);
        Assert.AreEqual(mixed.GetColumn<float>("Number").Sum(), mixed.GetColumn<float>("Extra").Sum());
        _ = mixed.GetColumn<float>("Extra").Sum();
        Assert.AreEqual(60, reads);
    }

    private sealed class Counted
    {
        public float Extra { get; set; }
    }

    [TestMethod]
    public void Trainers_and_transforms_take_the_view()
    {
        var random = new Generator(3);
        var rows = Enumerable.Range(0, 300).Select(i => new Row { Features = [(float)random.Normal(), (float)random.Normal(), 1], Id = i, Weight = 1 }).ToArray();
        foreach (var row in rows)
            (row.Target, row.Flag, row.Text) = (3 * row.Features[0] - row.Features[1], row.Features[0] > 0, row.Features[0] > 0.5 ? "high" : row.Features[1] > 0 ? "middle" : "low");
        var view = View(rows);
        var regression = _ml.Regression.Trainers.LbfgsPoissonRegression("Exp", "Features");
        var positive = _ml.Transforms.CustomMapping<Row, Positive>((row, to) => to.Exp = MathF.Exp(row.Target / 3), null);
        Assert.IsTrue(_ml.Regression.Evaluate(positive.Append(regression).Fit(_ml.Data.Mix(view, new CMixup(), "Target")).Transform(view), "Exp").RSquared > 0.7);
        var binary = _ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Flag", exampleWeightColumnName: "Weight").Fit(_ml.Data.Cache(_ml.Data.Mix(view, new Mixup(), "Flag")));
        Assert.IsTrue(_ml.BinaryClassification.Evaluate(binary.Transform(view), "Flag").Accuracy > 0.95);
        var classes = _ml.Transforms.Conversion.MapValueToKey("Label", "Text").Append(_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(exampleWeightColumnName: "Weight")).Fit(_ml.Data.Mix(view, new Mixup(), "Text"));
        Assert.IsTrue(_ml.MulticlassClassification.Evaluate(classes.Transform(view)).MicroAccuracy > 0.85);
    }

    private sealed class Positive
    {
        public float Exp { get; set; }
    }

    [TestMethod]
    public void What_is_asked_for_must_make_sense()
    {
        var view = View();
        Toy.Throws<ArgumentException>("times must be more than 0, but is 0.", () => _ml.Data.Mix(view, new Mixup(), "Target", times: 0));
        Toy.Throws<ArgumentException>($"The number of rows to make must lie in [1, {Array.MaxLength}], but is 0.", () => _ml.Data.Mix(view, new Mixup(), "Target", times: 0.001));
        Toy.Throws<ArgumentException>("Bandwidth must be more than 0, but is 0.", () => _ml.Data.Mix(view, new CMixup { Bandwidth = 0 }, "Target"));
        Toy.Throws<ArgumentException>("Column 'Features' must be Single, Double, Boolean, a key or a text to mix rows, but is Vector<Single, 3>.", () => _ml.Data.Mix(view, new Mixup(), "Features"));
        Toy.Throws<ArgumentException>("Column 'Whole' must be Single, Double, Boolean, a key or a text to mix rows, but is Int32.", () => _ml.Data.Mix(view, new Mixup(), "Whole"));
        Toy.Throws<ArgumentException>("Column 'Text' must be Single to weigh rows, but is String.", () => _ml.Data.Mix(view, new Mixup(), "Target", "Text"));
        Toy.Throws<ArgumentException>("CMixup must mix labels of Regression, but column 'Text' is String.", () => _ml.Data.Mix(view, new CMixup(), "Text"));
        Toy.Throws<ArgumentException>("The label must be another column than those that are kept and that of weights, but is 'Target'.", () => _ml.Data.Mix(view, new Mixup(), "Target", keptColumnNames: ["Target"]));
        Toy.Throws<ArgumentException>("The data must have rows, but has none.", () => _ml.Data.Mix(View([]), new Mixup(), "Target"));
        StringAssert.StartsWith(Assert.ThrowsExactly<ArgumentException>(() => _ml.Data.Mix(view, new Mixup(), "Other")).Message, "Column 'Other' was not found");
        StringAssert.StartsWith(Assert.ThrowsExactly<ArgumentException>(() => _ml.Data.Mix(view, new Mixup(), "Target", keptColumnNames: ["Other"])).Message, "Column 'Other' was not found");
        StringAssert.StartsWith(Assert.ThrowsExactly<ArgumentException>(() => _ml.Data.Mix(view, new Mixup { Site = MixingSite.Embedding }, "Target")).Message, "mixing must mix rows as they are in a table");

        Toy.Throws<ArgumentException>("Column 'Target' must be finite, but is Infinity in row 3 (counted from 0).", () => _ml.Data.Mix(View(Rows().Select(row => { row.Target = row.Id == 3 ? float.PositiveInfinity : 1; return row; })), new Mixup(), "Target"));
        Toy.Throws<ArgumentException>("Column 'Weight' must hold weights of at least 0, but is -1 in row 3 (counted from 0).", () => _ml.Data.Mix(View(Rows().Select(row => { row.Weight = row.Id == 3 ? -1 : 1; return row; })), new Mixup(), "Target"));
        Toy.Throws<ArgumentException>("The data must have rows with a label, but column 'Target' is missing or column 'Weight' is 0 in all 60.", () => _ml.Data.Mix(View(Rows().Select(row => { row.Target = float.NaN; return row; })), new Mixup(), "Target"));
    }
}
