namespace Retort;

/// <summary>How much dependence is to be left on the validation rows, and how the weight of a penalty that leaves no more is found.</summary>
/// <remarks>
/// <see cref="Penalty.Weight"/> is then where the search begins. The network that is kept is, of those that meet the target, the one with the smallest validation loss (of the labels alone); where none meets it, the one that comes nearest, and the log warns.
/// The same rows measure the dependence and choose, so that on rows of another set a little more of it is to be expected; small validation sets hold the measure only roughly.
/// </remarks>
public abstract record PenaltyTarget : Part
{
    /// <summary>What is measured on the validation rows; default <see cref="TargetMeasure.Gap"/>.</summary>
    public TargetMeasure Measure { get; init; }

    /// <summary>How much of it may be left. More than 0; default 0.05.</summary>
    public double Value { get; init; } = 0.05;

    /// <summary>How many validation rows a cell of the protected columns must have to be one of its own; those of all smaller ones are a cell together. At least 1; default 50. For <see cref="TargetMeasure.JensenShannon"/> and <see cref="TargetMeasure.Gap"/>.</summary>
    public int CellRows { get; init; } = 50;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.Defined(Measure);
        Check.MoreThan(Value, 0);
        Check.AtLeast(CellRows, 1);
    }
}
