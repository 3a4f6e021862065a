namespace Retort.Tests;

/// <summary>Losses of real values that need more than a row: deqa, bag-loss, cs-ib.</summary>
[TestClass]
public sealed class BatchRegressionLossTests
{
    private static readonly long[] Bags = [4, 4, 4, 9, 9, -1];

    private static Tensor Outputs => Some.Normal(1, float64, 6, 1);

    private static Targets Labels => Targets.Values(Some.Normal(2, float64, 6, 1));

    private static StepContext InBags => StepContext.First() with { Groups = tensor(Bags) };

    private static double Bag(double rho, Tensor? weights = null) => new BagLoss { Rho = rho }.Value(Outputs, Labels, weights, InBags).ToDouble();

    [TestMethod]
    public void The_loss_of_instances_is_that_of_bags_and_the_spread_within()
    {
        using var scope = NewDisposeScope();
        var y = Labels.RealValues(Outputs).data<double>().ToArray();
        var f = Outputs.data<double>().ToArray();
        double MeanOf(double[] values, long bag) => values.Where((_, row) => Bags[row] == bag).Average();
        var instance = Enumerable.Range(0, 6).Average(row => Math.Pow(MeanOf(y, Bags[row]) - f[row], 2));
        var bags = Enumerable.Range(0, 6).Average(row => Math.Pow(MeanOf(y, Bags[row]) - MeanOf(f, Bags[row]), 2));
        var spread = Enumerable.Range(0, 6).Average(row => Math.Pow(f[row] - MeanOf(f, Bags[row]), 2));
        Assert.AreEqual(instance, bags + spread, 1e-12);
        Assert.AreEqual(instance, Bag(1), 1e-12);
        Assert.AreEqual(bags, Bag(0), 1e-12);
        Assert.AreEqual(bags + 0.3 * spread, Bag(0.3), 1e-12);
    }

    [TestMethod]
    public void Labels_of_rows_and_of_bags_teach_the_same()
    {
        using var scope = NewDisposeScope();
        var y = Labels.RealValues(Outputs).squeeze(1);
        var repeated = stack([.. Bags.Select(bag => stack([.. Enumerable.Range(0, 6).Where(row => Bags[row] == bag).Select(row => y[row])]).mean())]);
        Assert.AreEqual(Bag(0.5), new BagLoss().Value(Outputs, Targets.Values(repeated), null, InBags).ToDouble(), 1e-12);
    }

    [TestMethod]
    public void Bags_of_one_row_are_the_squared_loss() => Assert.AreEqual(
        new SquaredLoss().Value(Outputs, Labels).ToDouble(), new BagLoss().Value(Outputs, Labels, null, StepContext.First() with { Groups = arange(6, dtype: int64) }).ToDouble(), 1e-12);

    [TestMethod]
    public void Members_of_an_ensemble_have_bags_of_their_own() // two rows of one bag, two members each: (1, -1) and (3, -3) with labels 0; means 2 and -2
    {
        using var scope = NewDisposeScope();
        var outputs = tensor(new[,] { { 1.0 }, { -1 }, { 3 }, { -3 } });
        var step = StepContext.First() with { Groups = zeros(4, dtype: int64), Members = 2 };
        Assert.AreEqual(4, new BagLoss { Rho = 0 }.Value(outputs, Targets.Values(zeros(4)), null, step).ToDouble(), 1e-12);
    }

    [TestMethod]
    public void Bags_must_be_given_and_stay_whole()
    {
        using var state = new PartState();
        const string message = "A group column must be given for the loss 'bag-loss', but is not.";
        Assert.AreEqual(message, Assert.ThrowsExactly<ArgumentException>(() => new BagLoss().Begin(state, Labels, null, null, 1)).Message);
        Assert.AreEqual(message, Assert.ThrowsExactly<ArgumentException>(() => new BagLoss().Value(Outputs, Labels)).Message);
        Assert.AreEqual(RowOrder.WholeGroups, new BagLoss().Order);
        Assert.IsTrue(Methods.Of(new BagLoss()).Needs.HasFlag(Needs.RowGroups));
    }

