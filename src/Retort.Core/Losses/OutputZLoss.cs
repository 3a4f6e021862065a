using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Keeps the logits of any classification loss from drifting away together, as they may in long runs with large steps.</summary>
/// <remarks>
/// <c>Of + Weight * mean of (ln sum over classes of exp logit)^2</c>, weighted by row. Logits [rows, classes]; targets as <see cref="Of"/> takes them. Epochs are judged by <see cref="Of"/> alone.
/// Source: Wortsman et al., Small-scale proxies for large-scale Transformer training instabilities, 2023, sec. 3.1.2, https://arxiv.org/abs/2309.14322
/// Not to be taken for <see cref="SphericalZLoss"/>. Small networks on tables rarely need it; in a binary network, whose logits are (0, z), it shrinks z for positive rows alone.
/// Seen (<c>./bench losses</c>): no difference to cross-entropy alone on mammography and phoneme, over five splits, all figures are within 1.8 paired standard errors: such networks do not diverge.
/// </remarks>
[Method("output-z-loss", Title = "Small-scale proxies for large-scale Transformer training instabilities", Authors = "Wortsman et al.", Year = 2023,
    Link = "https://arxiv.org/abs/2309.14322", Tasks = LearningTasks.Classification)]
public sealed record OutputZLoss : WrappedLoss
{
    /// <summary>The loss that the penalty is added to; default <see cref="CrossEntropyLoss"/>.</summary>
    public Loss Of { get; init; } = new CrossEntropyLoss();

    /// <summary>How much the penalty counts. At least 0; default 1e-4, the source's.</summary>
    [Range(1e-5, 1e-1, 1e-4, true)]
    public double Weight { get; init; } = 1e-4;

    internal override Loss Inner => Of;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.AtLeast(Weight, 0);
    }

    /// <inheritdoc/>
    public override Tensor Value(Tensor logits, Targets targets, Tensor? weights, StepContext step) => Value(new StudentOutput(logits), targets, weights, step);

    internal override Tensor Value(StudentOutput student, Targets targets, Tensor? weights, StepContext step) =>
        Of.Value(student, targets, weights, step) + Weight * WeightedMean.Of(student.Logits.logsumexp(1).square(), weights);
}
