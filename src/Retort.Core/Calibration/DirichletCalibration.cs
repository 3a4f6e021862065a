using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>A linear map of the log-probabilities whose entries off the diagonal, and whose offsets, are held small.</summary>
/// <remarks>
/// <c>p = softmax(A x + c)</c> with x the log-probabilities, by the least mean log-loss plus <c>OffDiagonal / (K (K - 1)) sum_(j != k) A_kj^2 + Offset / K sum_k c_k^2</c> (ODIR) for K classes. If the
/// probabilities of each class's rows have a Dirichlet distribution, the right probabilities have this form. The diagonal is held to 1 by 1e-6, that separable rows have a result; the source leaves it free.
/// Source: Kull, Perello-Nieto, Kängsepp, Silva Filho, Song and Flach, Beyond temperature scaling: Obtaining well-calibrated multiclass probabilities with Dirichlet calibration, 2019, sec. 3, https://arxiv.org/abs/1910.12656
/// </remarks>
[Method("dirichlet", Title = "Beyond temperature scaling: Obtaining well-calibrated multiclass probabilities with Dirichlet calibration",
    Authors = "Kull, Perello-Nieto, Kängsepp, Silva Filho, Song and Flach", Year = 2019, Link = "https://arxiv.org/abs/1910.12656", Tasks = LearningTasks.Classification)]
public sealed record DirichletCalibration : Calibration
{
    /// <summary>How much the entries off the diagonal cost. At least 0; default 1e-3, ours: the source searches it.</summary>
    [Range(1e-5, 1.0, 1e-3, true)]
    public double OffDiagonal { get; init; } = 1e-3;

    /// <summary>How much the offsets cost. At least 0; default 1e-3, ours: the source searches it.</summary>
    [Range(1e-5, 1.0, 1e-3, true)]
    public double Offset { get; init; } = 1e-3;

    /// <inheritdoc/>
    public override bool KeepsArgMax => false;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.AtLeast(OffDiagonal, 0);
        Check.AtLeast(Offset, 0);
    }

    private protected override Calibrator Learn(CalibrationRows rows)
    {
        var classes = rows.Classes;
        var penalty = new double[classes * (classes + 1)];
        for (var i = 0; i < penalty.Length; i++)
            penalty[i] = 1e-6 + (i >= classes * classes ? 2 * Offset / classes : i % (classes + 1) == 0 ? 0 : 2 * OffDiagonal / classes / (classes - 1));
        return AffineScaler.Of(this, classes, AffineFit.Fit(rows.LogProbabilities(), rows, penalty), isDiagonal: false);
    }

    private protected override Calibrator ReadNumbers(BinaryReader reader, int classes) => AffineScaler.Read(reader, this, classes, isDiagonal: false);
}
