using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Microsoft.ML.Transforms;

namespace Retort.Tests;

/// <summary>Whole pipelines as files of ONNX and as models of ML.NET's own parts: the same columns in, the same answers out.</summary>
[TestClass]
public sealed class SaveOnnxTests
{
    private sealed class Row
    {
        public float Age { get; set; }

        public float Income { get; set; }

        public double Rate { get; set; }

        public bool Owns { get; set; }

        public string City { get; set; } = "";

        public string Job { get; set; } = "";

        public string Kind { get; set; } = "";

        public bool Paid { get; set; }

        public float Amount { get; set; }
    }

    private sealed class Bent
    {
        public float Squared { get; set; }
    }

    private static readonly string[] Cities = ["", "Bonn", "Köln", "Ulm", "Aachen"], Jobs = ["baker", "smith"], Kinds = ["red", "green", "blue"];

    private readonly MLContext _ml = new(1);

    private static Row[] Rows(int count, ulong seed)
    {
        var random = new Generator(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var row = new Row
            {
                Age = random.Uniform() < 0.1 ? float.NaN : (float)(40 + 10 * random.Normal()),
                Income = (float)Math.Exp(10 + random.Normal()),
                Rate = 1e6 + random.Normal(), // far from 0 beside its spread
                Owns = random.Uniform() < 0.5,
                City = Cities[(int)random.Below(Cities.Length)],
                Job = Jobs[(int)random.Below(Jobs.Length)],
            };
            var signal = (float.IsNaN(row.Age) ? 0 : (row.Age - 40) / 10) + (row.City == "Ulm" ? 1 : 0) + (row.Owns ? 0.5 : -0.5);
            (row.Paid, row.Amount, row.Kind) = (signal > 0, (float)(100 + 20 * signal), Kinds[signal < -0.7 ? 0 : signal < 0.7 ? 1 : 2]);
            return row;
        })];
    }

    private IEstimator<ITransformer> Prepare(bool oneHot)
    {
        var numbers = _ml.Transforms.Conversion.ConvertType("RateNumber", nameof(Row.Rate), DataKind.Single)
            .Append(_ml.Transforms.Concatenate("Numbers", nameof(Row.Age), nameof(Row.Income), "RateNumber"))
            .Append(_ml.Transforms.ReplaceMissingValues("Numbers", replacementMode: MissingValueReplacingEstimator.ReplacementMode.Mean))
            .Append(_ml.Transforms.NormalizeMeanVariance("Numbers", fixZero: false))
            .Append(_ml.Transforms.Conversion.ConvertType("OwnsNumber", nameof(Row.Owns), DataKind.Single));
        return oneHot
            ? numbers.Append(_ml.Transforms.Categorical.OneHotEncoding("CityOne", nameof(Row.City))).Append(_ml.Transforms.Categorical.OneHotEncoding("JobOne", nameof(Row.Job)))
                .Append(_ml.Transforms.Concatenate("Features", "CityOne", "Numbers", "OwnsNumber", "JobOne"))
            : numbers.Append(_ml.Transforms.Conversion.MapValueToKey("CityKey", nameof(Row.City))).Append(_ml.Transforms.Conversion.MapValueToKey("JobKey", nameof(Row.Job)))
                .Append(_ml.Transforms.Concatenate("Features", "Numbers", "OwnsNumber"));
    }

    private ITransformer Fit(LearningTask task, bool oneHot, IDataView data)
    {
        string[]? keys = oneHot ? null : ["CityKey", "JobKey"];
        var recipe = new Recipe { Network = new Mlp { Layers = 1, Width = 16 }, Epochs = 4, Calibration = task == LearningTask.Regression ? null : new TemperatureScaling() };
        return task switch
        {
            LearningTask.Binary => Prepare(oneHot).Append(_ml.BinaryClassification.Trainers.Network(recipe, labelColumnName: nameof(Row.Paid), categoryColumnNames: keys)).Fit(data),
            LearningTask.Multiclass => Prepare(oneHot).Append(_ml.Transforms.Conversion.MapValueToKey("Label", nameof(Row.Kind))).Append(_ml.MulticlassClassification.Trainers.Network(recipe, categoryColumnNames: keys)).Fit(data),
            _ => Prepare(oneHot).Append(_ml.Regression.Trainers.Network(recipe, labelColumnName: nameof(Row.Amount), categoryColumnNames: keys)).Fit(data),
        };
    }

    [TestMethod]
    [DataRow(LearningTask.Binary, false), DataRow(LearningTask.Binary, true), DataRow(LearningTask.Multiclass, false), DataRow(LearningTask.Multiclass, true), DataRow(LearningTask.Regression, false), DataRow(LearningTask.Regression, true)]
    public void ONNX_Runtime_scores_the_columns_of_the_data_as_the_pipeline_does(LearningTask task, bool oneHot)
    {
        var (train, rows) = (_ml.Data.LoadFromEnumerable(Rows(300, 1)), Rows(50, 2));
        rows[0].City = "never seen";
        var model = Fit(task, oneHot, train);
        using var file = new MemoryStream();
        _ml.Model.SaveOnnx(model, train, file);

        using var session = new InferenceSession(file.ToArray());
        var given = session.InputMetadata.Keys.Select(name => name switch
        {
            nameof(Row.Rate) => NamedOnnxValue.CreateFromTensor(name, Column(row => row.Rate)),
            nameof(Row.Owns) => NamedOnnxValue.CreateFromTensor(name, Column(row => row.Owns)),
            nameof(Row.City) => NamedOnnxValue.CreateFromTensor(name, Column(row => row.City)),
            nameof(Row.Job) => NamedOnnxValue.CreateFromTensor(name, Column(row => row.Job)),
            nameof(Row.Age) => NamedOnnxValue.CreateFromTensor(name, Column(row => row.Age)),
            _ => NamedOnnxValue.CreateFromTensor(name, Column(row => row.Income)),
        }).ToArray();
        CollectionAssert.AreEquivalent(new[] { "Age", "Income", "Rate", "Owns", "City", "Job" }, session.InputMetadata.Keys.ToArray()); // neither labels nor what the pipeline makes
        using var found = session.Run(given);
        var scored = model.Transform(_ml.Data.LoadFromEnumerable(rows));
        var expected = task == LearningTask.Multiclass ? scored.GetColumn<float[]>("Score").SelectMany(score => score) : scored.GetColumn<float>("Score");
        Same(expected, found.First(output => output.Name == "Score").AsEnumerable<float>());
        if (task == LearningTask.Binary)
        {
            Same(scored.GetColumn<float>("Probability"), found.First(output => output.Name == "Probability").AsEnumerable<float>());
            CollectionAssert.AreEqual(scored.GetColumn<bool>("PredictedLabel").ToArray(), found.First(output => output.Name == "PredictedLabel").AsEnumerable<bool>().ToArray());
        }

        if (task == LearningTask.Multiclass)
            CollectionAssert.AreEqual(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(scored).Transform(scored).GetColumn<string>("PredictedLabel").ToArray(),
                found.First(output => output.Name == "PredictedLabel").AsEnumerable<string>().ToArray());

        DenseTensor<T> Column<T>(Func<Row, T> value) => new(rows.Select(value).ToArray(), [rows.Length, 1]);
    }

    [TestMethod]
    [DataRow(LearningTask.Binary, false), DataRow(LearningTask.Multiclass, true), DataRow(LearningTask.Regression, false)]
    public void A_portable_model_holds_nothing_of_ours_and_evaluates_alike(LearningTask task, bool oneHot)
    {
        var (train, test) = (_ml.Data.LoadFromEnumerable(Rows(300, 1)), _ml.Data.LoadFromEnumerable(Rows(100, 2)));
        var model = Fit(task, oneHot, train);
        using var file = new MemoryStream();
        _ml.Model.SavePortable(model, train, file);

        using var scratch = new Scratch();
        var other = scratch.Context();
        var portable = other.Model.Load(new MemoryStream(file.ToArray()), out _);
        foreach (var part in (IEnumerable<ITransformer>)portable)
            Assert.IsFalse(part.GetType().Assembly.GetName().Name!.StartsWith("Retort", StringComparison.Ordinal), part.GetType().FullName);
        var (before, after) = (model.Transform(test), portable.Transform(test));
        switch (task)
        {
            case LearningTask.Binary:
                var (own, there) = (_ml.BinaryClassification.Evaluate(before, nameof(Row.Paid)), other.BinaryClassification.Evaluate(after, nameof(Row.Paid)));
                Same([(float)own.LogLoss, (float)own.Accuracy, (float)own.AreaUnderRocCurve], [(float)there.LogLoss, (float)there.Accuracy, (float)there.AreaUnderRocCurve]);
                Same(before.GetColumn<float>("Probability"), after.GetColumn<float>("Probability"));
                break;
            case LearningTask.Multiclass:
                var keyed = other.Transforms.Conversion.MapValueToKey("Label", nameof(Row.Kind), keyData: _ml.Data.LoadFromEnumerable(Names(before))).Fit(after).Transform(after);
                Same([(float)_ml.MulticlassClassification.Evaluate(before).LogLoss], [(float)other.MulticlassClassification.Evaluate(keyed).LogLoss]);
                Same(before.GetColumn<float[]>("Score").SelectMany(score => score), after.GetColumn<float[]>("Score").SelectMany(score => score));
                CollectionAssert.AreEqual(before.GetColumn<uint>("PredictedLabel").ToArray(), after.GetColumn<uint>("PredictedLabel").ToArray());
                CollectionAssert.AreEqual(Names(before).Select(name => name.Value).ToArray(), Names(after).Select(name => name.Value).ToArray());
                break;
            default:
                Same([(float)_ml.Regression.Evaluate(before, nameof(Row.Amount)).RootMeanSquaredError], [(float)other.Regression.Evaluate(after, nameof(Row.Amount)).RootMeanSquaredError]);
                break;
        }
    }

    private sealed class Name
    {
        public string Value { get; set; } = "";
    }

    private static Name[] Names(IDataView view)
    {
        var names = default(VBuffer<ReadOnlyMemory<char>>);
        view.Schema["PredictedLabel"].GetKeyValues(ref names);
        return [.. names.DenseValues().Select(name => new Name { Value = name.ToString() })];
    }

    [TestMethod]
    public void A_step_that_bends_numbers_is_refused_by_column()
    {
        var data = _ml.Data.LoadFromEnumerable(Rows(300, 1));
        var model = _ml.Transforms.CustomMapping<Row, Bent>((row, bent) => bent.Squared = row.Income * row.Income, null).Append(_ml.Transforms.Concatenate("Features", nameof(Bent.Squared)))
            .Append(_ml.BinaryClassification.Trainers.Network(new Recipe { Network = new LinearNetwork(), Epochs = 1 }, labelColumnName: nameof(Row.Paid))).Fit(data);
        var message = Assert.ThrowsExactly<NotSupportedException>(() => _ml.Model.SaveOnnx(model, data, new MemoryStream())).Message;
        StringAssert.Contains(message, "'Income'");
    }

    [TestMethod]
    public void A_model_without_a_network_is_refused() =>
        Assert.ThrowsExactly<ArgumentException>(() => _ml.Model.SaveOnnx(_ml.Transforms.CopyColumns("a", "Age").Fit(_ml.Data.LoadFromEnumerable(Rows(3, 1))), _ml.Data.LoadFromEnumerable(Rows(3, 1)), new MemoryStream()));

    private static void Same(IEnumerable<float> expected, IEnumerable<float> actual)
    {
        var (a, b) = (expected.ToArray(), actual.ToArray());
        Assert.AreEqual(a.Length, b.Length);
        for (var i = 0; i < a.Length; i++)
            Assert.AreEqual(a[i], b[i], 2e-5 * Math.Max(1, Math.Abs(a[i])), $"{i}");
    }
}
