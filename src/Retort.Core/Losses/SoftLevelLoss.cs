using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Regression as classification over ordered levels: each label becomes a bell of probabilities around its level, and the prediction is the mean level.</summary>
/// <remarks>
/// Levels lie evenly over the range of the training labels and three deviations of the bell beyond either end. A label y gives level k the mass of the normal distribution with mean y and deviation <see cref="Sigma"/> levels
/// within half a level of it; the masses are scaled and shifted, <c>a * mass + b</c>, so that they sum to 1 and their mean is y (what falls below 0 becomes 0, which moves the mean by 1 % of a level at most from Sigma 0.5 on). The loss is the cross-entropy of the softmax of the outputs [rows, levels] to them, in nats, plus
/// <see cref="PairwiseFidelity"/> times the fidelity <c>1 - sqrt(p p') - sqrt((1 - p)(1 - p'))</c>, averaged over pairs of rows of the batch, of the probability p that the one label is above the other,
/// <c>Phi((y_1 - y_2) / (Sigma sqrt 2))</c>, and p', the same of the predicted means and deviations. A step with it costs the square of its rows; epochs are judged by the cross-entropy alone.
/// Source: You et al., Teaching Large Language Models to Regress Accurate Image Quality Scores using Score Distribution, 2025, eq. 3 to 9, https://arxiv.org/abs/2501.11561: there five levels of a rating from 1 to 5 and each label's own deviation; levels from the data,
/// the room beyond its ends (without which labels at an end could not keep their mean) and one Sigma for all are ours. Labels beyond the range are taken as its end.
/// Predictions never leave the range of the training labels: not for trends that go on.
/// Seen (<c>./bench losses</c>): on abalone, over ten splits, the root of the squared error is 0.021 rings below that of the squared loss, 2.075, and the mean absolute error 0.022 (2.3 and 3.2 paired standard errors).
/// </remarks>
[Method("deqa", Title = "Teaching Large Language Models to Regress Accurate Image Quality Scores using Score Distribution", Authors = "You et al.", Year = 2025,
    Link = "https://arxiv.org/abs/2501.11561", Tasks = LearningTasks.Regression)]
public sealed record SoftLevelLoss : RowLoss
{
    private const string Range = "range";

    /// <summary>How many levels there are. More than 6 * Sigma + 2; default 32, ours.</summary>
    [Range(16, 128, 32, true)]
    public int Bins { get; init; } = 32;

    /// <summary>The deviation of a label's bell. In levels, more than 0; default 1, ours.</summary>
    [Range(0.5, 2.0, 1.0, true)]
    public double Sigma { get; init; } = 1;

    /// <summary>How much the order of pairs counts beside the cross-entropy. At least 0, 0 for not at all; default 0, ours.</summary>
    [Range(0.0, 2.0, 0.0)]
    public double PairwiseFidelity { get; init; }

