namespace Retort;

/// <summary>How unlike groups are in the mean probability of the true class.</summary>
/// <remarks>
/// With two classes, over the rows of class 1 alone: the weighted mean probability of class 1 in each group, compared as <see cref="CellGap.Measure"/> says. With several, so for the rows of each class, and averaged over the classes that the batch has.
/// Of soft targets the likeliest class counts.
/// Source: Hardt, Price and Srebro, Equality of Opportunity in Supervised Learning, 2016, https://arxiv.org/abs/1610.02413, of decisions; that probabilities stand for them, the squares and several classes are ours.
/// </remarks>
[Method("equal-opportunity", Title = "Equality of Opportunity in Supervised Learning", Authors = "Hardt, Price and Srebro", Year = 2016,
    Link = "https://arxiv.org/abs/1610.02413", Tasks = LearningTasks.Classification, Needs = Needs.Groups)]
public sealed record EqualOpportunity : CellGap
{
    internal override bool ComparesWithinClasses => true;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The targets are real values.</exception>
    public override Tensor Value(Tensor predictions, ProtectedColumns protectedColumns, Targets targets, Tensor? weights, StepContext step)
    {
        CheckRows(predictions, protectedColumns, targets);
        if (predictions.shape[1] > 1)
            return LabelGaps(predictions, protectedColumns, targets, weights, label => predictions.narrow(1, label, 1));
        return Gap(predictions, protectedColumns, WeightedMean.Each(predictions, weights) * targets.ClassNumbers().eq(1).to_type(predictions.dtype));
    }
}
