using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>A linear map of the temperature-scaled log-probabilities that leaves temperature scaling only as far as the rows are many enough to show it.</summary>
/// <remarks>
/// <c>p = softmax(A x + c)</c> with x the logarithms of what <see cref="SmoothedTemperatureScaling"/> gives, by the least
/// <c>sum w CE + 1/2 (Diagonal sum_k (A_kk - 1)^2 + OffDiagonal K sum_(j != k) A_kj^2 + Offset sum_k c_k^2)</c> for K classes: the likeliest parameters where they are normal around temperature scaling,
/// those off the diagonal the closer to 0 the more of them add up in a logit. The sum of log-losses grows with the rows and the rest does not, so few rows give temperature scaling and many rows matrix scaling.
/// After: Berta, Holzmüller, Jordan and Bach, Structured Matrix Scaling for Multi-Class Calibration, 2025, https://arxiv.org/abs/2511.03685, from which come the smoothed temperature scaling first and a strength for each
/// of diagonal, rest and offsets; how the strengths grow with classes and rows, and their defaults, are ours.
/// </remarks>
[Method("structured-matrix", Title = "Structured Matrix Scaling for Multi-Class Calibration", Authors = "Berta, Holzmüller, Jordan and Bach", Year = 2025,
    Link = "https://arxiv.org/abs/2511.03685", Tasks = LearningTasks.Classification)]
public sealed record StructuredMatrixScaling : Calibration
{
    /// <summary>How strongly the diagonal is held to 1. More than 0; default 1.</summary>
    [Range(0.01, 100.0, 1.0, true)]
    public double Diagonal { get; init; } = 1;

    /// <summary>How strongly, times the number of classes, the rest of the matrix is held to 0. More than 0; default 10.</summary>
    [Range(0.01, 1000.0, 10.0, true)]
    public double OffDiagonal { get; init; } = 10;

    /// <summary>How strongly the offsets are held to 0. More than 0; default 1.</summary>
    [Range(0.01, 100.0, 1.0, true)]
    public double Offset { get; init; } = 1;

    /// <inheritdoc/>
    public override bool KeepsArgMax => false;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.MoreThan(Diagonal, 0);
        Check.MoreThan(OffDiagonal, 0);
        Check.MoreThan(Offset, 0);
    }

    private protected override Calibrator Learn(CalibrationRows rows)
    {
        var (classes, total) = (rows.Classes, rows.TotalWeight);
        var before = (TemperatureScaling.Search(rows), total);
        var inputs = (double[])rows.Logits.Clone();
        for (var row = 0; row < rows.Count; row++)
            AffineScaler.Prepare(inputs.AsSpan(row * classes, classes), before);

        var penalty = new double[classes * (classes + 1)];
        for (var i = 0; i < penalty.Length; i++)
            penalty[i] = (i >= classes * classes ? Offset : i % (classes + 1) == 0 ? Diagonal : OffDiagonal * classes) / total;
        return AffineScaler.Of(this, classes, AffineFit.Fit(inputs, rows, penalty), isDiagonal: false, before);
    }

    private protected override Calibrator ReadNumbers(BinaryReader reader, int classes) => AffineScaler.Read(reader, this, classes, isDiagonal: false, hasBefore: true);
}
