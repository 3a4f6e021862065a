using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>In every batch the gradient of another randomly drawn convex loss of the margin, which keeps a network from fitting the quirks of any single one.</summary>
/// <remarks>
/// With margins <c>z = ±(f_1 - f_0)</c>, positive where the row is right: as many draws <c>g = -min(1, B(n))</c> as rows, n from the normal distribution and B the inverse Box-Cox transform
/// (<c>exp n</c> for lambda 0, else <c>max(0, 1 + lambda n)^(1/lambda)</c>), put in rising order onto the rows in the order of their margins, divided by z where z is above 1, less 1e-6.
/// The loss is the weighted mean of <c>g * z</c> with g held fixed: its gradient is the point, its value means nothing. Epochs are judged by 1 - AUC. Logits [rows, 2].
/// Lambda is 0 in the first <see cref="Period"/> epochs, then drawn anew from (-1, 1), the same numbers in every run; the draws n are the run's own.
/// Source: Dai, EnsLoss: Stochastic Calibrated Loss Ensembles for Preventing Overfitting in Classification, 2025, alg. 1, https://arxiv.org/abs/2409.00908. 'Calibrated' there means consistent for classification.
/// It gives no probabilities: the network is calibrated at the end. Targets must be class numbers: a mixed row is seen twice, with both its classes. Not for networks that underfit.
/// Seen (<c>./bench losses</c>): no advantage where networks stop at their best epoch: over ten splits F1 is 1.4 points below cross-entropy on mammography (0.8 paired standard errors) and equal on phoneme, AUC 0.6 and 0.3 points lower (2.8 and 3.4).
/// </remarks>
[Method("ensloss", Title = "EnsLoss: Stochastic Calibrated Loss Ensembles for Preventing Overfitting in Classification", Authors = "Dai", Year = 2025,
    Link = "https://arxiv.org/abs/2409.00908", Tasks = LearningTasks.Binary)]
public sealed record EnsembleLoss : Loss
{
    /// <summary>How many epochs a lambda lasts. At least 0, 0 for lambda 0 throughout; default 10, ours.</summary>
    [Range(0, 50, 10)]
    public int Period { get; init; } = 10;

    /// <inheritdoc/>
    public override bool GivesProbabilities => false;

    internal override bool TakesSoftTargets => false;

    /// <inheritdoc/>
    public override void Validate() => Check.AtLeast(Period, 0);

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The targets are probabilities.</exception>
    public override Tensor Value(Tensor logits, Targets targets, Tensor? weights, StepContext step)
    {
        Check.Shape(logits, "[rows, 2]", logits.dim() == 2 && logits.shape[1] == 2);
        if (targets.AreSoft)
            throw new InvalidOperationException("Targets of the loss 'ensloss' must be class numbers, but are probabilities.");
        var margins = (2 * targets.ClassNumbers() - 1).to_type(logits.dtype) * (logits.select(1, 1) - logits.select(1, 0));
        return WeightedMean.Of(Slopes(margins.detach(), step) * margins, weights);
    }

    internal override Tensor Judge(StudentOutput student, Targets targets, Tensor? weights, StepContext step) => ScoreOrder.WrongShare(student.Logits, targets, weights);

    private Tensor Slopes(Tensor margins, StepContext step)
    {
        var lambda = Lambda(step.Epoch);
        var draws = new double[margins.shape[0]];
        foreach (ref var draw in draws.AsSpan())
        {
            var normal = step.Random.Normal();
            draw = -Math.Min(1, lambda == 0 ? Math.Exp(normal) : Math.Pow(Math.Max(0, 1 + lambda * normal), 1 / lambda));
        }

        Array.Sort(draws);
        var slopes = empty_like(margins).index_copy_(0, margins.argsort(0), tensor(draws, dtype: margins.dtype, device: margins.device));
        return slopes / margins.clamp_min(1) - 1e-6;
    }

    /// <summary>From the epoch alone, so that a run that goes on from a checkpoint finds the same.</summary>
    private double Lambda(int epoch)
    {
        var number = Period == 0 ? 0 : (epoch - 1) / Period;
        return number == 0 ? 0 : 2 * new Generator((ulong)number).Uniform() - 1;
    }
}
