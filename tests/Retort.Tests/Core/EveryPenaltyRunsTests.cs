namespace Retort.Tests;

/// <summary>What holds for a run by every penalty: it starts, resumes, and lowers the dependence that it names.</summary>
[TestClass]
public sealed class EveryPenaltyRunsTests
{
    public static IEnumerable<object[]> Cases =>
        from method in Methods.OfKind(typeof(Penalty))
        from task in Enum.GetValues<LearningTask>()
        where method.Serves(task)
        select new object[] { method.Create(), task };

    /// <summary>One protected column of two groups that the first feature gives away.</summary>
    internal static Dataset Data(LearningTask task, int rows)
    {
        var data = Lesson.Data(task, rows);
        var first = data.Features.select(1, 0);
        return new()
        {
            Features = data.Features,
            Categories = data.Categories,
            Cardinalities = data.Cardinalities,
            Labels = data.Labels,
            Classes = data.Classes,
            Protected = ProtectedColumns.Of(ProtectedColumn.OfCategories("side", first.gt(first.mean()).to_type(int64), 2)),
        };
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public void A_run_that_is_ended_goes_on_in_the_same_bits(Penalty penalty, LearningTask task) =>
        GoesOn(Some.Quick with { Epochs = 3, BatchSize = 16, HoldOut = 0.25, Penalty = penalty }, task);

    /// <summary>A run on 64 rows that is ended in its seventh step, and goes on from its checkpoint, ends in the bits of an undisturbed one.</summary>
    internal static void GoesOn(Recipe recipe, LearningTask task, int steps = 6, Dataset? rows = null)
    {
        using var scope = NewDisposeScope();
        var folder = Directory.CreateTempSubdirectory("retort-tests-");
        try
        {
            var data = rows ?? Data(task, 64);
            foreach (var place in new[] { Place.Cpu, Place.CpuByOperators })
            {
                var checkpoint = new Checkpoint(Path.Combine(folder.FullName, "checkpoint")) { Interval = TimeSpan.Zero };
                TrainingResult Run(Checkpoint? kept, Action check) => TrainingLoop.Run(recipe, task, data, null, 1, null, check, place, default, kept);
                var whole = Run(null, () => { });
                var left = steps;
                Assert.ThrowsExactly<OperationCanceledException>(() => Run(checkpoint, () => { if (left-- == 0) throw new OperationCanceledException(); }));
                var resumed = Run(checkpoint, () => { });
                CollectionAssert.AreEqual(whole.Network.Parameters, resumed.Network.Parameters);
                Assert.AreEqual(whole.BestEpoch, resumed.BestEpoch);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [TestMethod]
    public void A_checkpoint_of_other_protected_columns_is_refused()
    {
        using var scope = NewDisposeScope();
        var folder = Directory.CreateTempSubdirectory("retort-tests-");
        try
        {
            var checkpoint = new Checkpoint(Path.Combine(folder.FullName, "checkpoint")) { Interval = TimeSpan.Zero, Keep = true };
            var data = Data(LearningTask.Binary, 64);
            var other = new Dataset { Features = data.Features, Labels = data.Labels, Classes = 2, Categories = data.Categories, Cardinalities = data.Cardinalities, Protected = ProtectedColumns.Of(ProtectedColumn.OfCategories("side", 1 - data.Protected!.Columns[0].Values, 2)) };
            void Run(Dataset rows) => TrainingLoop.Run(Some.Quick with { Penalty = new DistanceCovariance() }, LearningTask.Binary, rows, null, 1, null, () => { }, checkpoint: checkpoint);
            Run(data);
            StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => Run(other)).Message, "must be of the same data as the run, but is of other data");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public void Without_any_weight_it_is_the_run_without_it_bit_by_bit(Penalty penalty, LearningTask task)
    {
        using var scope = NewDisposeScope();
        var data = Data(task, 64);
        var none = (Penalty)EveryPartTests.With(Methods.Of(penalty).Create(), nameof(Penalty.Weight), 0.0);
        CollectionAssert.AreEqual(Some.Train(Some.Quick, task, data).Network.Parameters, Some.Train(Some.Quick with { Penalty = none }, task, data).Network.Parameters);
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public void Stratified_batches_see_every_row_once_an_epoch_and_resume(Penalty penalty, LearningTask task)
    {
        var own = penalty with { StratifiedBatches = true };
        var recipe = Some.Quick with { Epochs = 3, BatchSize = 16, HoldOut = 0.25, Penalty = own };
        GoesOn(recipe, task);

        using var scope = NewDisposeScope();
        var data = Data(task, 64);
        CollectionAssert.AreNotEqual(Some.Train(recipe, task, data).Network.Parameters, Some.Train(recipe with { Penalty = penalty }, task, data).Network.Parameters);
        CollectionAssert.AreEqual( // a weight of 0 asks for nothing, and a penalty of all rows for no order
            Some.Train(recipe with { Penalty = null }, task, data).Network.Parameters, Some.Train(recipe with { Penalty = (Penalty)EveryPartTests.With(own with { }, nameof(Penalty.Weight), 0.0) }, task, data).Network.Parameters);
        CollectionAssert.AreEqual(
            Some.Train(recipe with { Penalty = penalty with { WholeSetEvery = 3 } }, task, data).Network.Parameters, Some.Train(recipe with { Penalty = own with { WholeSetEvery = 3 } }, task, data).Network.Parameters);
    }

    public static IEnumerable<object[]> Tasks => Enum.GetValues<LearningTask>().Select(task => new object[] { task });

    [TestMethod, DynamicData(nameof(Tasks))]
    public void The_distance_covariance_falls_with_its_weight(LearningTask task)
    {
        using var scope = NewDisposeScope();
        var data = Data(task, 600);
        var recipe = Some.Quick with { Epochs = 30, Patience = 30, BatchSize = 100, HoldOut = 0.2 };
        var (free, held) = (Dependence(null), Dependence(new DistanceCovariance { Weight = 30 }));
        Assert.IsTrue(held < 0.3 * free, $"{held} of {free}");

        double Dependence(Penalty? penalty)
        {
            var network = Some.Train(recipe with { Penalty = penalty }, task, data).Network;
            var served = new float[600 * network.Outputs];
            network.Score(data.Features, data.Categories, served);
            var said = tensor(served, 600, network.Outputs);
            said = task == LearningTask.Binary ? said.sigmoid() : task == LearningTask.Regression ? (said - 1000) / 200 : said;
            return new DistanceCovariance().Value(said, data.Protected!, task == LearningTask.Regression ? Targets.Values(data.Labels!) : Targets.Classes(data.Labels!)).ToDouble();
        }
    }

    [TestMethod]
    public void Of_two_sets_of_outputs_what_they_serve_together_is_penalised()
    {
        using var scope = NewDisposeScope();
        var data = Data(LearningTask.Multiclass, 600).TaughtBy(Lesson.Of(new SoftTargets(), LearningTask.Multiclass, 600).Teacher!, [], []);
        var recipe = Some.Quick with { Epochs = 30, Patience = 30, BatchSize = 100, HoldOut = 0.2, Distillation = new DualHeadOptimization() };
        var (free, held) = (Dependence(null), Dependence(new DistanceCovariance { Weight = 30 }));
        Assert.IsTrue(held < 0.3 * free, $"{held} of {free}");

        double Dependence(Penalty? penalty)
        {
            var network = Some.Train(recipe with { Penalty = penalty }, LearningTask.Multiclass, data).Network;
            var served = new float[600 * 3];
            network.Score(data.Features, null, served);
            return new DistanceCovariance().Value(tensor(served, 600, 3), data.Protected!, Targets.Classes(data.Labels!)).ToDouble();
        }
    }

    [TestMethod]
    public void A_penalty_on_outputs_that_are_not_the_value_is_refused() => Assert.AreEqual(
        "The penalty 'dcov' must be with a loss of plain values, but 'pinball' has outputs of its own.",
        Assert.ThrowsExactly<ArgumentException>(() => Some.Train(Some.Quick with { Penalty = new DistanceCovariance(), Loss = new PinballLoss() }, LearningTask.Regression, Data(LearningTask.Regression, 30))).Message);

    [TestMethod]
    public void What_looks_at_classes_is_refused_in_regression_before_data_is_read() => Assert.AreEqual(
        "Conditional must be false where the task is Regression, but is true.",
        Assert.ThrowsExactly<ArgumentException>(() => new Recipe { Penalty = new DistanceCovariance { Conditional = true } }.Validate(LearningTask.Regression)).Message);

    [TestMethod]
    public void A_loss_in_blocks_of_classes_takes_no_penalty() => Assert.AreEqual(
        "The loss 'cce' must be without a penalty above 2 classes, but 'dcov' is given.",
        Assert.ThrowsExactly<ArgumentException>(() => Some.Train(Some.Quick with { Penalty = new DistanceCovariance(), Loss = new ChunkedCrossEntropyLoss { BlockSize = 2 } }, LearningTask.Multiclass, Data(LearningTask.Multiclass, 30))).Message);

    [TestMethod]
    public void A_penalty_without_protected_columns_is_refused() => Assert.AreEqual(
        "The penalty 'dcov' must have protected columns, but none are named.",
        Assert.ThrowsExactly<ArgumentException>(() => Some.Train(Some.Quick with { Penalty = new DistanceCovariance() }, LearningTask.Multiclass, Some.Clouds(30))).Message);
}
