using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>The surprise at a label under a normal distribution whose mean and deviation are both predicted.</summary>
/// <remarks>
/// <c>s + (y - m)^2 / (2 exp(2 s))</c> for the label y and the outputs [rows, 2], mean m and logarithm of the deviation s, which is held within ±15; the constant ln(2 pi)/2 is left out. In nats.
/// With <see cref="Beta"/> a row's gradient, not its meaning, is multiplied with <c>exp(2 Beta s)</c>, held fixed. Labels are in deviations of the training labels; the network serves mean and deviation in the label's unit.
/// Source: Nix and Weigend, Estimating the Mean and Variance of the Target Probability Distribution, 1994, eq. 5; Beta: Seitzer, Tavakoli, Antic and Martius,
/// On the Pitfalls of Heteroscedastic Uncertainty Estimation with Probabilistic Neural Networks, 2022, eq. 5, https://arxiv.org/abs/2203.09168
/// Not where training labels can be fitted exactly: the deviation then falls without end, and steps get large. With Beta above 0 the value no longer compares epochs of different deviations, so epochs are judged with Beta 0.
/// Seen (<c>./bench losses</c>): on abalone, over ten splits, 90 % intervals hold 90.5 % of new labels (Beta 0.5: 90.9) and are 6.15 rings wide; the root of the squared error is that of the squared loss (+0.0007, 0.1 paired standard errors; Beta 0.5: -0.005, 1.0).
/// </remarks>
[Method("gaussian-nll", Title = "Estimating the Mean and Variance of the Target Probability Distribution", Authors = "Nix and Weigend", Year = 1994, Tasks = LearningTasks.Regression)]
public sealed record GaussianLoss : RowLoss
{
    /// <summary>How far rows that the network calls uncertain still teach the mean: 1 as in the squared loss, 0 the plain surprise. In [0, 1]; default 0; the 2022 source advises 0.5 where means are fitted badly.</summary>
    [Range(0.0, 1.0, 0.0)]
    public double Beta { get; init; }

    internal override int RegressionOutputs => 2;

    /// <inheritdoc/>
    public override void Validate() => Check.InRange(Beta, 0, 1);

    internal override OutputLink Link(PartState state) => new(LinkFunction.MeanAndDeviation, []);

    internal override Tensor Judge(StudentOutput student, Targets targets, Tensor? weights, StepContext step) =>
        (this with { Beta = 0 }).Value(student.Logits, targets, weights, step);

    /// <inheritdoc/>
    protected internal override Tensor PerRow(Tensor logits, Targets targets)
    {
        Check.Shape(logits, "[rows, 2]", logits.dim() == 2 && logits.shape[1] == 2);
        var error = logits.select(1, 0) - targets.RealValues(logits).squeeze(1);
        var s = logits.select(1, 1).clamp(-OutputLink.LargestLogScale, OutputLink.LargestLogScale);
        var surprise = s + (error * (-s).exp()).square() / 2;
        return Beta == 0 ? surprise : (2 * Beta * s.detach()).exp() * surprise;
    }
}
