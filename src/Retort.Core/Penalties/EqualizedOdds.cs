namespace Retort;

/// <summary>How unlike the mean predictions of groups are among rows of one class.</summary>
/// <remarks>
/// For the rows of each class the weighted mean of each probability in each group, compared as <see cref="CellGap.Measure"/> says, added over probabilities, and averaged over the classes that the batch has. Of soft targets the likeliest class counts.
/// Source: Hardt, Price and Srebro, Equality of Opportunity in Supervised Learning, 2016, https://arxiv.org/abs/1610.02413, of decisions; that probabilities stand for them, the squares and several classes are ours.
/// </remarks>
[Method("equalized-odds", Title = "Equality of Opportunity in Supervised Learning", Authors = "Hardt, Price and Srebro", Year = 2016,
    Link = "https://arxiv.org/abs/1610.02413", Tasks = LearningTasks.Classification, Needs = Needs.Groups)]
public sealed record EqualizedOdds : CellGap
{
    internal override bool ComparesWithinClasses => true;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The targets are real values.</exception>
    public override Tensor Value(Tensor predictions, ProtectedColumns protectedColumns, Targets targets, Tensor? weights, StepContext step)
    {
        CheckRows(predictions, protectedColumns, targets);
        return LabelGaps(predictions, protectedColumns, targets, weights, _ => predictions);
    }
}
