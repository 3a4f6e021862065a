using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>The network's hidden block learns to point where the teacher's does for a row's class on average, and to be as long as the teacher's.</summary>
/// <remarks>
/// <c>NormDirectionWeight * (1 - s . e_y / max(|s|, |t|)) + SoftTargetWeight * ramp * kd</c> with the last hidden blocks s of the network and t of the teacher, [rows, width]; e_y is the mean of t over the training rows of class y, divided by its length, and 0 for a class without any. Where
/// widths differ, s is a linear map of the network's block, trained with it and left out of what is fitted. Of soft targets the directions are mixed as the classes are. The ramp is <c>min(1, epoch / WarmupEpochs)</c>, <c>kd</c> that of <see cref="SoftTargets"/>.
/// A block that points the right way costs less as it grows, up to the length of the teacher's and no further.
/// Source: Wang, Cheng, Duan, Wang, Feng and Kong, Improving Knowledge Distillation via Regularizing Feature Norm and Direction, 2023, https://arxiv.org/abs/2305.17007; weights, temperature and ramp as in the authors' code, which adds all to cross-entropy: <c>Mode = Add, Weight = 1</c>.
/// Not with a teacher that is not a network of ours; not in regression, where there are no classes to point at.
/// Seen (<c>./bench distill</c>, five splits): against labels alone, in brackets paired standard errors, points of accuracy and log-loss on digits +0.7 (+1.2) and -0.078 (-3.4), MNIST +0.3 (+1.9) and -0.012 (-2.7), phoneme 0.0 (+0.1) and -0.001 (-0.3), wine +2.4 (+4.3) and -0.040 (-5.1).
/// </remarks>
[Method("nd", Title = "Improving Knowledge Distillation via Regularizing Feature Norm and Direction", Authors = "Wang, Cheng, Duan, Wang, Feng and Kong", Year = 2023,
    Link = "https://arxiv.org/abs/2305.17007", Tasks = LearningTasks.Classification, Needs = Needs.TeacherScores | Needs.TeacherFeatures)]
public sealed record NormDirection : Distillation
{
    private const string Directions = "directions";

    /// <summary>How much norm and direction count. At least 0; default 1, the source's, which goes from 0.5 to 4.</summary>
    [Range(0.1, 10.0, 1.0, true)]
    public double NormDirectionWeight { get; init; } = 1;

    /// <summary>How much the teacher's answers count beside. At least 0; default 1, the source's.</summary>
    [Range(0.0, 4.0, 1.0)]
    public double SoftTargetWeight { get; init; } = 1;

    /// <summary>Softens both answers before they are compared. More than 0; default 4, the source's.</summary>
    [Range(1.0, 20.0, 4.0, true)]
    public double Temperature { get; init; } = 4;

    /// <summary>Over how many epochs the teacher's answers grow to their full weight, evenly. At least 0; default 20, the source's.</summary>
    [Range(0, 50, 20)]
    public int WarmupEpochs { get; init; } = 20;

    internal override bool NeedsHidden => true;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.AtLeast(NormDirectionWeight, 0);
        Check.AtLeast(SoftTargetWeight, 0);
        Check.MoreThan(Temperature, 0);
        Check.AtLeast(WarmupEpochs, 0);
    }

    internal override IReadOnlyList<Head> Heads(TeachingShape shape)
    {
        HiddenBlocks.Require(shape, this);
        return shape.Blocks[^1] == shape.TeacherHidden ? [] : [new(shape.Blocks.Count - 1, shape.TeacherHidden)];
    }

    internal override void Begin(PartState state, TeachingRows rows)
    {
        if (rows.Teacher?.Hidden is not { } hidden || rows.Targets.AreReal)
            return;
        using var scope = NewDisposeScope();
        var each = WeightedMean.Each(hidden, rows.Weights);
        if (rows.Labeled is { } labeled)
            each = each * labeled.to_type(each.dtype);
        var sums = zeros(rows.Outputs, hidden.shape[1], dtype: hidden.dtype, device: hidden.device)
            .index_add_(0, rows.Targets.ClassNumbers(), each.unsqueeze(1) * hidden, 1);
        state[Directions] = sums / sums.square().sum(1, keepdim: true).sqrt().clamp_min(1e-12); // that of the sum is that of the mean
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The targets are real values, or there is no hidden block of the network or of the teacher.</exception>
    public override Tensor Value(StudentOutput student, TeacherOutput teacher, Targets targets, Tensor? weights, StepContext step)
    {
        var (s, t) = (student.Heads.Count > 0 ? student.Heads[0] : HiddenBlocks.Of(student, this), HiddenBlocks.Of(teacher, student, this));
        var classes = targets.Distribution(student.Logits);
        var directions = step.State[Directions]?.to_type(t.dtype) ?? zeros(classes.shape[1], t.shape[1], dtype: t.dtype, device: t.device);
        Check.Shape(s, $"[{t.shape[0]}, {t.shape[1]}] as the teacher's", s.shape.AsSpan().SequenceEqual(t.shape), "the network's hidden block");
        var longer = s.square().sum(1).maximum(t.square().sum(1)).clamp_min(HiddenBlocks.Tiny).sqrt();
        var apart = 1 - (s * classes.mm(directions)).sum(1) / longer;
        var ramp = WarmupEpochs == 0 ? 1 : Math.Min(1, (double)step.Epoch / WarmupEpochs);
        return NormDirectionWeight * WeightedMean.Of(apart, weights)
            + SoftTargetWeight * ramp * new SoftTargets { Temperature = Temperature }.Value(student, teacher, targets, weights, step);
    }
}
