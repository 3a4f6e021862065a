namespace Retort;

/// <summary>How each feature becomes several numbers before the first layer of a <see cref="Network"/>.</summary>
public abstract record NumberEmbedding : Part
{
    private protected NumberEmbedding()
    {
    }

    internal abstract IEnumerable<Layer> Layers(ParameterLayout layout, int features);
}
