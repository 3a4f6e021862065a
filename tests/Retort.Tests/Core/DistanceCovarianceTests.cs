namespace Retort.Tests;

[TestClass]
public sealed class DistanceCovarianceTests
{
    private static readonly int[] Sizes = [2, 3, 4, 5, 17, 64, 500];

    /// <summary>Every kind of column with every form, statistic and scaling, on rows with ties, duplicates and constants.</summary>
    public static IEnumerable<object[]> Cases =>
        from form in Enum.GetValues<DependenceForm>()
        from statistic in Enum.GetValues<DistanceStatistic>()
        from kind in new[] { "plain", "root", "correlation", "conditional", "offset", "range", "mean", "none" }
        where form != DependenceForm.Joint || kind != "correlation"
        select new object[]
        {
            new DistanceCovariance
            {
                Form = form, Statistic = statistic, Root = kind == "root", Correlation = kind == "correlation", Conditional = kind == "conditional", Offset = kind == "offset" ? 2.5 : 1,
                Scaling = kind == "range" ? ProtectedScaling.Range : kind == "mean" ? ProtectedScaling.MeanDistance : kind == "none" ? ProtectedScaling.None : ProtectedScaling.Deviation,
            },
        };

    internal static IEnumerable<(string Name, Tensor Predictions, ProtectedColumns Columns)> Data(int n, bool single)
    {
        var two = Categories("two", Whole(n, 1, 2), 2);
        var five = Categories("five", Whole(n, 2, 4), 5); // a category is never seen
        var number = ProtectedColumn.Numbers("number", Some.Normal(3, float64, n));
        var tied = ProtectedColumn.Numbers("tied", Some.Normal(4, float64, n).round() + 1000);
        var same = ProtectedColumn.Numbers("same", ones(n, dtype: float64) * 0.1);
        var scalar = 0.3 * Some.Normal(5, float64, n, 1) + 0.2 * number.Values.square().unsqueeze(1) + 0.3 * two.Values.unsqueeze(1);
        (string, Tensor)[] predictions = [("numbers", scalar), ("ties", scalar.mul(3).round() / 3), ("constant", ones(n, 1, dtype: float64) * 0.1), ("classes", cat([scalar, -scalar, Some.Normal(6, float64, n, 1).round()], 1).softmax(1))];
        ProtectedColumn[][] sets = single ? [[two], [five], [number], [tied], [same]] : [[two, five], [five, number], [number, tied], [two, five, number, tied], [same, two]];
        foreach (var (name, x) in predictions)
            foreach (var set in sets)
                yield return ($"{name} of {n} against {string.Join(" and ", set.Select(column => column.Name))}", x, ProtectedColumns.Of(set));
    }

    private static Tensor Whole(int n, ulong seed, int below)
    {
        var random = new Generator(seed);
        return tensor([.. Enumerable.Range(0, n).Select(_ => random.Below(below))], dtype: int64);
    }

    private static ProtectedColumn Categories(string name, Tensor values, long count) => ProtectedColumn.OfCategories(name, values, count);

    private static Targets Labels(int n) => Targets.Classes(Whole(n, 7, 3));

    [TestMethod, DynamicData(nameof(Cases))]
    public void Value_and_gradient_are_those_of_the_definition(DistanceCovariance penalty)
    {
        var large = penalty with { Form = default, Statistic = default } == new DistanceCovariance(); // what the others do with it is seen on fewer rows
        foreach (var n in Sizes.Where(n => n < 500 || large))
        {
            using var scope = NewDisposeScope();
            foreach (var (name, x, columns) in Data(n, penalty.Form == DependenceForm.Single))
            {
                using var inner = NewDisposeScope();
                foreach (var weights in penalty.Statistic == DistanceStatistic.U || n == 500 ? new Tensor?[] { null } : [null, Some.Normal(8, float64, n).abs().clamp_min(0.3) - 0.3])
                {
                    if (weights is not null && weights.sum().ToDouble() == 0)
                        continue;
                    var (own, other) = (x.detach().clone().requires_grad_(), x.detach().clone().requires_grad_());
                    var (value, naive) = (penalty.Value(own, columns, Labels(n), weights), NaiveDependence.Value(penalty, other, columns, Labels(n), weights));
                    if (penalty.Root && (naive.ToDouble() < 1e-6 || penalty.Statistic == DistanceStatistic.U && n < 17))
                        continue; // where rounding decides whether there is a root
                    var size = Math.Max(1, Math.Abs(naive.ToDouble()));
                    Assert.AreEqual(naive.ToDouble(), value.ToDouble(), 1e-12 * size, name);
                    value.backward();
                    naive.backward();
                    Assert.AreEqual(0, (own.grad! - other.grad!).abs().max().ToDouble(), 1e-9 * size, name);
                }
            }
        }
    }

    [TestMethod]
    public void Rows_in_another_order_give_the_same()
    {
        foreach (var (name, x, columns) in Data(64, false))
        {
            var order = tensor(new Generator(9).Permutation(64));
            var moved = columns.Take(order);
            foreach (var form in new[] { DependenceForm.Concatenated, DependenceForm.Joint, DependenceForm.Sum })
            {
                var (first, second) = (x.detach().clone().requires_grad_(), x.index_select(0, order).detach().clone().requires_grad_());
                var penalty = new DistanceCovariance { Form = form };
                var (a, b) = (penalty.Value(first, columns, Labels(64)), penalty.Value(second, moved, Labels(64)));
                a.backward();
                b.backward();
                Assert.AreEqual(a.ToDouble(), b.ToDouble(), 1e-14, name);
                Assert.AreEqual(0, (first.grad!.index_select(0, order) - second.grad!).abs().max().ToDouble(), 1e-15, name);
            }
        }
    }

