using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Normalised soft targets without a teacher: how surely the true class is learned, and how the others are ranked, comes from the network itself and from a weaker head on its middle block.</summary>
/// <remarks>
/// <c>-TargetWeight * P_y ln s_y - OtherWeight * sum over i other than y of z_i ln s'_i + WeakWeight * weak</c> with the network's probabilities s, y the true class, and s' its probabilities of the other classes divided by their sum.
/// <c>P_y = s_y^2 + 1 - m</c>, m the mean of the batch's s_y^2, without slope: rows already known count more. z are Zipf's shares <c>1 / rank</c>, divided by their sum, of the other classes ranked by <c>s'_i + w'_i</c>, without slope;
/// w' are the same of the weak head. weak is the weak head's cross-entropy with <c>0.9</c> of the label and <c>0.1 / classes</c> for every class; the network's lower half learns from it too. In nats. Logits [rows, classes];
/// of soft targets the likeliest class counts as the true one.
/// The labels are in it, so it begins as <c>Mode = Replace, Weight = 1</c>. The head is a linear layer on the middle one of the hidden blocks, and not part of the fitted network.
/// Source: Yang, Zeng, Li, Zhang, Yuan and Li, From Knowledge Distillation to Self-Knowledge Distillation: A Unified Approach with Normalized Loss and Customized Soft Labels, 2023, sec. 3, https://arxiv.org/abs/2303.13005,
/// its part without a teacher (USKD); that with one is <see cref="NormalizedTargets"/>. Its code takes the two likeliest classes of soft targets.
/// Not for two classes, where there is nothing to rank: they are refused. Zipf's shares are a guess, so not where a teacher can be had.
/// Seen (<c>./bench distill</c>, five splits): against labels alone, in brackets paired standard errors, points of accuracy and log-loss on digits +0.4 (+0.5) and -0.037 (-1.4), MNIST +0.5 (+2.6) and -0.011 (-1.7), wine +1.2 (+3.0) and +0.028 (+11.3).
/// </remarks>
[Method("uskd", Title = "From Knowledge Distillation to Self-Knowledge Distillation: A Unified Approach with Normalized Loss and Customized Soft Labels", Authors = "Yang, Zeng, Li, Zhang, Yuan and Li", Year = 2023,
    Link = "https://arxiv.org/abs/2303.13005", Tasks = LearningTasks.Multiclass)]
public sealed record CustomizedTargets : SelfDistillation
{
    private const double Smoothing = 0.1;

    /// <summary>In which the labels are part of what the method asks for.</summary>
    public CustomizedTargets() => (Mode, Weight) = (DistillationMode.Replace, 1);

    /// <summary>How much the true class counts. At least 0; default 1, the source's.</summary>
    [Range(0.1, 4.0, 1.0, true)]
    public double TargetWeight { get; init; } = 1;

    /// <summary>How much the other classes count. At least 0; default 0.1, the source's.</summary>
    [Range(0.01, 1.0, 0.1, true)]
    public double OtherWeight { get; init; } = 0.1;

    /// <summary>How much the weak head's own learning counts. More than 0; default 0.005, the source's.</summary>
    [Range(0.0005, 0.5, 0.005, true)]
    public double WeakWeight { get; init; } = 0.005;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.AtLeast(TargetWeight, 0);
        Check.AtLeast(OtherWeight, 0);
        Check.MoreThan(WeakWeight, 0);
    }

    internal override bool NeedsHidden => true;

    internal override IReadOnlyList<Head> Heads(TeachingShape shape)
    {
        CheckClasses(shape.Outputs);
        return [new((Handed.Blocks(shape, this) - 1) / 2, shape.Outputs)];
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The targets are real values.</exception>
    public override Tensor Value(StudentOutput student, Targets targets, Tensor? weights, StepContext step)
    {
        var (logits, weakLogits, classes) = (student.Logits, Handed.All(student.Heads, 1, "the student's heads")[0], targets.ClassNumbers());
        Check.Shape(logits, "[rows, classes]", logits.dim() == 2, "the student's logits");
        CheckClasses(logits.shape[1]);
        var (own, weak) = (ClassSplit.Of(logits, classes), ClassSplit.Of(weakLogits, classes));

        var squares = own.Own.detach().exp().square().squeeze(1);
        var wanted = squares + 1 - WeightedMean.Of(squares, weights);
        var order = (own.Others.exp() + weak.Others.exp()).detach().argsort(1, descending: true);
        var zipf = arange(1, logits.shape[1], dtype: logits.dtype, device: logits.device).reciprocal();
        var others = (zipf / zipf.sum() * own.Others.gather(1, order)).sum(1);
        var smooth = (1 - Smoothing) * targets.Distribution(logits) + Smoothing / logits.shape[1];
        var weakly = (smooth * weakLogits.log_softmax(1)).sum(1);
        return WeightedMean.Of(-TargetWeight * wanted * own.Own.squeeze(1) - OtherWeight * others - WeakWeight * weakly, weights);
    }

    private static void CheckClasses(long classes) => Check.AtLeast(classes, 3, "The number of classes for 'uskd'");
}
