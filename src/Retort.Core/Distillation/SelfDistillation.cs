namespace Retort;

/// <summary>How a network learns from itself: what it said before, or on other rows, takes the place of a teacher.</summary>
public abstract record SelfDistillation : Distillation
{
    /// <summary>How far a batch is from what the network itself says, one number.</summary>
    /// <param name="student">What the network says.</param>
    /// <param name="targets">What the rows should become; real values mean regression.</param>
    /// <param name="weights">How much each row counts, [rows]; null where all count alike.</param>
    /// <param name="step">Where the run stands.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public abstract Tensor Value(StudentOutput student, Targets targets, Tensor? weights, StepContext step);

    /// <inheritdoc/>
    /// <remarks>The teacher is not looked at.</remarks>
    public sealed override Tensor Value(StudentOutput student, TeacherOutput teacher, Targets targets, Tensor? weights, StepContext step) => Value(student, targets, weights, step);
}