    [TestMethod]
    public void Independent_rows_cost_nothing_and_a_checkerboard_does()
    {
        // every pair of values once: independent. On a checkerboard neither column alone says anything, and correlation is 0, but both together do
        var (x, y) = (arange(100, dtype: int64) % 10, arange(100, dtype: int64).div(10, RoundingMode.floor));
        var (a, b) = (ProtectedColumn.OfCategories("a", x % 2, 2), ProtectedColumn.Numbers("b", y.to_type(float64)));
        var (independent, board) = (x.div(2, RoundingMode.floor).to_type(float64).unsqueeze(1), ((x + y) % 2).to_type(float64).unsqueeze(1));
        foreach (var form in new[] { DependenceForm.Concatenated, DependenceForm.Joint })
        {
            var penalty = new DistanceCovariance { Form = form };
            var attributes = penalty.Value(zeros(100, 1, dtype: float64), ProtectedColumns.Of(a, b), Labels(100)).ToDouble(); // what the joint form says of the columns among themselves
            Assert.AreEqual(0, attributes, 1e-14);
            Assert.AreEqual(0, penalty.Value(independent, ProtectedColumns.Of(a, b), Labels(100)).ToDouble(), 1e-14);
            Assert.IsTrue(penalty.Value(board, ProtectedColumns.Of(a, b), Labels(100)).ToDouble() > 1e-3);
        }

        var sum = new DistanceCovariance { Form = DependenceForm.Sum };
        Assert.AreEqual(0, sum.Value(board, ProtectedColumns.Of(a, ProtectedColumn.OfCategories("c", y % 2, 2)), Labels(100)).ToDouble(), 1e-14);
        var square = (arange(21, dtype: float64) - 10).unsqueeze(1); // no correlation, and yet the square follows from it
        Assert.IsTrue(new DistanceCovariance().Value(square, ProtectedColumns.Of(ProtectedColumn.Numbers("square", square.square().squeeze(1))), Labels(21)).ToDouble() > 0.1);
    }

    [TestMethod]
    public void A_column_that_says_all_has_correlation_1()
    {
        var x = Some.Normal(1, float64, 50, 1);
        foreach (var statistic in Enum.GetValues<DistanceStatistic>())
            Assert.AreEqual(1, new DistanceCovariance { Correlation = true, Statistic = statistic }.Value(x, ProtectedColumns.Of(ProtectedColumn.Numbers("x", -3 * x.squeeze(1))), Labels(50)).ToDouble(), 1e-12);
    }

    [TestMethod]
    public void Slices_are_right_on_average()
    {
        foreach (var (name, x, columns) in Data(64, false))
        {
            var (exact, near) = (x.detach().clone().requires_grad_(), x.detach().clone().requires_grad_());
            var (value, other) = (new DistanceCovariance().Value(exact, columns, Labels(64)), new DistanceCovariance { ApproximateSlices = 4000 }.Value(near, columns, Labels(64)));
            value.backward();
            other.backward();
            Assert.AreEqual(value.ToDouble(), other.ToDouble(), 0.1 * value.ToDouble() + 1e-12, name);
            Assert.AreEqual(0, (exact.grad! - near.grad!).norm().ToDouble(), 0.15 * exact.grad!.norm().ToDouble() + 1e-12, name);
        }
    }

    [TestMethod]
    public void Single_precision_gives_the_gradient_in_its_own_type()
    {
        var (_, x, columns) = Data(64, true).First();
        var (single, whole) = (x.to_type(float32).requires_grad_(), x.detach().clone().requires_grad_());
        var (value, exact) = (new DistanceCovariance().Value(single, columns, Labels(64)), new DistanceCovariance().Value(whole, columns, Labels(64)));
        value.backward();
        exact.backward();
        Assert.AreEqual(float32, value.dtype);
        Assert.AreEqual(exact.ToDouble(), value.to_type(float64).ToDouble(), 1e-6);
        Assert.AreEqual(0, (single.grad!.to_type(float64) - whole.grad!).abs().max().ToDouble(), 1e-7);
    }

    [TestMethod]
    public void What_does_not_go_together_is_refused()
    {
        var (_, x, columns) = Data(5, false).First();
        Refused("Form must be Concatenated, Joint or Sum where there are several protected columns, but is Single.", () => new DistanceCovariance { Form = DependenceForm.Single }.Value(x, columns, Labels(5)));
        Refused("Correlation must be false where Form is Joint, but is true.", new DistanceCovariance { Form = DependenceForm.Joint, Correlation = true }.Validate);
        Refused("ApproximateSlices must be 0 where Form is Joint or Correlation is true, but is 3.", new DistanceCovariance { ApproximateSlices = 3, Correlation = true }.Validate);
        Refused("Weights must be all alike, or 0, for the statistic U, but is 0.5 times the largest for one row.", () => new DistanceCovariance { Statistic = DistanceStatistic.U }.Value(x, columns, Labels(5), tensor(new[] { 1.0, 2, 2, 0, 2 })));
        Refused("predictions must have shape [5, columns] as there are 5 rows of protected columns, but has [4, 1].", () => new DistanceCovariance().Value(x[..4], columns, Labels(4)));
        Assert.ThrowsExactly<InvalidOperationException>(() => new DistanceCovariance { Conditional = true }.Value(x, columns, Targets.Values(x)));

        static void Refused(string message, Action action) => Assert.AreEqual(message, Assert.ThrowsExactly<ArgumentException>(action).Message);
    }
}
