namespace Retort;

/// <summary>How rows count in a distance covariance, and how distances are centred.</summary>
/// <remarks>
/// With <c>w</c> the weights, <c>a_i = sum over j of w_j a_ij</c> and <c>a.. = sum of w_i a_i</c>, the squared distance covariance is <c>Own * sum of w_i w_j a_ij b_ij + All * a.. b.. - 2 Mean * sum of w_i a_i b_i</c>.
/// </remarks>
internal sealed record Centring(DistanceStatistic Statistic, double[] Weights, double Total, double Own, double Mean, double All)
{
    public static Centring V(double[] weights)
    {
        var total = TensorPrimitives.Sum<double>(weights);
        var shares = new double[weights.Length];
        TensorPrimitives.Divide(weights, total, shares);
        return new(DistanceStatistic.V, shares, 1, 1, 1, 1);
    }

    public static Centring U(int rows)
    {
        double n = rows;
        var ones = new double[rows];
        Array.Fill(ones, 1);
        var own = 1 / (n * (n - 3));
        return new(DistanceStatistic.U, ones, n, own, own / (n - 2), own / (n - 1) / (n - 2));
    }

    /// <summary>What every row counts, where all count alike; else 0.</summary>
    public double Same { get; } = Weights.Length > 0 && !Weights.AsSpan().ContainsAnyExcept(Weights[0]) ? Weights[0] : 0;

    public int Rows => Weights.Length;

    /// <summary>What a row counts.</summary>
    public double Of(int row) => Same > 0 ? Same : Weights[row];
}
