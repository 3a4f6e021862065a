namespace Retort.Tests;

[TestClass]
public sealed class TrainingLoopTests
{
    private sealed class Collected : IProgress<EpochReport>
    {
        public List<EpochReport> Reports { get; } = [];

        public void Report(EpochReport value) => Reports.Add(value);
    }

    private static double Accuracy(FittedNetwork network, Dataset data)
    {
        using var scope = NewDisposeScope();
        var outputs = network.Forward(data.Features, data.Categories);
        var classes = network.Outputs == 1 ? outputs.squeeze(1).gt(0).to_type(int64) : outputs.argmax(1);
        return classes.eq(data.Labels!).to_type(float64).mean().ToDouble();
    }

    private static double SquaredError(FittedNetwork network, Dataset data)
    {
        using var scope = NewDisposeScope();
        return (network.Forward(data.Features, data.Categories).squeeze(1) - data.Labels!).square().mean().ToDouble();
    }

    private static Dataset With(Dataset data, Tensor? labels = null, Tensor? weights = null, Tensor? teacher = null) => new()
    {
        Features = data.Features,
        Categories = data.Categories,
        Cardinalities = data.Cardinalities,
        Classes = data.Classes,
        Labels = labels ?? data.Labels,
        Weights = weights,
        Teacher = teacher,
    };

    private static Dataset Of(LearningTask task) => task switch { LearningTask.Binary => Some.Pair(200), LearningTask.Multiclass => Some.Clouds(200), _ => Some.Prices(200) };

    public static IEnumerable<object[]> Tasks => Enum.GetValues<LearningTask>().Select(task => new object[] { task });

    [TestMethod]
    public void Three_clouds_are_told_apart()
    {
        using var train = Some.Clouds(300, spread: 0.2);
        using var test = Some.Clouds(300, spread: 0.2, seed: 2);
        Assert.IsTrue(Accuracy(Some.Train(Some.Quick, LearningTask.Multiclass, train).Network, test) > 0.97);
    }

    [TestMethod]
    public void Two_clouds_are_told_apart_as_well_as_can_be() // the best possible: P(normal < 1) = 0.841
    {
        using var train = Some.Pair(400);
        using var test = Some.Pair(4000, seed: 2);
        Assert.AreEqual(0.841, Accuracy(Some.Train(Some.Quick, LearningTask.Binary, train).Network, test), 0.02);
    }

    [TestMethod]
    public void Regression_comes_back_in_units_of_the_label() // deviation of the label about 206; the noise has 1
    {
        using var train = Some.Prices(400);
        using var test = Some.Prices(400, seed: 2);
        Assert.IsTrue(SquaredError(Some.Train(Some.Quick with { Epochs = 40 }, LearningTask.Regression, train).Network, test) < 20 * 20);
    }

    [TestMethod, DynamicData(nameof(Tasks))]
    public void The_same_seed_gives_the_same_bits_and_another_seed_does_not(LearningTask task)
    {
        using var data = Of(task);
        var recipe = Some.Quick with { Epochs = 3, Network = new Mlp { Width = 16, Dropout = 0.1 } };
        var expected = Some.Train(recipe, task, data).Network.Parameters;
        CollectionAssert.AreEqual(expected, Some.Train(recipe, task, data).Network.Parameters);
        CollectionAssert.AreNotEqual(expected, Some.Train(recipe with { Seed = 2 }, task, data).Network.Parameters);
        CollectionAssert.AreNotEqual(expected, Some.Train(recipe, task, data, seed: 2).Network.Parameters);
    }

    [TestMethod]
    public void Fits_side_by_side_give_the_bits_of_fits_one_after_the_other()
    {
        using var data = Some.Clouds(200);
        float[] Fit(int seed) => Some.Train(Some.Quick with { Seed = seed }, LearningTask.Multiclass, data).Network.Parameters;
        var alone = Enumerable.Range(0, 4).Select(Fit).ToArray();
        var together = new float[4][];
        var threads = Enumerable.Range(0, 4).Select(i => new Thread(() => together[i] = Fit(i))).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        for (var i = 0; i < 4; i++)
            CollectionAssert.AreEqual(alone[i], together[i]);
    }

