using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>How the learning rate changes over a run.</summary>
public abstract record Schedule : Part
{
    /// <summary>The share of the run in which the learning rate first rises, in a straight line from 0 to what the schedule says. In [0, 1), 0 for none; default 0: with <see cref="AdamW"/> a tenth brought nothing on two tables.</summary>
    [Range(0.0, 0.2, 0.0)]
    public double WarmUp { get; init; }

    /// <inheritdoc/>
    public override void Validate() => Check.InHalfOpenRange(WarmUp, 0, 1);

    /// <summary>What the learning rate is multiplied with.</summary>
    /// <param name="progress">The share of the planned run that is done, in [0, 1].</param>
    public double Factor(double progress) => progress < WarmUp ? progress / WarmUp * Shape(progress) : Shape(progress);

    /// <summary>The factor without <see cref="WarmUp"/>.</summary>
    /// <param name="progress">The share of the planned run that is done, in [0, 1].</param>
    protected abstract double Shape(double progress);

    /// <summary>Half a wave of a cosine, from one value to another.</summary>
    private protected static double Wave(double from, double to, double share) => to + (from - to) * 0.5 * (1 + Math.Cos(Math.PI * share));
}
