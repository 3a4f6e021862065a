using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

namespace Retort.Tests;

/// <summary>A teacher scores the same rows once.</summary>
[TestClass, DoNotParallelize]
public sealed class ScoreCacheTests
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly string _folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    private sealed class Input
    {
        public float Value { get; set; }
    }

    private sealed class Output
    {
        public float Score { get; set; }
    }

    /// <summary>A model that can be saved and counts the rows that it scores.</summary>
    [CustomMappingFactoryAttribute("counted")]
    private sealed class Counted : CustomMappingFactory<Input, Output>
    {
        public static int Rows { get; set; }

        public override Action<Input, Output> GetMapping() => (input, output) =>
        {
            Rows++;
            output.Score = 2 * input.Value;
        };
    }

    private sealed class Row
    {
        public float Value { get; set; }

        public float Label { get; set; }

        [VectorType(2)]
        public float[] Features { get; set; } = [1, 2];

        public DateTime Day { get; set; }
    }

    private static Row[] Rows(int count = 5) => [.. Enumerable.Range(0, count).Select(i => new Row { Value = i, Label = i })];

    private IDataView View(params Row[] rows) => _ml.Data.LoadFromEnumerable(rows);

    private ITransformer Model(string contract = "counted")
    {
        Counted.Rows = 0;
        return _ml.Transforms.CustomMapping(new Counted().GetMapping(), contract).Fit(View(Rows()));
    }

    [TestCleanup]
    public void Remove()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    private float[] Read(IDataView view, ITransformer model, string label = "Label", IDataView? unlabeled = null)
    {
        using var channel = ((IHostEnvironment)_ml).Register("test").Start("test");
        var reading = new TeacherReading { Cache = new ScoreCache(_folder, () => { }), KeepsUnlabeled = true, Unlabeled = unlabeled };
        using var data = new DatasetReader(new(label, "Features", null, [], null), LearningTask.Regression, channel, () => { }).Read(view, Teacher.Of(model), null, reading).Rows;
        return Memory.Of<float>(data.Teacher!).ToArray();
    }

    private string File => Directory.GetFiles(_folder).Single();

    [TestMethod]
    public void The_second_time_the_teacher_is_not_asked()
    {
        var log = Toy.Log(_ml);
        var model = Model();
        CollectionAssert.AreEqual(new[] { 0f, 2, 4, 6, 8 }, Read(View(Rows()), model));
        Assert.AreEqual(5, Counted.Rows);
        CollectionAssert.AreEqual(new[] { 0f, 2, 4, 6, 8 }, Read(View(Rows()), model));
        Assert.AreEqual(5, Counted.Rows);
        CollectionAssert.Contains(log, $"Info: The teacher's scores were written to '{File}'.");
        CollectionAssert.Contains(log, $"Info: The teacher's scores were read from '{File}'.");
    }

    [TestMethod]
    public void Two_fits_ask_it_once()
    {
        var model = Model();
        var recipe = Toy.Quick with { HoldOut = 0 };
        var trainer = _ml.Regression.Trainers.Network(recipe, Teacher.Of(model).CachedIn(_folder));
        var weights = trainer.Fit(View(Rows(40))).Fitted.Parameters;
        Assert.AreEqual(40, Counted.Rows);
        CollectionAssert.AreEqual(weights, trainer.Fit(View(Rows(40))).Fitted.Parameters);
        Assert.AreEqual(40, Counted.Rows);
    }

    [TestMethod]
    public void Beside_a_checkpoint_scores_are_kept_by_themselves()
    {
        Directory.CreateDirectory(_folder);
        var checkpoint = new Checkpoint(Path.Combine(_folder, "run"));
        var model = Model();
        for (var run = 0; run < 2; run++)
            _ml.Regression.Trainers.Network(Toy.Quick with { HoldOut = 0 }, Teacher.Of(model), checkpoint: checkpoint).Fit(View(Rows(40)));
        Assert.AreEqual(40, Counted.Rows);
        StringAssert.EndsWith(File, ".scores");
    }

    [TestMethod]
    public void Columns_that_the_teacher_does_not_read_may_change()
    {
        var model = Model();
        Read(View(Rows()), model);
        var other = Rows();
        other[1].Label = 7;
        other[2].Features = [3, 4];
        Read(View(other), model);
        Assert.AreEqual(5, Counted.Rows);
    }

    [TestMethod]
    public void Other_values_fewer_rows_or_another_model_are_scored_anew()
    {
        var model = Model();
        Read(View(Rows()), model);
        var other = Rows();
        other[4].Value = 5;
        CollectionAssert.AreEqual(new[] { 0f, 2, 4, 6, 10 }, Read(View(other), model));
        Assert.AreEqual(10, Counted.Rows);
        Read(View(Rows()[..3]), model);
        Assert.AreEqual(13, Counted.Rows);
        Read(View(Rows()), _ml.Transforms.CustomMapping(new Counted().GetMapping(), "another").Fit(View(Rows())));
        Assert.AreEqual(18, Counted.Rows);
        Assert.AreEqual(4, Directory.GetFiles(_folder).Length);
    }

    [TestMethod]
    public void Rows_without_a_label_are_in_the_file_whoever_wants_them()
    {
        var model = Model();
        var rows = Rows();
        rows[1].Label = float.NaN;
        using (var channel = ((IHostEnvironment)_ml).Register("test").Start("test"))
        {
            var reading = new TeacherReading { Cache = new ScoreCache(_folder, () => { }) };
            using var data = new DatasetReader(new("Label", "Features", null, [], null), LearningTask.Regression, channel, () => { }).Read(View(rows), Teacher.Of(model), null, reading).Rows;
            CollectionAssert.AreEqual(new[] { 0f, 4, 6, 8 }, Memory.Of<float>(data.Teacher!).ToArray());
        }

        CollectionAssert.AreEqual(new[] { 0f, 2, 4, 6, 8 }, Read(View(rows), model));
        Assert.AreEqual(5, Counted.Rows);
    }

    [TestMethod]
    public void A_second_view_has_a_file_of_its_own()
    {
        var model = Model();
        var more = Rows(8)[5..];
        for (var time = 0; time < 2; time++)
            CollectionAssert.AreEqual(new[] { 0f, 2, 4, 6, 8, 10, 12, 14 }, Read(View(Rows()), model, unlabeled: View(more)));
        Assert.AreEqual(8, Counted.Rows);
        Assert.AreEqual(2, Directory.GetFiles(_folder).Length);
    }

    [TestMethod]
    [DataRow(0), DataRow(9), DataRow(20), DataRow(50), DataRow(60), DataRow(90), DataRow(-1)]
    public void A_damaged_file_is_made_anew(int place)
    {
        var log = Toy.Log(_ml);
        var model = Model();
        Read(View(Rows()), model);
        var bytes = System.IO.File.ReadAllBytes(File);
        if (place < 0)
            Array.Resize(ref bytes, bytes.Length - 1);
        else
            bytes[place] ^= 1;
        System.IO.File.WriteAllBytes(File, bytes);
        CollectionAssert.AreEqual(new[] { 0f, 2, 4, 6, 8 }, Read(View(Rows()), model));
        Assert.AreEqual(10, Counted.Rows);
        CollectionAssert.Contains(log, $"Warning: The teacher's scores in '{File}' are damaged; they are made anew.");
        Read(View(Rows()), model);
        Assert.AreEqual(10, Counted.Rows);
    }

    [TestMethod]
    public void A_run_that_ends_early_leaves_no_file()
    {
        var rows = Rows();
        rows[3].Features = [float.NaN, 0];
        var model = Model();
        Assert.ThrowsExactly<ArgumentException>(() => Read(View(rows), model));
        Assert.AreEqual(0, Directory.GetFiles(_folder).Length);
    }

    [TestMethod]
    public void A_model_that_cannot_be_saved_is_asked_every_time()
    {
        var log = Toy.Log(_ml);
        var model = _ml.Transforms.CustomMapping(new Counted().GetMapping(), null).Fit(View(Rows()));
        Counted.Rows = 0;
        Read(View(Rows()), model);
        Read(View(Rows()), model);
        Assert.AreEqual(10, Counted.Rows);
        Assert.IsFalse(Directory.Exists(_folder));
        Assert.IsTrue(log.Any(line => line.StartsWith("Info: The teacher's scores are not kept: ", StringComparison.Ordinal)), string.Join('\n', log));
    }

    private sealed class Dated
    {
        public DateTime Day { get; set; }
    }

    [TestMethod]
    public void Columns_of_unusual_types_are_not_compared()
    {
        var log = Toy.Log(_ml);
        var model = _ml.Transforms.CustomMapping<Dated, Output>((day, output) => output.Score = day.Day.Day, "dated").Fit(View(Rows()));
        Read(View(Rows()), model);
        Assert.IsTrue(log.Any(line => line.StartsWith("Info: The teacher's scores are not kept: it reads column 'Day' of type ", StringComparison.Ordinal)), string.Join('\n', log));
    }

    [TestMethod]
    public void A_folder_that_cannot_be_written_costs_the_cache_alone()
    {
        var log = Toy.Log(_ml);
        System.IO.File.WriteAllText(_folder, "a file in the folder's place");
        try
        {
            CollectionAssert.AreEqual(new[] { 0f, 2, 4, 6, 8 }, Read(View(Rows()), Model()));
        }
        finally
        {
            System.IO.File.Delete(_folder);
        }

        Assert.IsTrue(log.Any(line => line.StartsWith($"Warning: The teacher's scores cannot be kept in '{_folder}': ", StringComparison.Ordinal)), string.Join('\n', log));
    }

    [TestMethod]
    public void Every_usual_type_changes_the_hash()
    {
        var rows = Toy.Rows(6);
        var hashes = new HashSet<string> { Hash(rows) };
        foreach (var change in new Action<List<Toy.Row>>[]
                 {
                     all => all[5].Flag ^= true, all => all[2].Value++, all => all[3].Features[1]++, all => all[0].Name = "another", all => all[3].Words[0] = "another", all => all[1].Number++,
                     all => all[4].Color = "pale", all => all.RemoveAt(5), all => all.Reverse(),
                 })
        {
            var changed = Toy.Rows(6);
            change(changed);
            Assert.IsTrue(hashes.Add(Hash(changed)));
        }

        Assert.IsFalse(hashes.Add(Hash(Toy.Rows(6))));

        string Hash(List<Toy.Row> some)
        {
            var view = Toy.Keyed(_ml, some);
            return Convert.ToHexString(ViewHash.Of(view, view.Schema.Where(column => !column.IsHidden).Select(column => column.Index), () => { }));
        }
    }

    [TestMethod]
    public void A_saved_model_has_the_same_hash_at_another_time()
    {
        var keyed = Toy.Keyed(_ml, Toy.Rows(30));
        var (one, other) = (Toy.Multiclass(_ml, keyed), _ml.MulticlassClassification.Trainers.Network(Toy.Quick with { Seed = 3 }).Fit(keyed));
        CollectionAssert.AreEqual(ModelHash.Of(one), ModelHash.Of(one));
        CollectionAssert.AreNotEqual(ModelHash.Of(one), ModelHash.Of(other));
        using var file = new MemoryStream();
        _ml.Model.Save(one, null, file);
        var hash = ModelHash.OfFile(file);
        CollectionAssert.AreEqual(ModelHash.Of(one), hash);
        var bytes = file.ToArray();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Update, leaveOpen: true))
            foreach (var entry in zip.Entries)
                entry.LastWriteTime = new(2001, 1, 1, 0, 0, 0, TimeSpan.Zero);
        CollectionAssert.AreNotEqual(bytes, file.ToArray());
        CollectionAssert.AreEqual(hash, ModelHash.OfFile(file));
    }

    [TestMethod]
    public void Networks_and_pipelines_are_kept_too()
    {
        var log = Toy.Log(_ml);
        var keyed = Toy.Keyed(_ml, Toy.Rows(60));
        var teacher = _ml.Transforms.NormalizeMinMax("Features").Append(_ml.MulticlassClassification.Trainers.Network(Toy.Quick)).Fit(keyed);
        var trainer = _ml.MulticlassClassification.Trainers.Network(Toy.Quick, Teacher.Of(teacher).CachedIn(_folder));
        CollectionAssert.AreEqual(trainer.Fit(keyed).Fitted.Parameters, trainer.Fit(keyed).Fitted.Parameters);
        CollectionAssert.AreEqual(
            _ml.MulticlassClassification.Trainers.Network(Toy.Quick, Teacher.Of(teacher)).Fit(keyed).Fitted.Parameters, trainer.Fit(keyed).Fitted.Parameters);
        Assert.AreEqual(2, log.Count(line => line == $"Info: The teacher's scores were read from '{File}'."));
    }

    [TestMethod]
    public void A_folder_must_have_a_name() => Assert.ThrowsExactly<ArgumentException>(() => Teacher.Self().CachedIn(" "));
}
