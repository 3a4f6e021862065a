namespace Retort;

/// <summary>How far apart rows are in protected columns, b_ij, as far as a distance covariance needs to know it.</summary>
internal abstract class ProtectedSpace(Centring centring)
{
    private double[]? _sums;

    protected Centring Centring { get; } = centring;

    /// <summary>The weighted sum of each row's distances, b_i.</summary>
    public double[] Sums => _sums ??= EachSum();

    /// <summary>The weighted sum of those, b..</summary>
    public double Total { get; protected init; }

    /// <summary>The weighted sum of all squared distances.</summary>
    public abstract double Squares { get; }

    /// <summary>Rows in the order of their predictions x.</summary>
    public virtual SortedRows Sort(ReadOnlySpan<double> predictions) => SortedRows.Of(predictions);

    /// <summary>The same predictions given to other rows.</summary>
    /// <param name="sorted">Rows in the order of their predictions, as <see cref="Sort"/> gave them.</param>
    /// <param name="to">The row that the prediction of each row goes to.</param>
    public virtual SortedRows Moved(SortedRows sorted, int[] to) => sorted with { Rows = SortedRows.Gathered(to, sorted.Rows) };

    /// <summary>For each row i the sum over j of <c>w_j sign(x_i - x_j) b_ij</c>, and <see cref="Sums"/>, both in the order of x.</summary>
    /// <param name="sorted">Rows in the order of x, as <see cref="Sort"/> gave them.</param>
    /// <param name="signed">One number a row.</param>
    /// <param name="sums">One number a row.</param>
    public abstract void SignedSums(SortedRows sorted, Span<double> signed, Span<double> sums);

    protected abstract double[] EachSum();

    /// <summary>The squared distance variance of the columns.</summary>
    public double Variance
    {
        get
        {
            var sum = 0.0;
            for (var i = 0; i < Sums.Length; i++)
                sum += Centring.Weights[i] * Sums[i] * Sums[i];
            return Math.Max(Centring.Own * Squares + Centring.All * Total * Total - 2 * Centring.Mean * sum, 0);
        }
    }
}
