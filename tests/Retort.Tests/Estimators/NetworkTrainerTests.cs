using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort.Tests;

/// <summary>A network among ML.NET's own components.</summary>
[TestClass]
public sealed class NetworkTrainerTests
{
    private readonly MLContext _ml = new(seed: 1);

    private static float[] Parameters(NetworkTransformer model) => model.Model.Fitted.Parameters;

    [TestMethod]
    public void Multiclass_scores_are_evaluated_and_mapped_back()
    {
        var view = Toy.View(_ml, Toy.Rows(150));
        var pipeline = _ml.Transforms.Conversion.MapValueToKey("Label", "Class")
            .Append(_ml.MulticlassClassification.Trainers.Network(Toy.Quick))
            .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        var scored = pipeline.Fit(view).Transform(view);
        Assert.IsGreaterThan(0.9, _ml.MulticlassClassification.Evaluate(scored).MacroAccuracy);
        CollectionAssert.IsSubsetOf(scored.GetColumn<string>("PredictedLabel").Distinct().ToArray(), new[] { "red", "green", "blue" });
    }

    [TestMethod]
    public void Binary_scores_are_evaluated()
    {
        var view = Toy.View(_ml, Toy.Rows(150));
        var scored = _ml.BinaryClassification.Trainers.Network(Toy.Quick, labelColumnName: "Flag").Fit(view).Transform(view);
        Assert.IsGreaterThan(0.9, _ml.BinaryClassification.Evaluate(scored, "Flag").AreaUnderRocCurve);
        Assert.IsGreaterThan(0.9, _ml.BinaryClassification.EvaluateNonCalibrated(scored, "Flag").AreaUnderRocCurve);
        foreach (var (score, probability) in scored.GetColumn<float>("Score").Zip(scored.GetColumn<float>("Probability")))
            Assert.AreEqual(1 / (1 + Math.Exp(-score)), probability, 1e-5);
        CollectionAssert.AreEqual(scored.GetColumn<float>("Score").Select(score => score > 0).ToArray(), scored.GetColumn<bool>("PredictedLabel").ToArray());
    }

    [TestMethod]
    public void Regression_scores_are_evaluated()
    {
        var view = Toy.View(_ml, Toy.Rows(150));
        var scored = _ml.Regression.Trainers.Network(Toy.Quick with { Epochs = 60 }, labelColumnName: "Value").Fit(view).Transform(view);
        Assert.IsGreaterThan(0.5, _ml.Regression.Evaluate(scored, "Value").RSquared);
    }

    [TestMethod]
    public void Cross_validation_fits_again_and_again()
    {
        var view = Toy.View(_ml, Toy.Rows(120));
        var trainer = _ml.MulticlassClassification.Trainers.Network(Toy.Quick);
        var folds = _ml.MulticlassClassification.CrossValidate(view, _ml.Transforms.Conversion.MapValueToKey("Label", "Class").Append(trainer), 3);
        Assert.AreEqual(3, folds.Count);
        Assert.IsTrue(folds.All(fold => fold.Metrics.MacroAccuracy > 0.5));
    }

    [TestMethod]
    public void Features_are_permuted_in_both_ways()
    {
        var keyed = _ml.Transforms.Conversion.MapValueToKey("Label", "Class")
            .Append(_ml.Transforms.Concatenate("Features", "Value", "Weight"));
        var view = Toy.View(_ml, Toy.Rows(90));
        var prepared = keyed.Fit(view).Transform(view);
        var model = _ml.MulticlassClassification.Trainers.Network(Toy.Quick).Fit(prepared);

        Assert.AreEqual(2, _ml.MulticlassClassification.PermutationFeatureImportance(model, prepared).Length);
        var byName = _ml.MulticlassClassification.PermutationFeatureImportance((ITransformer)model, prepared);
        CollectionAssert.AreEquivalent(new[] { "Value", "Weight" }, byName.Keys.ToArray());
        Assert.AreEqual(0, byName["Weight"].MacroAccuracy.Mean, 1e-9); // constant: its permutation changes nothing
    }

