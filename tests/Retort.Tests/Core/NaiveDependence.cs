namespace Retort.Tests;

/// <summary>Distance covariances from their definitions, with whole matrices of pairs, for autograd.</summary>
internal static class NaiveDependence
{
    public static Tensor Value(DistanceCovariance penalty, Tensor predictions, ProtectedColumns columns, Targets? targets, Tensor? weights)
    {
        var rows = (int)predictions.shape[0];
        var w = weights ?? ones(rows, dtype: float64);
        var b = columns.Columns.Select(column => Column(penalty, column, w / w.sum())).ToArray();
        if (!penalty.Conditional)
            return Of(penalty, predictions, b, w);
        var (sum, classes) = (zeros([], dtype: float64), targets!.ClassNumbers());
        foreach (var label in Enumerable.Range(0, 3))
        {
            var own = classes.eq(label).nonzero().squeeze(1);
            if (own.shape[0] > 0)
                sum += w.index_select(0, own).sum() / w.sum() * Of(penalty, predictions.index_select(0, own), [.. b.Select(d => d.index_select(0, own).index_select(1, own))], w.index_select(0, own));
        }

        return sum;
    }

    private static Tensor Of(DistanceCovariance penalty, Tensor predictions, Tensor[] b, Tensor w)
    {
        var n = (int)w.shape[0];
        var unbiased = penalty.Statistic == DistanceStatistic.U;
        if (unbiased && n < 4)
            return (predictions * 0).sum();
        var pairs = unbiased ? ones(n, n, dtype: float64) - eye(n, dtype: float64) : w.unsqueeze(1) * w.unsqueeze(0) / w.sum().square();
        var a = Distances(predictions);
        Tensor[] sides = penalty.Form switch
        {
            DependenceForm.Sum or DependenceForm.Single => b,
            DependenceForm.Joint => [],
            _ => [b.Aggregate(zeros_like(a), (sum, d) => sum + d.square()).sqrt()],
        };
        if (penalty.Form == DependenceForm.Joint)
            return Rooted(Mean(b.Prepend(a).Select(d => penalty.Offset - Centred(d)).Aggregate((x, y) => x * y) - Math.Pow(penalty.Offset, b.Length + 1)));
        return sides.Aggregate(zeros([], dtype: float64), (sum, d) => sum + Rooted(penalty.Correlation ? Correlation(d) : Mean(Centred(a) * Centred(d))));

        Tensor Correlation(Tensor d)
        {
            var product = Mean(Centred(a).square()) * Mean(Centred(d).square());
            return product.ToDouble() < 1e-24 ? (predictions * 0).sum() : Mean(Centred(a) * Centred(d)) / product.sqrt();
        }

        Tensor Mean(Tensor values) => (values * pairs).sum() / (unbiased ? (double)n * (n - 3) : 1);

        Tensor Centred(Tensor d)
        {
            if (unbiased)
                return (d - (d.sum(1, keepdim: true) + d.sum([0L], true)) / (n - 2) + d.sum() / ((n - 1.0) * (n - 2))) * pairs;
            var means = d.mv(w) / w.sum();
            return d - means.unsqueeze(1) - means.unsqueeze(0) + means.dot(w) / w.sum();
        }

        Tensor Rooted(Tensor value) => !penalty.Root ? value : value.ToDouble() > 1e-18 ? value.sqrt() : (predictions * 0).sum();
    }

    /// <summary>Equal rows are 0 apart and have no slope.</summary>
    private static Tensor Distances(Tensor x)
    {
        var squares = (x.unsqueeze(1) - x.unsqueeze(0)).square().sum(2);
        var apart = squares > 0;
        return where(apart, where(apart, squares, ones_like(squares)).sqrt(), zeros_like(squares));
    }

    private static Tensor Column(DistanceCovariance penalty, ProtectedColumn column, Tensor shares)
    {
        var values = column.Values.to_type(float64);
        var difference = values.unsqueeze(1) - values.unsqueeze(0);
        var d = column.Categories is null ? difference.abs() : difference.ne(0).to_type(float64);
        var counted = d * shares.unsqueeze(1).gt(0).to_type(float64) * shares.unsqueeze(0).gt(0).to_type(float64);
        var scale = penalty.Scaling switch
        {
            ProtectedScaling.Deviation => Math.Sqrt(shares.dot(d.square().mv(shares)).ToDouble() / 2),
            ProtectedScaling.MeanDistance => shares.dot(d.mv(shares)).ToDouble(),
            ProtectedScaling.Range => counted.max().ToDouble(),
            _ => 1,
        };
        return counted.max().ToDouble() > 0 ? d / scale : zeros_like(d);
    }
}
