namespace Retort.Tests;

/// <summary>What holds for every penalty, over sampled settings and every task that it serves.</summary>
[TestClass]
public sealed class EveryPenaltyTests
{
    private const int Rows = 12;

    public sealed record Case(Penalty Penalty, LearningTask Task)
    {
        internal Tensor Predictions => Task switch
        {
            LearningTask.Binary => Some.Normal(1, float64, Rows, 1).sigmoid(),
            LearningTask.Multiclass => Some.Probabilities(1, float64, Rows, 3),
            _ => Some.Normal(1, float64, Rows, 1),
        };

        internal Targets Targets(Tensor? rows = null)
        {
            var all = Task == LearningTask.Regression ? Some.Normal(2, float64, Rows) : arange(Rows, dtype: int64) / 2 % 3 % (Task == LearningTask.Binary ? 2 : 3);
            all = rows is null ? all : all.index_select(0, rows);
            return Task == LearningTask.Regression ? Retort.Targets.Values(all) : Retort.Targets.Classes(all.to_type(int64));
        }

        internal Tensor Value(Tensor predictions, ProtectedColumns columns, Tensor? weights = null, Tensor? rows = null) => Penalty.Value(predictions, columns, Targets(rows), weights);

        /// <summary>What the task's columns are; one alone where the form says so.</summary>
        internal ProtectedColumns Columns => Penalty is DistanceCovariance { Form: DependenceForm.Single } ? ProtectedColumns.Of(Number) : ProtectedColumns.Of(Category, Number);
    }

    private static ProtectedColumn Category => ProtectedColumn.OfCategories("category", tensor([.. Enumerable.Range(0, Rows).Select(i => (long)(i * i + i / 5) % 2)], dtype: int64), 2);

    private static ProtectedColumn Number => ProtectedColumn.Numbers("number", Some.Normal(3, float64, Rows).round(1), 2);

    public static IEnumerable<object[]> Cases =>
        from part in EveryPartTests.Samples(typeof(Penalty))
        from task in Enum.GetValues<LearningTask>()
        where Methods.Of(part).Serves(task) && !(part is DistanceCovariance { Conditional: true } && task == LearningTask.Regression)
        select new object[] { new Case((Penalty)part, task) };