    [TestMethod]
    public void Nothing_global_is_changed()
    {
        using var data = Some.Clouds(60);
        manual_seed(5);
        var expected = rand(3, dtype: float32).data<float>().ToArray();
        manual_seed(5);
        var threads = get_num_threads();
        Some.Train(Some.Quick with { Epochs = 2, Network = new Mlp { Width = 8, Dropout = 0.5 } }, LearningTask.Multiclass, data);
        Assert.AreEqual(threads, get_num_threads());
        CollectionAssert.AreEqual(expected, rand(3, dtype: float32).data<float>().ToArray(), "libtorch's generator has moved.");
    }

    [TestMethod]
    public void The_thread_count_comes_back_after_overlapping_runs()
    {
        var before = get_num_threads();
        var first = LibtorchThreads.One();
        var second = LibtorchThreads.One();
        first.Dispose();
        second.Dispose();
        Assert.AreEqual(before, get_num_threads());
    }

    [TestMethod, DynamicData(nameof(Tasks))]
    public void A_run_leaves_no_tensor_and_no_input_changed(LearningTask task)
    {
        using var data = Of(task);
        var before = data.Features.clone();
        Some.Train(Some.Quick with { Epochs = 1 }, task, data, data);
        var live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Some.Train(Some.Quick with { Epochs = 2 }, task, data, data);
        Assert.AreEqual(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.IsTrue(before.eq(data.Features).all().ToBoolean());
    }

    [TestMethod]
    public void Training_works_where_the_caller_has_switched_gradients_off()
    {
        using var data = Some.Clouds(60);
        using var noGradient = no_grad();
        Some.Train(Some.Quick with { Epochs = 1 }, LearningTask.Multiclass, data);
        Assert.IsFalse(is_grad_enabled());
    }

    [TestMethod]
    public void The_best_epoch_is_kept_and_patience_ends_the_run()
    {
        // labels of the training rows are noise: the held-out loss is best early and rises with the memory for noise
        using var train = Some.Clouds(60, spread: 2);
        using var validation = Some.Clouds(300, spread: 2, seed: 9);
        var recipe = Some.Quick with { Epochs = 200, Patience = 5, Network = new Mlp { Width = 64 }, Schedule = new ConstantRate() };
        var result = Some.Train(recipe, LearningTask.Multiclass, train, validation);
        Assert.AreEqual(result.BestEpoch + 5, result.Epochs.Count);
        Assert.AreEqual(result.BestEpoch, result.Epochs.MinBy(report => report.ValidationLoss)!.Epoch);

        using var scope = NewDisposeScope();
        var loss = new CrossEntropyLoss().Value(result.Network.Forward(validation.Features, null), Targets.Classes(validation.Labels!)).ToDouble();
        Assert.AreEqual(result.Epochs.Min(report => report.ValidationLoss!.Value), loss, 1e-5);
    }

    [TestMethod]
    public void Without_held_out_rows_all_epochs_are_trained_and_the_last_is_kept()
    {
        using var data = Some.Clouds(60);
        var result = Some.Train(Some.Quick with { Epochs = 9, Patience = 2 }, LearningTask.Multiclass, data);
        Assert.AreEqual((9, 9), (result.Epochs.Count, result.BestEpoch));
        Assert.IsNull(result.Epochs[0].ValidationLoss);
    }

    [TestMethod]
    public void The_recipes_share_of_the_rows_is_held_out_where_no_validation_data_is_given()
    {
        using var data = Some.Clouds(300);
        var steps = 0;
        var recipe = Some.Quick with { Epochs = 1, HoldOut = 0.2, BatchSize = 10 };
        var result = TrainingLoop.Run(recipe, LearningTask.Multiclass, data, null, 1, null, () => steps++);
        Assert.AreEqual(24 + 1, steps); // 240 rows, and one block of held-out rows
        Assert.IsNotNull(result.Epochs[0].ValidationLoss);
    }

    [TestMethod]
    public void A_run_that_is_stopped_gives_the_best_epoch_so_far_and_nothing_before_the_first()
    {
        using var data = Some.Clouds(300);
        var recipe = Some.Quick with { Epochs = 5, BatchSize = 30 };
        var whole = TrainingLoop.Run(recipe, LearningTask.Multiclass, data, data, 1, null, () => { });
        TrainingResult Stopped(int after)
        {
            var calls = 0;
            using var source = new CancellationTokenSource();
            return TrainingLoop.Run(recipe, LearningTask.Multiclass, data, data, 1, null, () => { if (++calls == after) source.Cancel(); }, stop: source.Token);
        }

        var result = Stopped(after: 2 * 11 + 5); // ten steps and one block of held-out rows an epoch
        Assert.IsTrue(result.Stopped);
        CollectionAssert.AreEqual(whole.Epochs.Take(2).Select(e => e.ValidationLoss).ToArray(), result.Epochs.Select(e => e.ValidationLoss).ToArray());
        Assert.IsFalse(whole.Stopped);
        Assert.ThrowsExactly<OperationCanceledException>(() => Stopped(after: 5));
        Assert.ThrowsExactly<OperationCanceledException>(() => Stopped(after: 11)); // within the held-out rows

        var calls = 0; // a cancelled run gives nothing, however far it is
        Assert.ThrowsExactly<OperationCanceledException>(() => TrainingLoop.Run(recipe, LearningTask.Multiclass, data, data, 1, null, () => { if (++calls == 30) throw new OperationCanceledException(); }));
    }

    [TestMethod]
    public void Where_there_are_too_few_rows_to_hold_any_out_all_are_trained()
    {
        using var data = Some.Clouds(3);
        Assert.IsNull(Some.Train(Some.Quick with { Epochs = 1, HoldOut = 0.15 }, LearningTask.Multiclass, data).Epochs[0].ValidationLoss);
    }

    [TestMethod]
    public void Every_epoch_is_reported()
    {
        using var data = Some.Clouds(60);
        var progress = new Collected();
        var result = Some.Train(Some.Quick with { Epochs = 4 }, LearningTask.Multiclass, data, data, progress: progress);
        CollectionAssert.AreEqual(result.Epochs.ToArray(), progress.Reports);
        CollectionAssert.AreEqual(new[] { 1, 2, 3, 4 }, progress.Reports.Select(report => report.Epoch).ToArray());
        Assert.IsTrue(progress.Reports[3].TrainLoss < progress.Reports[0].TrainLoss);
        Assert.AreEqual(0.01 * (1 - 7 / 8.0), progress.Reports[3].LearningRate, 1e-12); // linear decay: step 8 of 8 begins after 7/8
    }

    [TestMethod]
    public void A_smaller_last_batch_is_trained_too() // one row of class 1 among 33, in batches of 32: were it ever left out, epochs would differ
    {
        using var data = Some.Clouds(33);
        var steps = 0;
        TrainingLoop.Run(Some.Quick with { Epochs = 1 }, LearningTask.Multiclass, data, null, 1, null, () => steps++);
        Assert.AreEqual(2, steps);
    }

    [TestMethod]
    public void Cancellation_ends_the_run_within_a_batch()
    {
        using var data = Some.Clouds(200);
        var steps = 0;
        Assert.ThrowsExactly<OperationCanceledException>(() => TrainingLoop.Run(Some.Quick, LearningTask.Multiclass, data, null, 1, null, () =>
        {
            if (++steps == 5)
                throw new OperationCanceledException();
        }));
        Assert.AreEqual(5, steps);
    }

    [TestMethod]
    public void Rows_of_weight_0_do_not_matter_at_all()
    {
        using var data = Some.Clouds(90);
        using var scope = NewDisposeScope();
        var labels = data.Labels!.clone();
        var weights = ones(90);
        for (var row = 0; row < 90; row += 4)
            (labels[row], weights[row]) = (0, 0);
        using var altered = With(data, labels, weights);
        using var plain = With(data, weights: weights);
        var recipe = Some.Quick with { Epochs = 2 };
        CollectionAssert.AreEqual(
            Some.Train(recipe, LearningTask.Multiclass, plain).Network.Parameters,
            Some.Train(recipe, LearningTask.Multiclass, altered).Network.Parameters);
    }

    [TestMethod]
    public void Equal_weights_are_no_weights()
    {
        using var data = Some.Pair(64);
        using var scope = NewDisposeScope();
        var weighted = With(data, weights: full(64, 3f));
        var recipe = Some.Quick with { Epochs = 2 };
        var (expected, actual) = (Some.Train(recipe, LearningTask.Binary, data).Network.Parameters, Some.Train(recipe, LearningTask.Binary, weighted).Network.Parameters);
        for (var i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], actual[i], 1e-4f);
    }

