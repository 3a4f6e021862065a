using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort.Tests;

/// <summary>A cursor that runs ahead must not be told from one that does not.</summary>
[TestClass]
public sealed class ScoringTests
{
    private readonly MLContext _ml = new(seed: 1);

    private sealed class Scored
    {
        public string Name { get; set; } = "";

        public string[] Words { get; set; } = [];

        public float[] Features { get; set; } = [];

        public int Number { get; set; }

        public uint Label { get; set; }

        public uint PredictedLabel { get; set; }

        public float[] Score { get; set; } = [];
    }

    private sealed class Scores
    {
        public float[] Score { get; set; } = [];
    }

    private List<Scored> Read(IDataView view) => [.. _ml.Data.CreateEnumerable<Scored>(view, reuseRowObject: false)];

    private static void AreRows(IEnumerable<Toy.Row> expected, List<Scored> actual)
    {
        CollectionAssert.AreEqual(expected.Select(row => row.Name).ToArray(), actual.Select(row => row.Name).ToArray());
        foreach (var (row, scored) in expected.Zip(actual))
        {
            Assert.AreEqual(row.Number, scored.Number);
            CollectionAssert.AreEqual(row.Words, scored.Words);
            CollectionAssert.AreEqual(row.Features, scored.Features);
        }
    }

    [TestMethod]
    [DataRow(0), DataRow(1), DataRow(2), DataRow(9), DataRow(10), DataRow(73), DataRow(74), DataRow(1097), DataRow(1098), DataRow(3000)]
    public void Every_row_comes_once_and_in_order_with_its_own_columns(int count)
    {
        var model = Toy.Multiclass(_ml, Toy.Keyed(_ml, Toy.Rows(60)));
        var rows = Toy.Rows(3000).Take(count).ToList();
        var all = Toy.Keyed(_ml, Toy.Rows(3000));
        var keyed = count == 0 ? _ml.Data.SkipRows(all, 3000) : _ml.Data.TakeRows(all, count);
        AreRows(rows, Read(model.Transform(keyed)));
    }

    [TestMethod]
    public void Blocks_and_single_rows_score_alike()
    {
        var rows = Toy.Rows(200);
        var keyed = Toy.Keyed(_ml, rows);
        var model = Toy.Multiclass(_ml, keyed);
        var engine = _ml.Model.CreatePredictionEngine<Toy.Row, Scores>(model);
        foreach (var (row, scored) in rows.Zip(Read(model.Transform(keyed))))
        {
            var single = engine.Predict(row).Score;
            Assert.AreEqual(1, scored.Score.Sum(), 1e-5);
            for (var i = 0; i < single.Length; i++)
                Assert.AreEqual(scored.Score[i], single[i], 1e-5);
            Assert.AreEqual((uint)Array.IndexOf(scored.Score, scored.Score.Max()) + 1, scored.PredictedLabel);
        }
    }

    [TestMethod]
    public void Rows_stay_whole_when_shuffled_cached_filtered_and_cut()
    {
        var rows = Toy.Rows(1500);
        var keyed = Toy.Keyed(_ml, rows);
        var model = Toy.Multiclass(_ml, keyed);
        var plain = Read(model.Transform(keyed)).ToDictionary(row => row.Name);

        IDataView[] views =
        [
            model.Transform(_ml.Data.ShuffleRows(keyed, seed: 3)),
            _ml.Data.ShuffleRows(model.Transform(keyed), seed: 3),
            _ml.Data.Cache(model.Transform(keyed)),
            model.Transform(_ml.Data.Cache(keyed)),
            _ml.Data.TakeRows(model.Transform(keyed), 1),
            _ml.Data.SkipRows(model.Transform(keyed), 70),
            _ml.Data.FilterRowsByColumn(model.Transform(keyed), nameof(Toy.Row.Value), 4, 7),
            model.Transform(_ml.Data.FilterRowsByColumn(keyed, nameof(Toy.Row.Value), 4, 7)),
        ];
        foreach (var view in views)
        {
            var read = Read(view);
            Assert.AreNotEqual(0, read.Count);
            AreRows(read.Select(row => rows[row.Number]), read);
            foreach (var row in read)
                foreach (var (expected, actual) in plain[row.Name].Score.Zip(row.Score))
                    Assert.AreEqual(expected, actual, 1e-5); // a block of another size may round otherwise
        }
    }

