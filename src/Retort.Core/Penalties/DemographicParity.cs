namespace Retort;

/// <summary>How unlike the mean predictions of groups are, whatever the labels.</summary>
/// <remarks>
/// The weighted mean of each probability, or value, over a group's rows, compared over groups as <see cref="CellGap.Measure"/> says, and added over classes. Means alone are compared: groups whose predictions spread differently around one mean cost nothing.
/// Source: Calders, Kamiran and Pechenizkiy, Building Classifiers with Independency Constraints, 2009, https://doi.org/10.1109/ICDMW.2009.83, of decisions; that probabilities stand for them, and the squares, are ours.
/// </remarks>
[Method("demographic-parity", Title = "Building Classifiers with Independency Constraints", Authors = "Calders, Kamiran and Pechenizkiy", Year = 2009,
    Link = "https://doi.org/10.1109/ICDMW.2009.83", Needs = Needs.Groups)]
public sealed record DemographicParity : CellGap
{
    /// <inheritdoc/>
    public override Tensor Value(Tensor predictions, ProtectedColumns protectedColumns, Targets targets, Tensor? weights, StepContext step)
    {
        CheckRows(predictions, protectedColumns, targets);
        return Gap(predictions, protectedColumns, WeightedMean.Each(predictions, weights));
    }
}