    [TestMethod]
    [DataRow(0.5)]
    [DataRow(1.0)]
    [DataRow(2.0)]
    public void A_labels_bell_sums_to_1_keeps_the_label_as_its_mean_and_is_never_negative(double sigma)
    {
        using var scope = NewDisposeScope();
        using var state = new PartState();
        var loss = new SoftLevelLoss { Sigma = sigma };
        loss.Begin(state, Targets.Values(tensor([-3.0, 5.0])), null, null, 1);
        var levels = tensor(loss.Link(state).Points.ToArray(), dtype: float64);
        var distance = levels[1] - levels[0];
        var y = linspace(-3, 5, 41, dtype: float64);
        var bells = loss.Bells(y, levels, distance);
        Assert.IsTrue(bells.min().ToDouble() >= 0);
        Assert.AreEqual(0, (bells.sum(1) - 1).abs().max().ToDouble(), 1e-12);
        Assert.AreEqual(0, (bells.mv(levels) - y).abs().max().ToDouble() / distance.ToDouble(), 1e-2); // exact but for what was below 0
        Assert.IsTrue(levels[0].ToDouble() < -3 && levels[-1].ToDouble() > 5);
    }

    [TestMethod]
    public void The_best_prediction_of_levels_is_the_label_itself()
    {
        using var scope = NewDisposeScope();
        using var state = new PartState();
        var loss = new SoftLevelLoss { PairwiseFidelity = 1 };
        var labels = Targets.Values(tensor([-3.0, 5, 0.123]));
        loss.Begin(state, labels, null, null, 1);
        var link = loss.Link(state);
        var levels = tensor(link.Points.ToArray(), dtype: float64);
        var best = (loss.Bells(tensor([-3.0, 5, 0.123]), levels, levels[1] - levels[0]) + 1e-30).log().requires_grad_();
        var step = StepContext.First() with { State = state };
        (loss with { PairwiseFidelity = 0 }).Value(best, labels, null, step).backward();
        Assert.AreEqual(0, best.grad!.abs().max().ToDouble(), 1e-9);

        var row = best.detach()[2].to_type(float32).data<float>().ToArray();
        link.ToValues(row);
        Assert.AreEqual(0.123, row[0], 1e-3);
    }

    [TestMethod]
    public void Fidelity_rises_where_pairs_are_in_the_wrong_order_and_rows_in_the_right_one_cost_little()
    {
        using var scope = NewDisposeScope();
        using var state = new PartState();
        var loss = new SoftLevelLoss();
        loss.Begin(state, Targets.Values(tensor([0.0, 10])), null, null, 1);
        var levels = tensor(loss.Link(state).Points.ToArray(), dtype: float64);
        var logits = (loss.Bells(tensor([1.0, 5, 9]), levels, levels[1] - levels[0]) + 1e-30).log();
        double Fidelity(params double[] labels)
        {
            var step = StepContext.First() with { State = state };
            var targets = Targets.Values(tensor(labels));
            return (loss with { PairwiseFidelity = 1 }).Value(logits, targets, null, step).ToDouble() - loss.Value(logits, targets, null, step).ToDouble();
        }

        Assert.AreEqual(0, Fidelity(1, 5, 9), 1e-3);
        Assert.IsTrue(Fidelity(9, 5, 1) > 0.6); // six of nine pairs, wrong throughout
    }

    [TestMethod]
    public void Labels_that_are_all_alike_have_levels() // one label is no range
    {
        using var scope = NewDisposeScope();
        using var state = new PartState();
        new SoftLevelLoss().Begin(state, Targets.Values(tensor([2.0, 2])), null, null, 1);
        Assert.IsTrue(new SoftLevelLoss().Link(state).Points.All(double.IsFinite));
        Assert.IsTrue(new SoftLevelLoss().Value(zeros(2, 32), Targets.Values(tensor([2.0, 2])), null, StepContext.First() with { State = state }).isfinite().ToBoolean());
    }

    [TestMethod]
    public void Levels_need_room_for_bells() => Assert.AreEqual(
        "Bins must be more than 14, but is 14.", Assert.ThrowsExactly<ArgumentException>(new SoftLevelLoss { Bins = 14, Sigma = 2 }.Validate).Message);

    private static StudentOutput Seen(Tensor outputs, Tensor? hidden = null) => new(outputs) { Features = Some.Normal(3, float64, 6, 2), Hidden = hidden };

    private static double Divergence(Tensor outputs, Targets labels) => new CauchySchwarzLoss().Value(Seen(outputs), labels, null, StepContext.First()).ToDouble();

    [TestMethod]
    public void Predictions_that_are_the_labels_diverge_by_nothing_and_others_by_more()
    {
        using var scope = NewDisposeScope();
        var y = Labels.RealValues(Outputs);
        Assert.AreEqual(0, Divergence(y, Labels), 1e-12);
        Assert.IsTrue(Divergence(y + 0.5 * Outputs, Labels) > 1e-3);
        Assert.IsTrue(Divergence(y + 2, Labels) > Divergence(y + 1, Labels));
    }

