using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Two last layers on one body, one of which learns from the labels and one from the teacher, and both answer: for data of which few rows have a label.</summary>
/// <remarks>
/// <c>T^2 * KL(softmax(t / T) || softmax(s / T))</c> with T = <see cref="Temperature"/>, the teacher's logits t (the logarithms of its probabilities) and the second layer's s, [rows, classes], over rows with and without a label; the first layer
/// has the recipe's loss on the labels. In nats. Every step is half of rows with a label where some have none.
/// The fitted network says <c>(1 - a) * softmax(first) + a * softmax(second / b)</c>, with a in 0, 0.05, … 1 and b in 0.5, 0.75, 1, 1.25, 1.5, 2, 4, those with the least log-loss on the held-out labels; of equals the smaller b, then the smaller a.
/// Where no labels are held out, <c>a = 0.5, b = 1</c>, and <c>a = 1</c> where the labels do not count in training.
/// Source: Kang, Lee, Jang and Hwang, Simple Semi-supervised Knowledge Distillation from Vision-Language Models via Dual-Head Optimization, 2025, sec. 3, https://arxiv.org/abs/2505.07675, with equal parts of both: <c>Mode = Blend, Weight = 0.5</c>.
/// We differ in taking the teacher's mean over all rows of a step, where its code adds the means of rows with and without a label; and in choosing by log-loss, which a few held-out labels tell apart more finely than its accuracy.
/// Not where a network must have one last layer, and not much more than <c>kd</c> where all rows have labels.
/// Seen (<c>./bench distill</c>, five splits): against labels alone, in brackets paired standard errors, points of accuracy and log-loss on digits +1.3 (+2.5) and -0.077 (-5.6), MNIST +0.8 (+7.2) and -0.036 (-6.2), phoneme -0.2 (-0.8) and -0.004 (-1.8), wine +3.4 (+7.2) and -0.054 (-9.4).
/// </remarks>
[Method("dho", Title = "Simple Semi-supervised Knowledge Distillation from Vision-Language Models via Dual-Head Optimization", Authors = "Kang, Lee, Jang and Hwang", Year = 2025,
    Link = "https://arxiv.org/abs/2505.07675", Tasks = LearningTasks.Classification, Needs = Needs.TeacherScores)]
public sealed record DualHeadOptimization : Distillation, IClosedForm
{
    private static readonly double[] Sharings = [.. Enumerable.Range(0, 21).Select(i => i / 20.0)], Sharpenings = [0.5, 0.75, 1, 1.25, 1.5, 2, 4];

    /// <summary>Softens teacher and second layer before they are compared. More than 0; default 2, the source's.</summary>
    [Range(1.0, 20.0, 2.0, true)]
    public double Temperature { get; init; } = 2;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.MoreThan(Temperature, 0);
    }

    internal override int Sets => 2;

    internal override int TaughtSet => 1;

    internal override RowOrder? Order => RowOrder.LabeledHalves;

    /// <inheritdoc/>
    public override Tensor Value(StudentOutput student, TeacherOutput teacher, Targets targets, Tensor? weights, StepContext step) =>
        WeightedMean.Of(Temperature * Temperature * Softened.By(Temperature, new(Handed.All(student.Sets, 2, "the student's sets of outputs")[1]), teacher).Forward, weights);

    double IClosedForm.AddGradient(StepOutputs batch, double factor, Span<float> gradient) => ((IClosedForm)new SoftTargets { Temperature = Temperature }).AddGradient(batch, factor, gradient);

    internal override OutputLink Combine(IReadOnlyList<Tensor> sets, Targets? targets, Tensor? weights)
    {
        var (share, temperature) = Choose(sets, targets, weights);
        return OutputLink.Mixture([1 - share, share], [1, temperature]);
    }

    /// <summary>The share of the second layer and the temperature of its logits that do best on held-out rows.</summary>
    internal (double Share, double Temperature) Choose(IReadOnlyList<Tensor> sets, Targets? targets, Tensor? weights)
    {
        if (sets.Count == 0 || targets is null || targets.Rows == 0 || weights is not null && weights.sum().ToDouble() == 0)
            return (Factors.Labels == 0 ? 1 : 0.5, 1);
        using var scope = NewDisposeScope();
        var own = targets.ClassNumbers().unsqueeze(1);
        var first = Own(sets[0], 1);
        var (best, least) = ((0.0, 1.0), double.PositiveInfinity);
        foreach (var temperature in Sharpenings)
        {
            var second = Own(sets[1], temperature);
            foreach (var share in Sharings)
            {
                var loss = -WeightedMean.Of(((1 - share) * first + share * second).clamp_min(1e-12).log(), weights).ToDouble();
                (best, least) = loss < least ? ((share, temperature), loss) : (best, least);
            }
        }

        return best;

        Tensor Own(Tensor logits, double temperature) => (logits.to_type(float64) / temperature).softmax(1).gather(1, own).squeeze(1);
    }
}