    [TestMethod]
    public void Heavy_rows_win() // the same point with both labels, class 1 three times as heavy: P(1) = 3/4
    {
        using var scope = NewDisposeScope();
        var data = new Dataset { Features = ones(64, 1), Labels = tensor(Enumerable.Range(0, 64).Select(i => (long)(i % 2)).ToArray()), Weights = tensor(Enumerable.Range(0, 64).Select(i => i % 2 == 0 ? 1f : 3f).ToArray()), Classes = 2 };
        var z = Some.Train(Some.Quick with { Epochs = 100, Optimizer = new AdamW { LearningRate = 0.02, WeightDecay = 0 } }, LearningTask.Binary, data).Network.Forward(ones(1, 1), null).ToDouble();
        Assert.AreEqual(0.75, 1 / (1 + Math.Exp(-z)), 0.02);
    }

    [TestMethod]
    public void A_constant_label_is_learned()
    {
        using var scope = NewDisposeScope();
        var data = new Dataset { Features = Some.Normal(1, float32, 50, 2), Labels = full(50, 7f), Classes = 1 };
        Assert.AreEqual(7, Some.Train(Some.Quick with { Epochs = 60 }, LearningTask.Regression, data).Network.Forward(zeros(1, 2), null).ToDouble(), 0.05);
    }

