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

    /// <summary>Layers that a run trains with the network for this method alone. They are part of the run's flat buffer, and dropped at its end.</summary>
    /// <param name="shape">What they can stand on.</param>
    /// <exception cref="ArgumentException">The network or the teacher does not have what the method needs.</exception>
    internal virtual IReadOnlyList<Head> Heads(TeachingShape shape) => [];

    /// <summary>Whether <see cref="StudentOutput.Hidden"/> and <see cref="StudentOutput.Blocks"/> are asked for.</summary>
    internal virtual bool NeedsHidden => false;

    /// <summary>Whether <see cref="TeacherOutput.Each"/> is asked for.</summary>
    internal virtual bool NeedsEachTeacher => false;

    /// <summary>Whether <see cref="Move"/> asks teachers that are networks of ours about moved rows, where they are.</summary>
    internal virtual bool AsksNetworks => false;

    /// <summary>Whether a teacher may know some of the classes only; it then gives the others probability 0.</summary>
    internal virtual bool AllowsFewerClasses => false;

    /// <summary>How many sets of outputs the network ends in: 2 are two linear heads on one body, both of them part of the fitted network.</summary>
    internal virtual int Sets => 1;

    /// <summary>Which of the sets a gradient that the method gives itself is of; the loss's is of the first.</summary>
    internal virtual int TaughtSet => 0;

    /// <summary>How a fitted network with several <see cref="Sets"/> makes one answer of them.</summary>
    /// <param name="sets">What each set says of the held-out rows, as in <see cref="StudentOutput.Sets"/>; empty where no rows are held out.</param>
    /// <param name="targets">What those rows should become; null where no rows are held out.</param>
    /// <param name="weights">How much each row counts; null where all count alike.</param>
    internal virtual OutputLink Combine(IReadOnlyList<Tensor> sets, Targets? targets, Tensor? weights) => OutputLink.Identity;

    /// <summary>Changes the last layer of the fitted network.</summary>
    /// <param name="weights">[outputs × width].</param>
    /// <param name="biases">[outputs].</param>
    /// <param name="state">What <see cref="Begin"/> and the steps left there.</param>
    internal virtual void Finish(Span<float> weights, Span<float> biases, PartState state)
    {
    }

    /// <summary>What the method takes from all training rows before the first step, into <see cref="StepContext.State"/>.</summary>
    /// <param name="state">What this method remembers; the loss has its own.</param>
    /// <param name="rows">The rows.</param>
    /// <exception cref="ArgumentException">The method cannot learn from these rows.</exception>
    internal virtual void Begin(PartState state, TeachingRows rows)
    {
    }

    /// <summary>Whether <see cref="Move"/> is asked.</summary>
    internal virtual bool Moves => false;

    /// <summary>The batch's rows moved, where network and teacher are asked too; null where the method does not move any.</summary>
    /// <param name="probe">The batch, and what network and teachers say elsewhere.</param>
    /// <param name="step">Where the run stands.</param>
    /// <exception cref="ArgumentException">The method asks the teachers elsewhere, and they can only be asked about the rows as they are.</exception>
    internal virtual MovedRows? Move(Probe probe, StepContext step) => null;

    /// <summary>Which rows make up the steps of an epoch; null as the loss asks.</summary>
    internal virtual RowOrder? Order => null;

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
