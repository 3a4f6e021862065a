using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>A factor and an offset for each class, chosen for the best log-loss.</summary>
/// <remarks>
/// <c>p = softmax(a * x + c)</c> with x the log-probabilities of the logits. The source takes the logits themselves; x differs from them by a number a row, so that scores which are probabilities and scores
/// which are logits give the same. Without limit on a and c, separable rows would have no best ones: <see cref="Penalty"/> holds them.
/// Source: Guo, Pleiss, Sun and Weinberger, On Calibration of Modern Neural Networks, 2017, sec. 4.2, https://arxiv.org/abs/1706.04599
/// </remarks>
[Method("vector", Title = "On Calibration of Modern Neural Networks", Authors = "Guo, Pleiss, Sun and Weinberger", Year = 2017,
    Link = "https://arxiv.org/abs/1706.04599", Tasks = LearningTasks.Classification)]
public sealed record VectorScaling : Calibration
{
    /// <summary>How much <c>1/2 (a - 1)^2</c> and <c>1/2 c^2</c> cost beside the mean log-loss. More than 0; default 1e-6, as good as nothing; the source has none.</summary>
    [Range(1e-8, 0.1, 1e-6, true)]
    public double Penalty { get; init; } = 1e-6;

    /// <inheritdoc/>
    public override bool KeepsArgMax => false;

    /// <inheritdoc/>
    public override void Validate() => Check.MoreThan(Penalty, 0);

    private protected override Calibrator Learn(CalibrationRows rows)
    {
        var penalty = new double[rows.Classes * (rows.Classes + 1)];
        for (var i = 0; i < penalty.Length; i++)
            penalty[i] = i >= rows.Classes * rows.Classes || i % (rows.Classes + 1) == 0 ? Penalty : double.PositiveInfinity;
        return AffineScaler.Of(this, rows.Classes, AffineFit.Fit(rows.LogProbabilities(), rows, penalty), isDiagonal: true);
    }

    private protected override Calibrator ReadNumbers(BinaryReader reader, int classes) => AffineScaler.Read(reader, this, classes, isDiagonal: true);
}
