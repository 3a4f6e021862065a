using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>A linear map of one of the network's hidden blocks learns to say what the teacher's last hidden block says.</summary>
/// <remarks>
/// <c>HiddenWeight * |W h + b - (t - m) / s|^2 / width + SoftTargetWeight * kd</c> with the hidden blocks h of the network and t of the teacher, [rows, width of each]; W and b are trained with the network and left out of what is fitted.
/// m is the mean of t over the training rows and s the root of its variance, which is the mean over its columns: so a map that knows nothing costs 1, whatever the teacher, and what is left is a share of its variance. <c>kd</c> is that of <see cref="SoftTargets"/>.
/// Source: Romero et al., FitNets: Hints for Thin Deep Nets, 2015, eq. 3, https://arxiv.org/abs/1412.6550.
/// We differ in that both terms are learned at once, where the source learns the hidden blocks first, in m and s, and in that the teacher's block is its last.
/// Not with a teacher that is not a network of ours.
/// Seen (<c>./bench distill</c>, five splits): against labels alone, in brackets paired standard errors, points of accuracy and log-loss on digits +1.2 (+3.1) and -0.074 (-4.2), MNIST +0.3 (+2.1) and -0.012 (-4.3), phoneme +0.5 (+1.2) and -0.011 (-3.9), wine +2.1 (+5.0) and -0.044 (-6.7); RMSE on abalone +0.014 (+1.8).
/// </remarks>
[Method("fitnet", Title = "FitNets: Hints for Thin Deep Nets", Authors = "Romero et al.", Year = 2015,
    Link = "https://arxiv.org/abs/1412.6550", Needs = Needs.TeacherScores | Needs.TeacherFeatures)]
public sealed record HiddenRegression : Distillation
{
    private const string Mean = "mean", Spread = "spread";

    /// <summary>How much the hidden block counts. At least 0; default 1, ours.</summary>
    [Range(0.01, 10.0, 1.0, true)]
    public double HiddenWeight { get; init; } = 1;

    /// <summary>How many blocks below the network's last hidden one the map stands. In [0, 64], and less than the network has; default 0.</summary>
    public int Below { get; init; }

    /// <summary>How much the teacher's answers count beside. At least 0; default 1.</summary>
    [Range(0.0, 2.0, 1.0)]
    public double SoftTargetWeight { get; init; } = 1;

    /// <summary>Softens both answers before they are compared; without effect in regression. More than 0; default 2, as for <c>kd</c>.</summary>
    [Range(1.0, 20.0, 2.0, true)]
    public double Temperature { get; init; } = 2;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.AtLeast(HiddenWeight, 0);
        Check.InRange(Below, 0, 64);
        Check.AtLeast(SoftTargetWeight, 0);
        Check.MoreThan(Temperature, 0);
    }

    internal override IReadOnlyList<Head> Heads(TeachingShape shape)
    {
        HiddenBlocks.Require(shape, this);
        if (Below >= shape.Blocks.Count)
            throw Check.Wrong(nameof(Below), $"be less than the network's {shape.Blocks.Count} hidden blocks", $"{Below}");
        return [new(shape.Blocks.Count - 1 - Below, shape.TeacherHidden)];
    }

    internal override void Begin(PartState state, TeachingRows rows)
    {
        if (rows.Teacher?.Hidden is not { } hidden)
            return;
        using var scope = NewDisposeScope();
        var shares = WeightedMean.Shares(hidden, rows.Weights).unsqueeze(1);
        var mean = (shares * hidden).sum([0L], keepdim: true);
        var variance = (shares * (hidden - mean).square()).sum([0L]).mean();
        state[Mean] = mean;
        state[Spread] = where(variance > 0, variance.sqrt(), ones_like(variance)); // of a teacher that says the same of all rows
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">There is no hidden block of the teacher, or no map.</exception>
    public override Tensor Value(StudentOutput student, TeacherOutput teacher, Targets targets, Tensor? weights, StepContext step)
    {
        var (said, wanted) = (HiddenBlocks.Head(student, this), HiddenBlocks.Of(teacher, student, this));
        if (step.State[Mean] is { } mean && step.State[Spread] is { } spread)
            wanted = (wanted - mean.to_type(wanted.dtype)) / spread.to_type(wanted.dtype);
        Check.Shape(said, $"[{wanted.shape[0]}, {wanted.shape[1]}] as the teacher's hidden block", said.shape.AsSpan().SequenceEqual(wanted.shape), "the head");
        return HiddenWeight * WeightedMean.Of((said - wanted).square().mean([1L]), weights)
            + SoftTargetWeight * new SoftTargets { Temperature = Temperature }.Value(student, teacher, targets, weights, step);
    }
}