    [TestMethod]
    public void Schemas_before_and_after_training_agree()
    {
        var view = Toy.View(_ml, Toy.Rows(60));
        Agree(_ml.Transforms.Conversion.MapValueToKey("Label", "Class").Append(_ml.MulticlassClassification.Trainers.Network(Toy.Quick)), view);
        Agree(_ml.Transforms.CopyColumns("Label", "Flag").Append(_ml.BinaryClassification.Trainers.Network(Toy.Quick)), view);
        Agree(_ml.Transforms.CopyColumns("Label", "Value").Append(_ml.Regression.Trainers.Network(Toy.Quick)), view);

        static void Agree<T>(IEstimator<T> pipeline, IDataView view) where T : ITransformer
        {
            var before = pipeline.GetOutputSchema(Interop.Shape(view.Schema));
            var after = Interop.Shape(pipeline.Fit(view).GetOutputSchema(view.Schema));
            foreach (var column in after)
            {
                var promised = before.Single(c => c.Name == column.Name);
                Assert.AreEqual((column.Kind, column.ItemType, column.IsKey), (promised.Kind, promised.ItemType, promised.IsKey), column.Name);
                if (column.Name is "Score" or "Probability" or "PredictedLabel")
                    CollectionAssert.AreEquivalent(column.Annotations.Select(a => a.Name).ToArray(), promised.Annotations.Select(a => a.Name).ToArray(), column.Name);
            }
        }
    }

    [TestMethod]
    public void Score_columns_carry_the_annotations_of_ML_NETs_own_trainers()
    {
        var keyed = Toy.Keyed(_ml, Toy.Rows(60));
        var own = Toy.Multiclass(_ml, keyed).GetOutputSchema(keyed.Schema);
        var host = _ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy().Fit(keyed).GetOutputSchema(keyed.Schema);
        Same(host, own, "Score", "PredictedLabel");

        var view = Toy.View(_ml, Toy.Rows(60));
        Same(
            _ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Flag").Fit(view).GetOutputSchema(view.Schema),
            _ml.BinaryClassification.Trainers.Network(Toy.Quick, labelColumnName: "Flag").Fit(view).GetOutputSchema(view.Schema),
            "Score", "Probability", "PredictedLabel");
        Same(
            _ml.Regression.Trainers.LbfgsPoissonRegression("Value").Fit(view).GetOutputSchema(view.Schema),
            _ml.Regression.Trainers.Network(Toy.Quick, labelColumnName: "Value").Fit(view).GetOutputSchema(view.Schema),
            "Score");

        static void Same(DataViewSchema expected, DataViewSchema actual, params string[] columns)
        {
            foreach (var name in columns)
            {
                var (a, b) = (expected[name], actual[name]);
                Assert.AreEqual(a.Type, b.Type, name);
                CollectionAssert.AreEquivalent(Say(a), Say(b), name);
            }
        }

        static string[] Say(DataViewSchema.Column column) => [.. column.Annotations.Schema.Select(a => $"{a.Name} {a.Type} {Value(column, a)}")];

        static string Value(DataViewSchema.Column column, DataViewSchema.Column annotation)
        {
            if (annotation.Type is TextDataViewType)
                return Get<ReadOnlyMemory<char>>().ToString();
            if (annotation.Type is KeyDataViewType)
                return $"{Get<uint>()}";
            return annotation.Type is VectorDataViewType ? string.Join(",", Get<VBuffer<ReadOnlyMemory<char>>>().DenseValues()) : $"{Get<bool>()}";

            T Get<T>()
            {
                T value = default!;
                column.Annotations.GetValue(annotation.Name, ref value);
                return value;
            }
        }
    }

    [TestMethod]
    public void A_second_model_has_a_score_set_of_its_own()
    {
        var keyed = Toy.Keyed(_ml, Toy.Rows(60));
        var once = Toy.Multiclass(_ml, keyed).Transform(keyed);
        var twice = Toy.Multiclass(_ml, keyed).Transform(once);
        Assert.AreEqual((1u, 2u), (Set(once), Set(twice)));

        static uint Set(IDataView view)
        {
            var set = 0u;
            view.Schema["Score"].Annotations.GetValue("ScoreColumnSetId", ref set);
            return set;
        }
    }

    [TestMethod]
    public void The_same_seed_gives_the_same_bits_and_another_does_not()
    {
        var rows = Toy.Rows(80);
        float[] Fit(int seed)
        {
            var ml = new MLContext(seed);
            return Parameters(Toy.Multiclass(ml, Toy.Keyed(ml, rows)));
        }

        CollectionAssert.AreEqual(Fit(1), Fit(1));
        CollectionAssert.AreNotEqual(Fit(1), Fit(2));
    }

