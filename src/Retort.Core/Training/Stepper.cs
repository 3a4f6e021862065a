namespace Retort;

/// <summary>An optimizer at work on one flat buffer of parameters.</summary>
internal abstract class Stepper
{
    /// <summary>Changes the parameters in one pass.</summary>
    public abstract void Step(Span<float> parameters, ReadOnlySpan<float> gradients, double learningRate);
}