    internal override int RegressionOutputs => Bins;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.AtLeast(Sigma, 1e-2);
        Check.AtLeast(PairwiseFidelity, 0);
        Check.MoreThan(Bins, 6 * Sigma + 2);
    }

    internal override OutputLink Link(PartState state)
    {
        if (state[Range] is not { } range)
            return new(LinkFunction.Levels, []); // before a run has begun
        using var scope = NewDisposeScope();
        return new(LinkFunction.Levels, ValueList.Of<double>(Levels(range).Values.cpu().data<double>().ToArray()));
    }

    internal override void Begin(PartState state, Targets targets, Tensor? weights, Tensor? groups, int members)
    {
        using var scope = NewDisposeScope();
        state[Range] = RangeOf(targets.RealValues(empty(targets.Rows, 1, dtype: float64)).squeeze(1), weights);
    }

    internal override Tensor Judge(StudentOutput student, Targets targets, Tensor? weights, StepContext step) =>
        (this with { PairwiseFidelity = 0 }).Value(student.Logits, targets, weights, step);

    /// <inheritdoc/>
    protected internal override Tensor PerRow(Tensor logits, Targets targets) => PerRow(logits, targets, null, StepContext.First());

    internal override Tensor PerRow(Tensor logits, Targets targets, Tensor? weights, StepContext step)
    {
        Check.Shape(logits, $"[rows, {Bins}]", logits.dim() == 2 && logits.shape[1] == Bins);
        var labels = targets.RealValues(logits.narrow(1, 0, 1)).squeeze(1);
        var range = step.State[Range] ?? RangeOf(labels, weights);
        var (levels, distance) = Levels(range);
        (levels, distance) = (levels.to_type(logits.dtype), distance.to_type(logits.dtype));
        var y = labels.maximum(range[0].to_type(logits.dtype)).minimum(range[1].to_type(logits.dtype));
        var logP = logits.log_softmax(1);
        var surprise = -(Bells(y, levels, distance) * logP).sum(1);
        return PairwiseFidelity == 0 ? surprise : surprise + PairwiseFidelity * Fidelity(logP.exp(), y, levels, distance, weights);
    }

    /// <summary>The probabilities that a label is to have, [rows, levels].</summary>
    internal Tensor Bells(Tensor y, Tensor levels, Tensor distance)
    {
        var from = (levels.unsqueeze(0) - y.unsqueeze(1)) / distance;
        var mass = Stable.NormalBelow((from + 0.5) / Sigma) - Stable.NormalBelow((from - 0.5) / Sigma);
        var (centre, sum) = (levels.mean(), mass.sum(1));
        var spread = (mass * (levels - centre)).sum(1); // the mean beyond the centre, as far as the masses have it
        var a = where(spread.abs() > 1e-3 * distance, (y - centre) / spread, 1 / sum);
        var b = (1 - a * sum) / levels.shape[0];
        var bells = (a.unsqueeze(1) * mass + b.unsqueeze(1)).clamp_min(0); // far from the label, b alone may be some 1e-6 below
        return bells / bells.sum(1, keepdim: true);
    }

    /// <summary>What the order to all other rows costs each row, [rows].</summary>
    private Tensor Fidelity(Tensor p, Tensor y, Tensor levels, Tensor distance, Tensor? weights)
    {
        var mean = p.mv(levels);
        var variance = (p * (levels.unsqueeze(0) - mean.unsqueeze(1)).square()).sum(1) + 1e-4 * distance.square();
        var truth = (y.unsqueeze(1) - y.unsqueeze(0)) / (Sigma * distance * Math.Sqrt(2));
        var guess = (mean.unsqueeze(1) - mean.unsqueeze(0)) / (variance.unsqueeze(1) + variance.unsqueeze(0)).sqrt();
        var agreement = Root(truth) * Root(guess) + Root(-truth) * Root(-guess);
        return (1 - agreement).mv(WeightedMean.Shares(y, weights));

        static Tensor Root(Tensor x) => Stable.NormalBelow(x).clamp_min(1e-12).sqrt();
    }

    private (Tensor Values, Tensor Distance) Levels(Tensor range)
    {
        var room = 3 * Sigma;
        var distance = (range[1] - range[0]) / (Bins - 1 - 2 * room);
        distance = where(distance > 0, distance, ones_like(distance)); // labels that are all alike
        return (range[0] + distance * (arange(Bins, dtype: range.dtype, device: range.device) - room), distance);
    }

    /// <summary>Smallest and largest label that counts, [2].</summary>
    private static Tensor RangeOf(Tensor labels, Tensor? weights)
    {
        var counts = WeightedMean.Each(labels, weights) > 0;
        var low = where(counts, labels, full_like(labels, double.PositiveInfinity)).min();
        var high = where(counts, labels, full_like(labels, double.NegativeInfinity)).max();
        return stack([where(low <= high, low, zeros_like(low)), where(low <= high, high, zeros_like(low))]).detach();
    }
}