    [TestMethod]
    public void The_divergence_by_its_sums()
    {
        using var scope = NewDisposeScope();
        var (x, y, o) = (Some.Normal(3, float64, 6, 2), Labels.RealValues(Outputs), Outputs);
        double G(Tensor a, Tensor b, int i, int j, double width) => Math.Exp(-(a[i] - b[j]).square().sum().ToDouble() / (2 * width * width));
        double T(Tensor a, Tensor b) => Enumerable.Range(0, 6).Sum(i =>
            Enumerable.Range(0, 6).Sum(j => G(x, x, i, j, 0.8) * G(a, b, i, j, 1)) / Math.Pow(Enumerable.Range(0, 6).Sum(j => G(x, x, i, j, 0.8)), 2));
        var expected = Math.Log2(T(y, y)) + Math.Log2(T(o, o)) - 2 * Math.Log2(T(o, y));
        Assert.AreEqual(expected, new CauchySchwarzLoss { Sigma = 0.8 }.Value(Seen(o), Labels, null, StepContext.First()).ToDouble(), 1e-9);
    }

    [TestMethod]
    public void A_hidden_block_that_is_the_features_keeps_all_and_a_constant_one_nothing()
    {
        using var scope = NewDisposeScope();
        var loss = new CauchySchwarzLoss { Beta = 1 };
        double Kept(Tensor hidden) => loss.Value(Seen(Outputs, hidden), Labels, null, StepContext.First()).ToDouble() - Divergence(Outputs, Labels);
        Assert.AreEqual(1, Kept(Some.Normal(3, float64, 6, 2)), 1e-3);
        Assert.AreEqual(0, Kept(ones(6, 4, dtype: float64)), 1e-6);
        Assert.IsTrue(Kept(Some.Normal(4, float64, 6, 2)) is > 0 and < 0.99);
    }

    [TestMethod]
    public void What_is_kept_has_a_gradient_at_the_hidden_block()
    {
        using var scope = NewDisposeScope();
        var hidden = Some.Normal(4, float64, 6, 2).requires_grad_();
        new CauchySchwarzLoss { Beta = 1, Sigma = 1 }.Value(Seen(Outputs, hidden), Labels, null, StepContext.First()).backward();
        Assert.IsTrue(hidden.grad!.isfinite().all().ToBoolean() && hidden.grad!.abs().max().ToDouble() > 1e-4);
    }

    [TestMethod]
    public void With_many_features_a_width_of_1_leaves_every_row_alone_and_the_default_does_not()
    {
        using var scope = NewDisposeScope();
        var student = new StudentOutput(Outputs) { Features = Some.Normal(3, float64, 6, 200) };
        double Of(double sigma) => new CauchySchwarzLoss { Sigma = sigma }.Value(student, Labels, null, StepContext.First()).ToDouble();
        Assert.AreNotEqual(Of(1), Of(0), 1e-3);
        var alone = Enumerable.Range(0, 6).Sum(i => Math.Exp(-Math.Pow((Outputs[i] - Labels.RealValues(Outputs)[i]).ToDouble(), 2) / 2)); // K the identity
        Assert.AreEqual(2 * Math.Log2(6) - 2 * Math.Log2(alone), Of(1), 1e-9);
    }

    [TestMethod]
    public void Features_must_be_given_and_epochs_are_judged_by_the_squared_error()
    {
        Assert.AreEqual("Features must be given for the loss 'cs-ib', but are not.", Assert.ThrowsExactly<InvalidOperationException>(() => new CauchySchwarzLoss().Value(Outputs, Labels)).Message);
        Assert.AreEqual(new SquaredLoss().Value(Outputs, Labels).ToDouble(), new CauchySchwarzLoss().Judge(new(Outputs), Labels, null, StepContext.First()).ToDouble(), 1e-12);
    }

    [TestMethod]
    public void Members_are_taken_one_by_one()
    {
        using var scope = NewDisposeScope();
        var (features, first, second) = (Some.Normal(3, float64, 6, 2), Outputs, Some.Normal(8, float64, 6, 1));
        var both = stack([first, second], 1).view(12, 1);
        var student = new StudentOutput(both) { Features = features.repeat_interleave(2, 0) };
        var labels = Targets.Values(Labels.RealValues(Outputs).repeat_interleave(2, 0));
        Assert.AreEqual(
            (Divergence(first, Labels) + Divergence(second, Labels)) / 2,
            new CauchySchwarzLoss().Value(student, labels, null, StepContext.First() with { Members = 2 }).ToDouble(), 1e-12);
    }
}
