using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Soft targets in which the true class counts more than the teacher says and unlikely ones less, for the network and for exits on its hidden blocks.</summary>
/// <remarks>
/// <c>-sum of ((t_c + y_c)^Epsilon - y_c) ln s_c</c> of the teacher's probabilities t, the labels' y and the network's s, [rows, classes]; and <see cref="BranchWeight"/> times the sum of the same for every exit. In nats, at temperature 1.
/// An exit is a linear layer on a hidden block before the last one (there it would be the network's own last layer once more); it is trained along and not part of the fitted network. A network with one hidden block has none.
/// With an <see cref="Epsilon"/> of 1 it is the cross-entropy of the teacher's probabilities; above it the true class has the weight <c>(1 + t)^Epsilon - 1</c>, another one <c>t^Epsilon</c>. The same holds for two classes.
/// In regression, where there is nothing to enhance, the squared distance to the teacher's value, of network and exits; <see cref="Epsilon"/> has no effect.
/// Source: Hao, Guo, Han, Tang, Hu, Wang and Xu, One-for-All: Bridge the Gap Between Heterogeneous Architectures in Knowledge Distillation, 2023, sec. 3, https://arxiv.org/abs/2310.19444, which adds it to cross-entropy: <c>Mode = Add, Weight = 1</c>.
/// We differ in that one Epsilon serves the network and all exits, and that exits are linear. Not where the teacher is often wrong and labels are noisy: it makes more of both.
/// Seen (<c>./bench distill</c>, five splits): against labels alone, in brackets paired standard errors, points of accuracy and log-loss on digits +0.3 (+0.4) and -0.018 (-0.7), MNIST +0.1 (+1.3) and +0.002 (+0.9), phoneme -0.1 (-0.3) and +0.004 (+1.3), wine +2.1 (+6.1) and +0.023 (+3.6); RMSE on abalone -0.013 (-3.7).
/// </remarks>
[Method("ofa-kd", Title = "One-for-All: Bridge the Gap Between Heterogeneous Architectures in Knowledge Distillation", Authors = "Hao, Guo, Han, Tang, Hu, Wang and Xu", Year = 2023,
    Link = "https://arxiv.org/abs/2310.19444", Needs = Needs.TeacherScores)]
public sealed record TargetEnhanced : Distillation, IClosedForm
{
    /// <summary>How far the true class is raised and unlikely ones are lowered; without effect in regression. At least 1, 1 for not at all; default 1.5, that of the source's trials on ImageNet.</summary>
    [Range(1.0, 2.0, 1.5)]
    public double Epsilon { get; init; } = 1.5;

    /// <summary>How much each exit counts beside the network itself. At least 0, 0 for no exits; default 1, the source's.</summary>
    [Range(0.0, 2.0, 1.0)]
    public double BranchWeight { get; init; } = 1;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.AtLeast(Epsilon, 1);
        Check.AtLeast(BranchWeight, 0);
    }

    internal override bool NeedsHidden => BranchWeight > 0;

    internal override IReadOnlyList<Head> Heads(TeachingShape shape) =>
        BranchWeight == 0 ? [] : [.. Enumerable.Range(0, Math.Max(shape.Blocks.Count - 1, 0)).Select(block => new Head(block, shape.Outputs))];

    /// <inheritdoc/>
    public override Tensor Value(StudentOutput student, TeacherOutput teacher, Targets targets, Tensor? weights, StepContext step)
    {
        var scores = Softened.Scores(student, teacher);
        var all = student.Heads.Count == 0 ? student.Logits.unsqueeze(0) : stack([student.Logits, .. student.Heads], 0); // [network and exits, rows, outputs]: all in one go
        var apart = targets.AreReal ? (all - scores).square().sum(2) : -(Enhanced(targets.Distribution(scores)) * all.log_softmax(2)).sum(2);
        return WeightedMean.Of((1 - BranchWeight) * apart[0] + BranchWeight * apart.sum([0L]), weights);

        Tensor Enhanced(Tensor labels) => (scores + labels).pow(Epsilon) - labels;
    }

    // without exits: those have gradients elsewhere
    double IClosedForm.AddGradient(StepOutputs batch, double factor, Span<float> gradient) =>
        batch.Values.IsEmpty ? ClosedRows.AddGradient(batch, factor, gradient, 1, Row) : batch.AddSquares(batch.Teacher, factor, gradient);

    private double Row(TaughtRow row)
    {
        var value = 0.0;
        for (var i = 0; i < row.Own.Length; i++)
        {
            var own = row.Target(i);
            var wanted = Math.Pow(row.Wanted[i] + own, Epsilon) - own;
            value -= wanted * row.LogOwn[i];
            row.Slope[i] = -wanted;
        }

        ClosedRows.AtLogits(row.Slope, row.Own, 1);
        return value;
    }
}
