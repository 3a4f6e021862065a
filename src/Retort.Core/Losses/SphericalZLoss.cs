using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>A loss that sees only where the true class's logit stands among a row's logits, whatever their size and level.</summary>
/// <remarks>
/// <c>1/Sharpness * ln(1 + exp(Sharpness * (Location - z_y)))</c> with <c>z_y = (o_y - mean of o) / deviation of o</c> over the logits o [rows, classes] of a row; 1e-6 is added to the variance, so that equal logits have a gradient.
/// Soft targets take its mean. Classes must be at least 3: of two, z is always -1 or 1. The largest possible z is <c>sqrt(classes - 1)</c>.
/// Source: de Brébisson and Vincent, The Z-loss: a shift and scale invariant classification loss belonging to the Spherical Family, 2016, eq. 4, https://arxiv.org/abs/1604.08859; its fast update for many classes is not here.
/// Logits have no scale, so it gives no probabilities: the network is calibrated at the end. Not for few classes, where cross-entropy has more to say; it is made for thousands.
/// Seen (<c>./bench losses</c>): on digits with 40 % wrong labels, over ten splits, accuracy is 11.2 points behind cross-entropy at the last epoch and 7.8 at the chosen one: not robust to wrong labels.
/// </remarks>
[Method("z-loss", Title = "The Z-loss: a shift and scale invariant classification loss belonging to the Spherical Family", Authors = "de Brébisson and Vincent", Year = 2016,
    Link = "https://arxiv.org/abs/1604.08859", Tasks = LearningTasks.Multiclass)]
public sealed record SphericalZLoss : RowLoss
{
    private const double LeastVariance = 1e-6;

    /// <summary>How sharply rows beyond <see cref="Location"/> stop counting. More than 0; default 1, ours: the source tunes it.</summary>
    [Range(0.1, 10.0, 1.0, true)]
    public double Sharpness { get; init; } = 1;

    /// <summary>How many deviations above the mean the true class is wanted. Default 1, ours: the source tunes it, larger where the first guess must be right.</summary>
    [Range(0.0, 10.0, 1.0)]
    public double Location { get; init; } = 1;

    /// <inheritdoc/>
    public override bool GivesProbabilities => false;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.AtLeast(Sharpness, 1e-3);
        Check.InRange(Location, -100, 100);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There are fewer than 3 classes.</exception>
    protected internal override Tensor PerRow(Tensor logits, Targets targets)
    {
        Check.Shape(logits, "[rows, classes] with at least 3 classes", logits.dim() == 2 && logits.shape[1] >= 3);
        var centred = logits - logits.mean([1L], keepdim: true);
        var z = centred / (centred.square().mean([1L], keepdim: true) + LeastVariance).sqrt();
        return (targets.Distribution(logits) * Stable.Softplus(Sharpness * (Location - z))).sum(1) / Sharpness;
    }
}
