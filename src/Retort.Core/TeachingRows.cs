namespace Retort;

/// <summary>All rows of a run, as a distillation sees them before the first step.</summary>
/// <param name="Targets">What they should become; of rows without a label what the teacher says.</param>
/// <param name="Teacher">What the teacher says of them; null where there is none.</param>
internal sealed record TeachingRows(Targets Targets, TeacherOutput? Teacher)
{
    /// <summary>How much each row counts, [rows]; null where all count alike.</summary>
    public Tensor? Weights { get; init; }

    /// <summary>Whether each row has a label, bool [rows]; null where all have.</summary>
    public Tensor? Labeled { get; init; }

    /// <summary>The deviation of each feature, [features].</summary>
    public Tensor? Deviations { get; init; }

    /// <summary>How many columns the student's logits have.</summary>
    public required int Outputs { get; init; }

    /// <summary>How many rows of logits there are for each row; those of row i are named i × members and following.</summary>
    public int Members { get; init; } = 1;
}
