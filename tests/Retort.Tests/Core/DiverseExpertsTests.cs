namespace Retort.Tests;

[TestClass]
public sealed class DiverseExpertsTests
{
    [TestMethod]
    public void Two_experts_by_hand() // shares 3/4 and 1/4: lambda 0 gives ln 2, lambda 1 -ln(3/4) for the frequent class
    {
        using var scope = NewDisposeScope();
        using var state = new PartState();
        var kd = new DiverseExperts { Lambdas = [0, 1] };
        kd.Begin(state, new(Targets.Classes(0, 0, 1, 0), null) { Outputs = 2 });
        var even = zeros(1, 2, dtype: float64);
        Assert.AreEqual(Math.Log(2) - Math.Log(0.75), kd.Value(new(even) { Sets = [even, even] }, Targets.Classes(0), null, StepContext.First() with { State = state }).ToDouble(), 1e-12);
    }

    [TestMethod]
    public void Only_rows_that_an_expert_classes_rightly_teach_it()
    {
        var kd = new DiverseExperts { Lambdas = [0, 0], WarmupEpochs = 0, ConsistencyWeight = 1 };
        double Value(Tensor weak, Tensor? strong, long label) => kd.Value(
            new(weak) { Sets = [weak, weak], Moved = strong is null ? null : new StudentOutput(strong) { Sets = [strong, strong] } }, Targets.Classes(label), null, StepContext.First()).ToDouble();
        var (weak, even) = (tensor(new[,] { { 0.8, 0.2 } }).log(), zeros(1, 2, dtype: float64));
        Assert.AreEqual(2 * (0.8 * Math.Log(1.6) + 0.2 * Math.Log(0.4)), Value(weak, even, 0) - Value(weak, null, 0), 1e-12);
        Assert.AreEqual(0, Value(weak, even, 1) - Value(weak, null, 1), 1e-12);
    }

    [TestMethod]
    public void What_is_said_of_moved_rows_follows_what_is_said_of_rows_as_they_are()
    {
        using var scope = NewDisposeScope();
        var kd = new DiverseExperts { Lambdas = [0, 0], WarmupEpochs = 0, ConsistencyWeight = 1 };
        var (weak, strong) = (tensor(new[,] { { 2.0, 0 } }).requires_grad_(), zeros(1, 2, dtype: float64).requires_grad_());
        (kd.Value(new(weak) { Sets = [weak, weak], Moved = new(strong) { Sets = [strong, strong] } }, Targets.Classes(0), null, StepContext.First())
            - kd.Value(new(weak) { Sets = [weak, weak] }, Targets.Classes(0), null, StepContext.First())).backward();
        Assert.AreEqual(0, weak.grad!.abs().sum().ToDouble(), 1e-15);
        Assert.IsTrue(strong.grad![0, 0].ToDouble() < 0);
    }

    [TestMethod]
    public void Rows_move_by_deviations()
    {
        using var scope = NewDisposeScope();
        using var state = new PartState();
        var kd = new DiverseExperts { Noise = 0.1 };
        kd.Begin(state, new(Targets.Classes(0, 1), null) { Outputs = 2, Deviations = tensor(new[] { 1f, 0, 100 }) });
        var probe = new Probe(ones(2000, 3), Targets.Classes(zeros(2000, dtype: int64)), null, x => x, []);
        var moved = kd.Move(probe, StepContext.First() with { State = state })!.Features - 1;
        Assert.AreEqual(0.1, moved.std([0L])[0].ToDouble(), 0.01);
        Assert.AreEqual(0, moved.std([0L])[1].ToDouble());
        Assert.AreEqual(10, moved.std([0L])[2].ToDouble(), 1);
        Assert.IsNull(new DiverseExperts { ConsistencyWeight = 0 }.Move(probe, StepContext.First()));
    }

    [TestMethod]
    public void Rare_classes_are_found_more_often()
    {
        using var scope = NewDisposeScope();
        var (train, test) = (Some.Pair(800), Some.Pair(800, 2));
        var kept = train.Labels!.eq(0).logical_or(arange(800, dtype: int64).remainder(20).eq(1)).nonzero().view(-1); // 40 of 400 of class 1 stay
        double Recall(Distillation? distillation)
        {
            var network = Some.Train(Some.Quick with { Distillation = distillation }, LearningTask.Binary, new() { Features = train.Features.index_select(0, kept), Labels = train.Labels!.index_select(0, kept), Classes = 2 }).Network;
            var served = new float[800];
            network.Score(test.Features, null, served);
            return tensor(served).gt(0).to_type(float32).masked_select(test.Labels!.eq(1)).mean().ToDouble();
        }

        var (plain, experts) = (Recall(null), Recall(new DiverseExperts()));
        Assert.IsTrue(experts > plain + 0.1, $"{experts} against {plain}");
    }

    [TestMethod]
    public void Settings_have_limits()
    {
        Assert.AreEqual("The number of Lambdas must be at least 2, but is 1.", Assert.ThrowsExactly<ArgumentException>(new DiverseExperts { Lambdas = [1] }.Validate).Message);
        Assert.AreEqual("Lambdas must lie in [-10, 10], but is NaN.", Assert.ThrowsExactly<ArgumentException>(new DiverseExperts { Lambdas = [1, double.NaN] }.Validate).Message);
    }
}