    [TestMethod]
    public void Several_cursors_at_once_do_not_meet()
    {
        var keyed = Toy.Keyed(_ml, Toy.Rows(500));
        var view = Toy.Multiclass(_ml, keyed).Transform(keyed);
        var (score, number) = (view.Schema["Score"], view.Schema[nameof(Toy.Row.Number)]);
        using var first = view.GetRowCursor([score, number]);
        using var second = view.GetRowCursor([score, number]);
        var (scores, numbers) = (new[] { first, second }.Select(c => c.GetGetter<VBuffer<float>>(score)).ToArray(), new[] { first, second }.Select(c => c.GetGetter<int>(number)).ToArray());
        for (var i = 0; i < 100; i++)
            Assert.IsTrue(second.MoveNext());
        for (var i = 0; i < 400; i++)
        {
            Assert.IsTrue(first.MoveNext() && second.MoveNext());
            var (a, b) = (0, 0);
            numbers[0](ref a);
            numbers[1](ref b);
            Assert.AreEqual((i, i + 100), (a, b));
        }

        var (last, earlier) = (default(VBuffer<float>), default(VBuffer<float>));
        scores[1](ref last);
        scores[0](ref earlier);
        CollectionAssert.AreNotEqual(last.DenseValues().ToArray(), earlier.DenseValues().ToArray());
    }

    [TestMethod]
    public void Position_batch_and_id_are_those_of_the_row_that_is_served()
    {
        var keyed = Toy.Keyed(_ml, Toy.Rows(300));
        var view = Toy.Multiclass(_ml, keyed).Transform(keyed);
        using var cursor = view.GetRowCursor([view.Schema["Score"]]);
        using var source = keyed.GetRowCursor([]);
        var (id, sourceId) = (cursor.GetIdGetter(), source.GetIdGetter());
        Assert.AreEqual(-1, cursor.Position);
        while (source.MoveNext())
        {
            Assert.IsTrue(cursor.MoveNext());
            DataViewRowId a = default, b = default;
            id(ref a);
            sourceId(ref b);
            Assert.AreEqual((source.Position, source.Batch, b), (cursor.Position, cursor.Batch, a));
        }

        Assert.IsFalse(cursor.MoveNext());
        Assert.IsFalse(cursor.MoveNext());
        Assert.AreEqual(-1, cursor.Position);
    }

    [TestMethod]
    public void A_value_that_was_read_outlives_the_row()
    {
        var keyed = Toy.Keyed(_ml, Toy.Rows(100));
        var view = Toy.Multiclass(_ml, keyed).Transform(keyed);
        var column = view.Schema[nameof(Toy.Row.Words)];
        using var cursor = view.GetRowCursor([column, view.Schema["Score"]]);
        var get = cursor.GetGetter<VBuffer<ReadOnlyMemory<char>>>(column);
        var kept = new List<VBuffer<ReadOnlyMemory<char>>>();
        while (cursor.MoveNext())
        {
            VBuffer<ReadOnlyMemory<char>> words = default;
            get(ref words);
            kept.Add(words);
        }

        foreach (var (row, words) in Toy.Rows(100).Zip(kept))
            CollectionAssert.AreEqual(row.Words, words.DenseValues().Select(word => word.ToString()).ToArray());
    }

    [TestMethod]
    public void Only_wanted_columns_are_active()
    {
        var keyed = Toy.Keyed(_ml, Toy.Rows(30));
        var view = Toy.Multiclass(_ml, keyed).Transform(keyed);
        var (score, name) = (view.Schema["Score"], view.Schema[nameof(Toy.Row.Name)]);

        using var scoring = view.GetRowCursor([score]);
        Assert.IsTrue(scoring.IsColumnActive(score));
        Assert.IsFalse(scoring.IsColumnActive(name));
        Toy.Throws<InvalidOperationException>("Column 'Name' must be active to be read, but is not.", () => scoring.GetGetter<ReadOnlyMemory<char>>(name));
        Toy.Throws<InvalidOperationException>("Column 'Score' must be read as Microsoft.ML.Data.VBuffer`1[System.Single], but was asked for as System.Single.", () => scoring.GetGetter<float>(score));
        var get = scoring.GetGetter<VBuffer<float>>(score);
        var value = default(VBuffer<float>);
        Toy.Throws<InvalidOperationException>("The cursor must stand on a row to be read, but is before the first or behind the last.", () => get(ref value));

        using var passing = view.GetRowCursor([name]);
        Toy.Throws<InvalidOperationException>("Column 'Score' must be active to be read, but is not.", () => passing.GetGetter<VBuffer<float>>(score));
        Assert.IsTrue(passing.MoveNext());
    }

    [TestMethod]
    public void A_set_of_cursors_is_one_cursor()
    {
        var keyed = Toy.Keyed(_ml, Toy.Rows(30));
        var view = Toy.Multiclass(_ml, keyed).Transform(keyed);
        Assert.AreEqual(1, view.GetRowCursorSet([view.Schema["Score"]], 4).Length);
    }

