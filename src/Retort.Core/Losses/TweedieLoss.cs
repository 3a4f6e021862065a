using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>The loss of amounts that are often 0 and else positive, such as claims or rain.</summary>
/// <remarks>
/// <c>y^(2-Power) / ((1-Power) (2-Power)) - y * m^(1-Power) / (1-Power) + m^(2-Power) / (2-Power)</c> for the expected amount m = exp(output) and the label y: half the unit deviance, 0 where m = y.
/// Outputs [rows, 1] are ln m, in units of the mean training label; the network serves m. Beyond 20 the exponentials' arguments go on as tangents.
/// Source: Jørgensen, Exponential Dispersion Models, 1987, sec. 4.
/// Labels must be at least 0. Powers near 1 are Poisson, <see cref="PoissonLoss"/>; near 2 the gamma distribution, which knows no 0.
/// Seen (<c>./bench losses</c>): on abalone, over ten splits, which has no zeros, no advantage: the root of the squared error is 0.029 rings above that of the squared loss (3.3 paired standard errors).
/// </remarks>
[Method("tweedie", Title = "Exponential Dispersion Models", Authors = "Jørgensen", Year = 1987, Tasks = LearningTasks.Regression)]
public sealed record TweedieLoss : RowLoss
{
    /// <summary>How the scatter grows: the variance is the mean to this power. In (1, 2); default 1.5, that of LightGBM and XGBoost.</summary>
    [Range(1.05, 1.95, 1.5)]
    public double Power { get; init; } = 1.5;

    internal override LabelScaling Scaling => LabelScaling.MeanOne;

    /// <inheritdoc/>
    public override void Validate()
    {
        if (!(Power > 1 && Power < 2))
            throw Check.Wrong(nameof(Power), "lie in (1, 2)", Check.Text(Power));
    }

    internal override OutputLink Link(PartState state) => new(LinkFunction.Exponential, []);

    internal override void Begin(PartState state, Targets targets, Tensor? weights, Tensor? groups, int members) => PositiveLabels.Check(targets, "tweedie");

    /// <inheritdoc/>
    protected internal override Tensor PerRow(Tensor logits, Targets targets)
    {
        Check.Shape(logits, "[rows, 1]", logits.dim() == 2 && logits.shape[1] == 1);
        var (output, y) = (logits.squeeze(1), targets.RealValues(logits).squeeze(1));
        var (a, b) = (1 - Power, 2 - Power);
        return y.pow(b) / (a * b) - y * Stable.Exp(a * output) / a + Stable.Exp(b * output) / b;
    }
}
