using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>How a network follows a teacher: a pure function of what both say.</summary>
public abstract record Distillation : Part
{
    /// <summary>How much the teacher counts. In [0, 1] where <see cref="Mode"/> is Blend, else at least 0; default 0.5.</summary>
    [Range(0.0, 1.0, 0.5)]
    public double Weight { get; init; } = 0.5;

    /// <summary>How the teacher's part joins the labels'; default <see cref="DistillationMode.Blend"/>.</summary>
    [Choice(DistillationMode.Blend, DistillationMode.Add, DistillationMode.Replace)]
    public DistillationMode Mode { get; init; }

    /// <summary>How far a batch is from the teacher, one number.</summary>
    /// <param name="student">What the network says.</param>
    /// <param name="teacher">What the teacher says.</param>
    /// <param name="targets">What the rows should become; real values mean regression.</param>
    /// <param name="weights">How much each row counts, [rows]; null where all count alike.</param>
    /// <param name="step">Where the run stands.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public abstract Tensor Value(StudentOutput student, TeacherOutput teacher, Targets targets, Tensor? weights, StepContext step);

    /// <summary>The objective of a batch: what the labels say and what the teacher says, joined by <see cref="Mode"/> and <see cref="Weight"/>.</summary>
    /// <param name="labels">The loss on the labels.</param>
    /// <param name="teacher">The distance from the teacher.</param>
    public Tensor Join(Tensor labels, Tensor teacher) => Mode == DistillationMode.Replace ? Weight * teacher : Factors.Labels * labels + Weight * teacher;

    /// <summary>The factors of the two parts in <see cref="Join"/>.</summary>
    internal (double Labels, double Teacher) Factors => Mode switch
    {
        DistillationMode.Blend => (1 - Weight, Weight),
        DistillationMode.Add => (1, Weight),
        _ => (0, Weight),
    };

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.Defined(Mode);
        if (Mode == DistillationMode.Blend)
            Check.InRange(Weight, 0, 1);
        else
            Check.AtLeast(Weight, 0);
    }
}