    [TestMethod]
    public void A_student_of_a_good_teacher_beats_one_that_has_only_noisy_labels()
    {
        // few rows whose labels are half noise; the teacher knows the true probabilities of the clouds
        using var train = Some.Clouds(90, spread: 0.7);
        using var test = Some.Clouds(3000, spread: 0.7, seed: 2);
        using var scope = NewDisposeScope();
        var centres = tensor(new float[,] { { 0, 0, 0, 0 }, { 1, 0, 0, 0 }, { 0, 1, 0, 0 } });
        var teacher = (-(train.Features.unsqueeze(1) - centres).square().sum(2) / (2 * 0.7f * 0.7f)).softmax(1);
        var (alone, taught) = (0.0, 0.0);
        for (var seed = 0; seed < 3; seed++)
        {
            var recipe = Some.Quick with { Epochs = 40, Seed = seed, Distillation = null };
            alone += Accuracy(Some.Train(recipe, LearningTask.Multiclass, train).Network, test) / 3;
            taught += Accuracy(Some.Train(recipe, LearningTask.Multiclass, With(train, teacher: teacher)).Network, test) / 3;
        }

        Assert.IsTrue(taught > alone + 0.01, $"taught {taught:F3}, alone {alone:F3}");
    }

    [TestMethod]
    public void A_student_in_Replace_follows_the_teacher_against_the_labels()
    {
        using var data = Some.Pair(200);
        using var scope = NewDisposeScope();
        var opposite = stack([data.Labels!.to_type(float32), 1 - data.Labels!.to_type(float32)], 1) * 0.98f + 0.01f;
        var recipe = Some.Quick with { Distillation = new SoftTargets { Mode = DistillationMode.Replace } };
        Assert.IsTrue(Accuracy(Some.Train(recipe, LearningTask.Binary, With(data, teacher: opposite)).Network, data) < 0.3);
    }

