namespace Retort;

/// <summary>A loss that does something with another one, and is in all else as that one is.</summary>
public abstract record WrappedLoss : Loss
{
    /// <summary>The other one.</summary>
    internal abstract Loss Inner { get; }

    /// <inheritdoc/>
    public override bool GivesProbabilities => Inner.GivesProbabilities;

    internal override int RegressionOutputs => Inner.RegressionOutputs;

    internal override LabelScaling Scaling => Inner.Scaling;

    internal override RowOrder Order => Inner.Order;

    internal override bool TakesSoftTargets => Inner.TakesSoftTargets;

    internal override bool NeedsHidden => Inner.NeedsHidden;

    /// <inheritdoc/>
    public override void Validate() => Check.Given(Inner, "Of").Validate();

    internal override OutputLink Link(PartState state) => Inner.Link(state);

    internal override void Begin(PartState state, Targets targets, Tensor? weights, Tensor? groups, int members) => Inner.Begin(state, targets, weights, groups, members);

    internal override Tensor Judge(StudentOutput student, Targets targets, Tensor? weights, StepContext step) => Inner.Judge(student, targets, weights, step);
}