    [TestMethod]
    public void A_row_with_NaN_has_no_predicted_label()
    {
        var model = Toy.Multiclass(_ml, Toy.Keyed(_ml, Toy.Rows(30)));
        var rows = Toy.Rows(30);
        rows[4].Features[2] = float.NaN;
        var scored = Read(model.Transform(Toy.Keyed(_ml, rows)));
        Assert.AreEqual(0u, scored[4].PredictedLabel);
        Assert.AreNotEqual(0u, scored[5].PredictedLabel);
    }

    [TestMethod]
    public void Sparse_features_score_like_dense_ones()
    {
        var model = Toy.Multiclass(_ml, Toy.Keyed(_ml, Toy.Rows(60)));
        var rows = Toy.Rows(5);
        foreach (var row in rows)
            (row.Features[1], row.Features[3]) = (0, 0);
        var dense = Toy.Keyed(_ml, rows);
        var schema = SchemaDefinition.Create(typeof(SparseRow));
        schema[nameof(SparseRow.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Toy.Features);
        var sparse = _ml.Data.LoadFromEnumerable(rows.Select(row => new SparseRow { Features = new VBuffer<float>(4, 2, [row.Features[0], row.Features[2]], [0, 2]) }), schema);

        var expected = model.Transform(dense).GetColumn<float[]>("Score").ToArray();
        var actual = model.Transform(sparse).GetColumn<float[]>("Score").ToArray();
        for (var i = 0; i < 5; i++)
            CollectionAssert.AreEqual(expected[i], actual[i]);
    }

    [TestMethod]
    public void The_first_row_asks_the_source_for_no_more_than_it_needs()
    {
        var model = Toy.Multiclass(_ml, Toy.Keyed(_ml, Toy.Rows(60)));
        var read = 0;
        var view = _ml.Data.LoadFromEnumerable(Toy.Rows(3000).Select(row =>
        {
            read++;
            return row;
        }));
        using var cursor = model.Transform(view).GetRowCursor(model.GetOutputSchema(view.Schema));
        Assert.IsTrue(cursor.MoveNext());
        Assert.IsLessThanOrEqualTo(2, read);
        for (var i = 0; i < 9; i++)
            Assert.IsTrue(cursor.MoveNext());
        Assert.IsLessThanOrEqualTo(1 + 8 + 64 + 1, read);
    }

    [TestMethod]
    public void A_row_takes_no_memory()
    {
        var model = Toy.Multiclass(_ml, Toy.Keyed(_ml, Toy.Rows(60)));
        var view = Toy.View(_ml, Toy.Rows(20_000));
        var scored = model.Transform(view);
        using var blocks = scored.GetRowCursor([scored.Schema["Score"]]);
        Assert.IsLessThan(8, PerRow(blocks, blocks));

        using var source = view.GetRowCursor([view.Schema["Features"]]);
        using var row = model.GetRowToRowMapper(view.Schema).GetRow(source, [scored.Schema["Score"]]);
        Assert.IsLessThan(8, PerRow(source, row));

        // after a warm-up, the bytes that a row takes
        double PerRow(DataViewRowCursor cursor, DataViewRow row)
        {
            var get = row.GetGetter<VBuffer<float>>(scored.Schema["Score"]);
            VBuffer<float> score = default;
            void Advance()
            {
                Assert.IsTrue(cursor.MoveNext());
                get(ref score);
            }

            for (var i = 0; i < 5_000; i++)
                Advance();
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 10_000; i++)
                Advance();
            return (GC.GetAllocatedBytesForCurrentThread() - before) / 10_000.0;
        }
    }

    private sealed class SparseRow
    {
        public VBuffer<float> Features;
    }

    [TestMethod]
    public void A_schema_that_does_not_fit_is_refused()
    {
        var model = Toy.Multiclass(_ml, Toy.Keyed(_ml, Toy.Rows(30)));
        var none = _ml.Data.LoadFromEnumerable([new { Other = 1f, More = "x" }]);
        Toy.Throws<ArgumentException>("Column 'Features' was not found; the data has 'Other', 'More'.", () => model.Transform(none));
        var narrow = _ml.Transforms.Concatenate("Features", "A", "B").Fit(_ml.Data.LoadFromEnumerable([new { A = 1f, B = 2f }])).Transform(_ml.Data.LoadFromEnumerable([new { A = 1f, B = 2f }]));
        Toy.Throws<ArgumentException>("Column 'Features' must have 4 values as in training, but has 2.", () => model.GetOutputSchema(narrow.Schema));
    }
}