    [TestMethod]
    public void A_regression_student_follows_the_teachers_values_in_units_of_the_label()
    {
        using var data = Some.Prices(200);
        using var scope = NewDisposeScope();
        var shifted = With(data, teacher: data.Labels!.unsqueeze(1) + 50);
        var recipe = Some.Quick with { Epochs = 40, Distillation = new SoftTargets { Mode = DistillationMode.Replace } };
        var student = Some.Train(recipe, LearningTask.Regression, shifted).Network;
        Assert.AreEqual(50, (student.Forward(data.Features, data.Categories).squeeze(1) - data.Labels!).mean().ToDouble(), 8);
    }

    [TestMethod]
    public void A_diverging_run_says_where_and_keeps_the_last_good_weights()
    {
        using var data = Some.Prices(200);
        var recipe = Some.Quick with { Optimizer = new AdamW { LearningRate = 1e30 }, Schedule = new ConstantRate() };
        var e = Assert.ThrowsExactly<DivergedRunException>(() => Some.Train(recipe, LearningTask.Regression, data));
        StringAssert.Matches(e.Message, new(@"^The loss must stay finite, but is (NaN|Infinity) in epoch 1, step \d, at learning rate 1E\+30; a smaller LearningRate may help\.$"));
        Assert.AreEqual((1, 0, 1e30), (e.Epoch, e.LastGoodEpoch, e.LearningRate));
        Assert.IsTrue(e.LastGood.Parameters.All(float.IsFinite));
    }

    [TestMethod]
    public void Data_that_does_not_fit_is_refused()
    {
        using var scope = NewDisposeScope();
        string Refusal(Dataset data, LearningTask task = LearningTask.Binary, Recipe? recipe = null) =>
            Assert.ThrowsExactly<ArgumentException>(() => Some.Train(recipe ?? Some.Quick, task, data)).Message;

        var data = Some.Pair(4);
        Assert.AreEqual("The number of rows must be at least 1, but is 0.", Refusal(new() { Features = zeros(0, 2), Labels = zeros(0, dtype: int64), Classes = 2 }));
        Assert.AreEqual("Labels must be given, but is null.", Refusal(new() { Features = zeros(1, 2), Classes = 2 }));
        Assert.AreEqual("Labels must be of type Int64, but is Float32.", Refusal(With(data, zeros(4))));
        Assert.AreEqual("Labels must have shape [4], but has [3].", Refusal(With(data, zeros(3, dtype: int64))));
        Assert.AreEqual("The sum of all weights must be more than 0, but is 0.", Refusal(With(data, weights: zeros(4))));
        Assert.AreEqual("The smallest weight must be at least 0, but is -1.", Refusal(With(data, weights: tensor(new float[] { 1, 1, 1, -1 }))));
        Assert.AreEqual("The number of classes must be at least 2, but is 1.", Refusal(new() { Features = zeros(1, 2), Labels = zeros(1, dtype: int64), Classes = 1 }));
        Assert.AreEqual("the teacher's scores must have shape [4, 2] as the student has, but has [4, 3].", Refusal(With(data, teacher: ones(4, 3))));
        Assert.AreEqual("Distillation must have a teacher, but 'kd' is given none.", Refusal(data, recipe: Some.Quick with { Distillation = new SoftTargets() }));
    }

    [TestMethod]
    public void Two_hundred_fits_do_not_grow()
    {
        using var data = Some.Clouds(120, features: 16);
        var recipe = Some.Quick with { Epochs = 2, Network = new Mlp { Width = 256 } };
        long Resident()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            using var process = System.Diagnostics.Process.GetCurrentProcess();
            return process.WorkingSet64;
        }

        void Fits(int count)
        {
            for (var i = 0; i < count; i++)
                Some.Train(recipe, LearningTask.Multiclass, data, data).Network.Forward(data.Features, null).Dispose();
        }

        Fits(20);
        var before = Resident();
        var tensors = Tensor.TotalCount;
        Fits(180);
        Assert.IsTrue(Resident() < 1.05 * before, $"{before >> 20} MB became {Resident() >> 20} MB.");
        Assert.AreEqual(tensors, Tensor.TotalCount, 20);
    }
}