    [TestMethod]
    public void Two_threads_give_the_bits_of_two_fits_one_after_the_other()
    {
        var keyed = Toy.Keyed(_ml, Toy.Rows(200));
        var trainer = _ml.MulticlassClassification.Trainers.Network(Toy.Quick);
        var alone = Parameters(trainer.Fit(keyed));
        var together = new NetworkTransformer[4];
        Parallel.For(0, together.Length, new ParallelOptions { MaxDegreeOfParallelism = 2 }, i => together[i] = trainer.Fit(keyed));
        foreach (var model in together)
            CollectionAssert.AreEqual(alone, Parameters(model));
    }

    [TestMethod]
    public void One_model_scores_on_several_threads()
    {
        var keyed = Toy.Keyed(_ml, Toy.Rows(2000));
        var model = Toy.Multiclass(_ml, keyed);
        var expected = model.Transform(keyed).GetColumn<float[]>("Score").SelectMany(score => score).ToArray();
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 2 }, _ =>
            CollectionAssert.AreEqual(expected, model.Transform(keyed).GetColumn<float[]>("Score").SelectMany(score => score).ToArray()));
    }

    [TestMethod]
    public void A_trainer_fits_again_with_other_classes()
    {
        var trainer = _ml.MulticlassClassification.Trainers.Network(Toy.Quick);
        var three = Toy.Keyed(_ml, Toy.Rows(60));
        var two = Toy.Keyed(_ml, Toy.Rows(60, "yes", "no"));
        Assert.AreEqual(3, trainer.Fit(three).Transform(three).GetColumn<float[]>("Score").First().Length);
        Assert.AreEqual(2, trainer.Fit(two).Transform(two).GetColumn<float[]>("Score").First().Length);
        Assert.AreEqual(3, trainer.Fit(three).Transform(three).GetColumn<float[]>("Score").First().Length);
    }

    [TestMethod]
    public void Every_epoch_is_told_to_the_log_and_to_the_listener()
    {
        var heard = new Heard();
        var log = Toy.Log(_ml);
        _ml.Regression.Trainers.Network(Toy.Quick, labelColumnName: "Value", progress: heard).Fit(Toy.View(_ml, Toy.Rows(60)));
        CollectionAssert.AreEqual(new[] { 1, 2, 3, 4 }, heard.Epochs.Select(epoch => epoch.Epoch).ToArray());
        Assert.AreEqual(4, log.Count(message => message.StartsWith("Info: Epoch ", StringComparison.Ordinal) && message.Contains("training loss", StringComparison.Ordinal)));
    }

    private sealed class Heard : IProgress<EpochReport>
    {
        public List<EpochReport> Epochs { get; } = [];

        public Action OnEpoch { get; init; } = () => { };

        public void Report(EpochReport value)
        {
            Epochs.Add(value);
            OnEpoch();
        }
    }

    [TestMethod]
    public void A_stopped_fit_gives_the_best_epoch_and_its_checkpoint_goes_on()
    {
        var folder = Directory.CreateTempSubdirectory("retort-tests-");
        try
        {
            var view = Toy.View(_ml, Toy.Rows(120));
            var checkpoint = new Checkpoint(Path.Combine(folder.FullName, "run"));
            using var stop = new CancellationTokenSource();
            BinaryNetworkTransformer Fit(Action? onEpoch, CancellationToken token, Checkpoint? checkpoint, Recipe? recipe = null) => _ml.BinaryClassification.Trainers.Network(
                recipe ?? Toy.Quick, labelColumnName: "Flag", progress: new Heard { OnEpoch = onEpoch ?? (() => { }) }, stop: token, checkpoint: checkpoint).Fit(view);

            var whole = Fit(null, default, null);
            var stopped = Fit(stop.Cancel, stop.Token, checkpoint);
            CollectionAssert.AreNotEqual(Parameters(whole), Parameters(stopped));
            Assert.AreEqual($"Checkpoint '{checkpoint.Path}' must be of the same recipe, task, seed and device as the run, but is of others; remove it to begin anew.",
                Assert.ThrowsExactly<InvalidDataException>(() => Fit(null, default, checkpoint, Toy.Quick with { Epochs = 5 })).Message);
            CollectionAssert.AreEqual(Parameters(whole), Parameters(Fit(null, default, checkpoint)));
            Assert.IsFalse(File.Exists(checkpoint.Path));
            Assert.ThrowsExactly<OperationCanceledException>(() => Fit(null, stop.Token, null));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [TestMethod]
    public void A_diverging_fit_hands_on_the_best_network_before()
    {
        var view = Toy.View(_ml, Toy.Rows(120));
        var recipe = Toy.Quick with { Optimizer = new Sgd { LearningRate = 0.4, Momentum = 0 }, Schedule = new ConstantRate(), Epochs = 200, Patience = 200 };
        var e = Assert.ThrowsExactly<DivergenceException>(() => _ml.Regression.Trainers.Network(recipe, labelColumnName: "Value").Fit(view));
        StringAssert.Matches(e.Message, new(@"^The loss must stay finite, but is (NaN|Infinity) in epoch \d+, step \d+, at learning rate 0.4; a smaller LearningRate may help\.$"));
        Assert.IsTrue(e.LastGoodEpoch > 0 && e.Epoch > e.LastGoodEpoch);
        Assert.IsTrue(e.LastGood!.Transform(view).GetColumn<float>("Score").All(float.IsFinite));

        var hopeless = recipe with { Optimizer = new Sgd { LearningRate = 1e30 } };
        Assert.IsNull(Assert.ThrowsExactly<DivergenceException>(() => _ml.Regression.Trainers.Network(hopeless, labelColumnName: "Value").Fit(view)).LastGood);
    }

    [TestMethod]
    public void A_cancelled_context_ends_training()
    {
        var heard = new Heard { OnEpoch = () => Interop.Cancel(_ml) };
        var trainer = _ml.Regression.Trainers.Network(Toy.Quick with { Epochs = 1000 }, labelColumnName: "Value", progress: heard);
        Toy.Throws<OperationCanceledException>("Training was cancelled.", () => trainer.Fit(Toy.View(_ml, Toy.Rows(60))));
        Assert.AreEqual(1, heard.Epochs.Count);
    }

    [TestMethod]
    public void A_context_that_asks_for_a_GPU_that_is_not_there_must_allow_the_CPU()
    {
        if (cuda.is_available())
            Assert.Inconclusive("There is a GPU.");
        var log = Toy.Log(_ml);
        _ml.GpuDeviceId = 1;
        var trainer = _ml.Regression.Trainers.Network(Toy.Quick, labelColumnName: "Value");
        Toy.Throws<NotSupportedException>(
            "GpuDeviceId must be the number of a GPU that is there, but is 1, and libtorch finds no CUDA; reference TorchSharp-cuda-linux or TorchSharp-cuda-windows, or set FallbackToCpu to train on the CPU.", () => trainer.Fit(Toy.View(_ml, Toy.Rows(60))));
        _ml.FallbackToCpu = true;
        trainer.Fit(Toy.View(_ml, Toy.Rows(60)));
        CollectionAssert.Contains(log, "Warning: GpuDeviceId must be the number of a GPU that is there, but is 1, and libtorch finds no CUDA; the network is trained on the CPU.");

        _ml.FallbackToCpu = false;
        _ml.Regression.Trainers.Network(Toy.Quick with { Device = TrainingDevice.Cpu }, labelColumnName: "Value").Fit(Toy.View(_ml, Toy.Rows(60)));
    }

    [TestMethod]
    public void Validation_rows_are_read_with_the_classes_of_the_training_rows()
    {
        var train = Toy.Keyed(_ml, Toy.Rows(60));
        var other = Toy.Keyed(_ml, Toy.Rows(60, "blue", "red", "green")); // same values, other numbers
        _ml.MulticlassClassification.Trainers.Network(Toy.Quick, validation: other).Fit(train);

        var wrong = Toy.Keyed(_ml, Toy.Rows(60, "red", "green", "pink"));
        Toy.Throws<ArgumentException>(
            "Column 'Label' of the validation data must have the classes of the training data (red, green, blue), but has red, green, pink.",
            () => _ml.MulticlassClassification.Trainers.Network(Toy.Quick, validation: wrong).Fit(train));
    }
}
