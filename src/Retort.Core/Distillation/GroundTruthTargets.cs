using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>The network learns a mix of label and teacher by squared error, for students taught by an earlier run of themselves.</summary>
/// <remarks>
/// <c>LabelWeight * |p - y|^2 + (1 - LabelWeight) * |p - t|^2</c> of the network's probabilities p, the labels' y and the teacher's t, [rows, classes], summed over classes; in regression of values [rows, 1].
/// It has the slope of <c>|p - m|^2</c> with the mix <c>m = LabelWeight * y + (1 - LabelWeight) * t</c>. Each further run of the same network taught by the one before regularises it more; the labels' share keeps that from going on for ever:
/// for ridge regression with strength l the runs end at the strength <c>l / LabelWeight</c>. <see cref="MixingWeight"/> gives the best share from two fits.
/// Source: Borup and Andersen, Even your Teacher Needs Guidance: Ground-Truth Targets Dampen Regularization Imposed by Self-Distillation, 2021, https://arxiv.org/abs/2102.13088; the labels are in it already: <c>Mode = Replace, Weight = 1</c>.
/// We differ in summing over classes. Not for a teacher much better than the labels: soft probabilities want a logarithm.
/// Seen (<c>./bench distill</c>, five splits): against labels alone, in brackets paired standard errors, points of accuracy and log-loss on digits -0.1 (-0.2) and -0.023 (-1.4), MNIST +0.3 (+4.5) and -0.007 (-2.5), phoneme +0.2 (+1.2) and +0.003 (+2.4), wine +0.8 (+1.3) and -0.002 (-0.5); RMSE on abalone -0.006 (-3.2).
/// </remarks>
[Method("ground-truth-self-kd", Title = "Even your Teacher Needs Guidance: Ground-Truth Targets Dampen Regularization Imposed by Self-Distillation", Authors = "Borup and Andersen", Year = 2021,
    Link = "https://arxiv.org/abs/2102.13088", Needs = Needs.TeacherScores)]
public sealed record GroundTruthTargets : Distillation, IClosedForm
{
    /// <summary>The share of the labels in what is learned; the teacher has the rest. In [0, 1]; default 0.6, as in an example of the authors.</summary>
    [Range(0.0, 1.0, 0.6)]
    public double LabelWeight { get; init; } = 0.6;

    /// <summary>The <see cref="LabelWeight"/> with the least squared error on held-out rows, for a learner whose predictions are linear in its targets, from one fit on the labels and one on the teacher's predictions.</summary>
    /// <remarks>
    /// <c>sum of (y - v)(u - v) / sum of (u - v)^2</c>, clipped to [0, 1], with the labels y, predictions u of the fit on labels and v of the fit on the teacher's predictions; 1 where u and v are alike.
    /// Exact for ridge regression, an estimate for networks. Derived here: it is what minimises <c>|y - a u - (1 - a) v|^2</c>.
    /// </remarks>
    /// <param name="labels">The held-out rows' labels, [rows, 1], or probabilities, [rows, classes].</param>
    /// <param name="fromLabels">What the network fitted on the labels says of them, of the same shape.</param>
    /// <param name="fromTeacher">What the network fitted on the teacher's predictions says of them, of the same shape.</param>
    /// <exception cref="ArgumentException">Shapes differ.</exception>
    public static double MixingWeight(Tensor labels, Tensor fromLabels, Tensor fromTeacher)
    {
        using var scope = NewDisposeScope();
        foreach (var (fit, name) in new[] { (fromLabels, nameof(fromLabels)), (fromTeacher, nameof(fromTeacher)) })
            Check.Shape(fit, $"[{string.Join(", ", labels.shape)}] as the labels have", fit.shape.AsSpan().SequenceEqual(labels.shape), name);
        var v = fromTeacher.to_type(float64);
        var apart = fromLabels.to_type(float64) - v;
        var size = apart.square().sum().ToDouble();
        return size > 0 ? Math.Clamp(((labels.to_type(float64) - v) * apart).sum().ToDouble() / size, 0, 1) : 1;
    }

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.InRange(LabelWeight, 0, 1);
    }

    /// <inheritdoc/>
    public override Tensor Value(StudentOutput student, TeacherOutput teacher, Targets targets, Tensor? weights, StepContext step)
    {
        var (logits, scores) = (student.Logits, Softened.Scores(student, teacher));
        var (said, labels) = targets.AreReal ? (logits, targets.RealValues(logits)) : (logits.softmax(1), targets.Distribution(logits));
        return WeightedMean.Of((LabelWeight * (said - labels).square() + (1 - LabelWeight) * (said - scores).square()).sum(1), weights);
    }

    double IClosedForm.AddGradient(StepOutputs batch, double factor, Span<float> gradient) => batch.Values.IsEmpty
        ? ClosedRows.AddGradient(batch, factor, gradient, 1, Row)
        : LabelWeight * batch.AddSquares(batch.Values, factor * LabelWeight, gradient) + (1 - LabelWeight) * batch.AddSquares(batch.Teacher, factor * (1 - LabelWeight), gradient);

    private double Row(TaughtRow row)
    {
        var value = 0.0;
        for (var i = 0; i < row.Own.Length; i++)
        {
            var p = row.Own[i];
            var (toLabel, toTeacher) = (p - row.Target(i), p - row.Wanted[i]);
            value += LabelWeight * toLabel * toLabel + (1 - LabelWeight) * toTeacher * toTeacher;
            row.Slope[i] = 2 * p * (LabelWeight * toLabel + (1 - LabelWeight) * toTeacher);
        }

        ClosedRows.AtLogits(row.Slope, row.Own, 1);
        return value;
    }
}
