using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Cauchy-Schwarz quadratic mutual information of predictions and protected columns, from kernels over the batch.</summary>
/// <remarks>
/// <c>I = log2(sum of w_i w_j P_ij S_ij) + log2(sum of w_i w_j P_ij * sum of w_i w_j S_ij) - 2 log2(sum over i of w_i p_i s_i)</c> with kernels <c>exp(-distance^2 / (2 sigma^2))</c> P of predictions and S of the protected columns, p_i and s_i their
/// weighted row sums and w each row's share of the weight; divided by the root of the same of P with itself and of S with itself, plus 1e-6. The protected columns are one vector: distances within a column are divided by their scale, two
/// categories are 1 apart. 0 where predictions are independent of all columns together, near 1 where one says the other. A step costs the square of its rows, in time and in memory.
/// Source: Yu, Yu, Løkse, Jenssen and Príncipe, Cauchy-Schwarz Divergence Information Bottleneck for Regression, 2024, eq. 13, https://arxiv.org/abs/2404.17951, of features and a hidden block; with protected columns it is ours.
/// </remarks>
[Method("cs-dependence", Title = "Cauchy-Schwarz Divergence Information Bottleneck for Regression", Authors = "Yu, Yu, Løkse, Jenssen and Príncipe", Year = 2024,
    Link = "https://arxiv.org/abs/2404.17951", Needs = Needs.Groups)]
public sealed record CauchySchwarzDependence : Penalty
{
    private const double Tiny = 1e-30;

    /// <summary>The width of both kernels: 0 the root of each side's mean squared distance within the batch, which is held fixed. At least 0; default 0.</summary>
    [Range(0.0, 5.0, 0.0)]
    public double Sigma { get; init; }

    /// <summary>What the distances within each column are divided by, over the rows at hand; default <see cref="ProtectedScaling.Deviation"/>.</summary>
    public ProtectedScaling Scaling { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.AtLeast(Sigma, 0);
        Check.Defined(Scaling);
    }

    /// <inheritdoc/>
    public override Tensor Value(Tensor predictions, ProtectedColumns protectedColumns, Targets targets, Tensor? weights, StepContext step)
    {
        CheckRows(predictions, protectedColumns, targets);
        var w = WeightedMean.Shares(predictions, weights);
        var (p, s) = (Kernel(Squares(predictions), w), Kernel(Squares(protectedColumns, w).to_type(predictions.dtype), w));
        return Information(p, s, w) / ((Information(p, p, w).clamp_min(1e-12) * Information(s, s, w).clamp_min(1e-12)).sqrt() + 1e-6)
            * (w.sum() > 0).to_type(w.dtype); // rows without any weight cost nothing
    }

    private static Tensor Information(Tensor a, Tensor b, Tensor w)
    {
        var (meanA, meanB) = (a.mv(w), b.mv(w));
        return Log(w.dot((a * b).mv(w))) + Log(w.dot(meanA)) + Log(w.dot(meanB)) - 2 * Log(w.dot(meanA * meanB));
    }

    private static Tensor Log(Tensor x) => x.clamp_min(Tiny).log2();

    private Tensor Kernel(Tensor squares, Tensor w)
    {
        var width = Sigma * Sigma;
        if (Sigma == 0)
            width = w.dot(squares.detach().mv(w)).ToDouble();
        return (-squares / (2 * (width > 0 ? width : 1))).exp(); // 0 where rows are all alike
    }

    private static Tensor Squares(Tensor predictions) =>
        (predictions.square().sum(1).unsqueeze(1) + predictions.square().sum(1).unsqueeze(0) - 2 * predictions.mm(predictions.t())).clamp_min(0);

    private Tensor Squares(ProtectedColumns columns, Tensor w)
    {
        using var scope = NewDisposeScope();
        var shares = GivenGradient.Numbers(w);
        var sum = zeros([columns.Rows, columns.Rows], dtype: float64, device: w.device);
        foreach (var column in columns.Columns)
        {
            var scale = ProtectedValues.Of(column).Scale(Scaling, shares);
            if (scale > 0)
                sum += column.Categories is null ? ((column.Values.to_type(float64).unsqueeze(1) - column.Values.to_type(float64).unsqueeze(0)) / scale).square()
                    : column.Values.unsqueeze(1).ne(column.Values.unsqueeze(0)).to_type(float64) / (scale * scale);
        }

        return sum.MoveToOuterDisposeScope();
    }
}