    [TestMethod, DynamicData(nameof(Cases))]
    public void Gradients_agree_with_differences(Case c)
    {
        const double h = 1e-6;
        using var scope = NewDisposeScope();
        var weights = c.Penalty is DistanceCovariance { Statistic: DistanceStatistic.U } ? null : 1 + arange(Rows, dtype: float64) % 3 % 2;
        var predictions = c.Predictions.requires_grad_();
        c.Value(predictions, c.Columns, weights).backward();
        for (var i = 0; i < Rows; i++)
        {
            var step = zeros_like(predictions);
            step[i, 0] = h;
            var difference = (c.Value(predictions.detach() + step, c.Columns, weights).ToDouble() - c.Value(predictions.detach() - step, c.Columns, weights).ToDouble()) / (2 * h);
            if (c.Penalty is not CauchySchwarzDependence { Sigma: 0 }) // whose width, which depends on predictions, is held fixed
                Assert.AreEqual(difference, predictions.grad![i, 0].ToDouble(), (c.Penalty is CauchySchwarzDependence ? 1e-5 : 1e-6) * Math.Max(1, Math.Abs(difference))); // wide kernels differ little
        }
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public void Rows_count_by_their_weight_and_in_any_order(Case c)
    {
        using var scope = NewDisposeScope();
        var rows = tensor(new long[] { 3, 0, 3, 1, 7, 2, 8, 9, 11, 10, 3, 4 });
        var (once, weights) = (tensor(new long[] { 0, 1, 2, 3, 4, 7, 8, 9, 10, 11, 5 }), tensor(new[] { 1.0, 1, 1, 3, 1, 1, 1, 1, 1, 1, 0 }));
        if (c.Penalty is DistanceCovariance { Statistic: DistanceStatistic.U })
            return; // which counts pairs of different rows
        Assert.AreEqual(c.Value(c.Predictions.index_select(0, rows), c.Columns.Take(rows), null, rows).ToDouble(), c.Value(c.Predictions.index_select(0, once), c.Columns.Take(once), weights, once).ToDouble(), 1e-10);
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public void Rows_without_weight_and_constant_predictions_are_no_trouble(Case c)
    {
        using var scope = NewDisposeScope();
        foreach (var (weights, predictions) in new[] { (zeros(Rows, dtype: float64), c.Predictions), (null, full_like(c.Predictions, 0.3)), (null, zeros_like(c.Predictions)) })
        {
            var own = predictions.detach().requires_grad_();
            var value = c.Value(own, c.Columns, weights);
            value.backward();
            Assert.IsTrue(value.isfinite().ToBoolean() && own.grad!.isfinite().all().ToBoolean());
            if (weights is not null)
                Assert.AreEqual(0, value.ToDouble() + own.grad!.abs().sum().ToDouble());
        }
    }

    [TestMethod]
    public void Known_gaps()
    {
        // two groups of three rows; labels 0, 1, 1 and 0, 0, 1
        var columns = ProtectedColumns.Of(ProtectedColumn.OfCategories("group", tensor(new long[] { 0, 0, 0, 1, 1, 1 }), 2));
        var predictions = tensor(new[] { 0.2, 0.6, 0.7, 0.1, 0.3, 0.5 }).unsqueeze(1);
        var targets = Targets.Classes(0, 1, 1, 0, 0, 1);
        double Of(Penalty penalty) => penalty.Value(predictions, columns, targets).ToDouble();
        var costs = new[] { -Math.Log(0.8 * 0.6 * 0.7) / 3, -Math.Log(0.9 * 0.7 * 0.5) / 3 };

        Assert.AreEqual(0.2, Of(new DemographicParity { Measure = GapMeasure.Largest }), 1e-12); // 0.5 and 0.3
        Assert.AreEqual(0.01, Of(new DemographicParity()), 1e-12);
        Assert.AreEqual(0.15, Of(new EqualOpportunity { Measure = GapMeasure.Largest }), 1e-12); // 0.65 and 0.5
        Assert.AreEqual(0.075, Of(new EqualizedOdds { Measure = GapMeasure.Largest }), 1e-12); // of the zeros 0.2 and 0.2
        Assert.AreEqual(costs.Max(), Of(new WorstGroup { Smoothing = 0 }), 1e-12);
        Assert.AreEqual(costs.Average(), Of(new WorstGroup { Smoothing = 1e4 }), 1e-6);
        Assert.AreEqual(costs.Max() - costs.Min(), Of(new GroupGap { Measure = GapMeasure.Largest }), 1e-12);
        Assert.AreEqual(Math.Pow(costs.Max() - costs.Min(), 2) / 4, Of(new GroupGap()), 1e-12);
        Assert.AreEqual(0.2, Of(new DemographicParity { Measure = GapMeasure.Largest, Smoothing = 1e-3 }), 2e-3);
        Assert.AreEqual(0, new CauchySchwarzDependence().Value(tensor(new[] { 0.1, 0.5, 0.9, 0.1, 0.5, 0.9 }).unsqueeze(1), columns, targets).ToDouble(), 1e-12);
        Assert.AreEqual(1, new CauchySchwarzDependence().Value(tensor(new[] { 0.1, 0.1, 0.1, 0.9, 0.9, 0.9 }).unsqueeze(1), columns, targets).ToDouble(), 1e-4);
    }

    [TestMethod]
    public void Protected_columns_know_their_groups_and_cells()
    {
        var (a, b) = (ProtectedColumn.OfCategories("a", tensor(new long[] { 0, 2, 0, 2, 0, 2 }), 3), ProtectedColumn.Numbers("b", tensor(new[] { 5.0, 1, 1, 4, 4, 9 }), 2));
        CollectionAssert.AreEqual(new long[] { 1, 0, 0, 1, 1, 1 }, b.Groups.data<long>().ToArray());
        var columns = ProtectedColumns.Of(a, b);
        CollectionAssert.AreEqual(new long[] { 1, 2, 0, 3, 1, 3 }, columns.Cells.data<long>().ToArray());
        Assert.AreEqual(4, columns.CellCount);
        var some = columns.Take(tensor(new long[] { 3, 0 }));
        CollectionAssert.AreEqual(new long[] { 3, 1 }, some.Cells.data<long>().ToArray());
        Assert.AreEqual((2L, 4L), (some.Rows, some.CellCount));

        Refused("Each category of the protected column 'c' must lie in [0, 1], but is 2.", () => ProtectedColumn.OfCategories("c", tensor(new long[] { 0, 2 }), 2));
        Refused("Protected column 'c' must hold finite numbers, but is NaN.", () => ProtectedColumn.Numbers("c", tensor(new[] { 0, double.NaN })));
        Refused("The rows of the protected column 'c' must be 6, as those of 'a', but is 1.", () => ProtectedColumns.Of(a, ProtectedColumn.Numbers("c", zeros(1))));
        Refused("Names of protected columns must differ, but is 'a' twice.", () => ProtectedColumns.Of(a, a));
        Refused("The number of protected columns must be at least 1, but is 0.", () => ProtectedColumns.Of());

        static void Refused(string message, Action action) => Assert.AreEqual(message, Assert.ThrowsExactly<ArgumentException>(action).Message);
    }
}
