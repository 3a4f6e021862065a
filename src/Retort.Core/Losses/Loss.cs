namespace Retort;

/// <summary>What training minimises on the labels: a pure function of logits and targets.</summary>
public abstract record Loss : Part
{
    /// <summary>Whether the softmax of the logits (or what the loss's own remarks say) estimates probabilities. Where not, a network is calibrated on held-out rows at the end of its training.</summary>
    public virtual bool GivesProbabilities => true;

    /// <summary>The loss of a batch, one number.</summary>
    /// <param name="logits">Logits [rows, classes], (0, z) where the task is binary; or outputs [rows, outputs] in regression.</param>
    /// <param name="targets">What the rows should become.</param>
    /// <param name="weights">How much each row counts, [rows]; null where all count alike.</param>
    /// <param name="step">Where the run stands.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public abstract Tensor Value(Tensor logits, Targets targets, Tensor? weights, StepContext step);

    /// <summary>The loss of a batch by itself, outside a run.</summary>
    /// <param name="logits">Logits [rows, classes], (0, z) where the task is binary; or outputs [rows, outputs] in regression.</param>
    /// <param name="targets">What the rows should become.</param>
    /// <param name="weights">How much each row counts, [rows]; null where all count alike.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public Tensor Value(Tensor logits, Targets targets, Tensor? weights = null) => Value(logits, targets, weights, StepContext.First());

    /// <summary>The loss of a batch where it depends on more than logits. By default it does not.</summary>
    internal virtual Tensor Value(StudentOutput student, Targets targets, Tensor? weights, StepContext step) => Value(student.Logits, targets, weights, step);

    /// <summary>What says which epoch is best, on rows that are not trained on; the smaller, the better. By default the loss as it is at the end of a run.</summary>
    internal virtual Tensor Judge(StudentOutput student, Targets targets, Tensor? weights, StepContext step) => Value(student, targets, weights, step);

    /// <summary>What the loss takes from all training rows before the first step, into <see cref="StepContext.State"/>.</summary>
    /// <param name="state">The state of the run.</param>
    /// <param name="targets">All rows' targets, as the loss will see them.</param>
    /// <param name="weights">How much each row counts; null where all count alike.</param>
    /// <param name="groups">Which rows belong together, int64 [rows]; null where nobody said.</param>
    /// <param name="members">How many rows of logits there are for each row; those of row i are named i × members and following.</param>
    /// <exception cref="ArgumentException">The loss cannot learn from these targets.</exception>
    internal virtual void Begin(PartState state, Targets targets, Tensor? weights, Tensor? groups, int members)
    {
    }

    /// <summary>How many outputs the network has for a number to predict.</summary>
    internal virtual int RegressionOutputs => 1;

    /// <summary>How labels are brought to the size that networks learn well.</summary>
    internal virtual LabelScaling Scaling => LabelScaling.Standardised;

    /// <summary>How the outputs of a fitted network become what it serves.</summary>
    /// <param name="state">What <see cref="Begin"/> and the steps left there.</param>
    internal virtual OutputLink Link(PartState state) => OutputLink.Identity;

    /// <summary>Which rows make up the steps of an epoch.</summary>
    internal virtual RowOrder Order => RowOrder.Shuffled;

    /// <summary>Whether targets may be probabilities; else mixed rows are shown once with each of their classes.</summary>
    internal virtual bool TakesSoftTargets => true;

    /// <summary>How many classes are computed at once where there are more; null for all. The loss is then cross-entropy.</summary>
    internal virtual int? ClassBlock => null;

    /// <summary>Whether <see cref="StudentOutput.Features"/> and <see cref="StudentOutput.Hidden"/> are asked for.</summary>
    internal virtual bool NeedsHidden => false;
}
