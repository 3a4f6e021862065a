using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>A linear map of the logits, chosen for the best log-loss: it can undo confusions between classes, and overfits where classes are many and rows few.</summary>
/// <remarks>
/// <c>p = softmax(A x + c)</c> with x the log-probabilities of the logits, as in <see cref="VectorScaling"/>; A is [classes, classes]. With many classes take <see cref="DirichletCalibration"/> or
/// <see cref="StructuredMatrixScaling"/>, which differ by what they hold small.
/// Source: Guo, Pleiss, Sun and Weinberger, On Calibration of Modern Neural Networks, 2017, sec. 4.2, https://arxiv.org/abs/1706.04599
/// </remarks>
[Method("matrix", Title = "On Calibration of Modern Neural Networks", Authors = "Guo, Pleiss, Sun and Weinberger", Year = 2017,
    Link = "https://arxiv.org/abs/1706.04599", Tasks = LearningTasks.Classification)]
public sealed record MatrixScaling : Calibration
{
    /// <summary>How much <c>1/2 |A - I|^2</c> and <c>1/2 |c|^2</c> cost beside the mean log-loss. More than 0; default 1e-6, as good as nothing; the source has none.</summary>
    [Range(1e-8, 0.1, 1e-6, true)]
    public double Penalty { get; init; } = 1e-6;

    /// <inheritdoc/>
    public override bool KeepsArgMax => false;

    /// <inheritdoc/>
    public override void Validate() => Check.MoreThan(Penalty, 0);

    private protected override Calibrator Learn(CalibrationRows rows)
    {
        var penalty = new double[rows.Classes * (rows.Classes + 1)];
        Array.Fill(penalty, Penalty);
        return AffineScaler.Of(this, rows.Classes, AffineFit.Fit(rows.LogProbabilities(), rows, penalty), isDiagonal: false);
    }

    private protected override Calibrator ReadNumbers(BinaryReader reader, int classes) => AffineScaler.Read(reader, this, classes, isDiagonal: false);
}
