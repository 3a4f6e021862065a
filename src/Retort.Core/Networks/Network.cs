namespace Retort;

/// <summary>The shape of a network. The weights lie elsewhere, in one flat buffer that the layers are views of.</summary>
public abstract record Network : Part
{
    /// <summary>
    /// Whether features are centred and scaled inside the network, so that raw columns can go in: <c>z = (x - median) / (third quartile - first quartile)</c>, then
    /// <c>z / sqrt(1 + (z / 3)^2)</c>. Medians and quartiles are those of the training rows. Default true.
    /// </summary>
    public bool ScalesFeatures { get; init; } = true;

    /// <summary>How each feature becomes several numbers before the first layer; default null, it stays one.</summary>
    public NumberEmbedding? Numbers { get; init; }

    /// <summary>A category column with at most this many categories becomes one 0 or 1 a category; others become learned numbers. In [0, 65536]; default 9.</summary>
    public int OneHotUpTo { get; init; } = 9;

    /// <summary>How many learned numbers stand for a category. In [1, 4096]; default 8.</summary>
    public int EmbeddingWidth { get; init; } = 8;

    /// <summary>Heads for the domains that the training rows come from, for rows of other domains; default null, one head for all.</summary>
    public DomainHeads? Domains { get; init; }

    /// <summary>Which features are known to matter, and what it costs to heed others; default null, nothing is said.</summary>
    public FactorConsistency? Factors { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        Numbers?.Validate();
        Domains?.Validate();
        Factors?.Validate();
        Check.InRange(OneHotUpTo, 0, 65536);
        Check.InRange(EmbeddingWidth, 1, 4096);
    }

    /// <summary>The layers behind the inputs, ending in <paramref name="outputs"/> numbers. The last two slots are the weights and biases of a linear head.</summary>
    private protected abstract IEnumerable<Layer> Trunk(ParameterLayout layout, int inputs, int outputs);

    /// <summary>The same network, nothing of which is left out in training: two that are equal in this have the same weights in the same places.</summary>
    internal virtual Network WithoutDropout => this;

    /// <summary>How the network computes for a shape, and where each layer lies in the flat buffer.</summary>
    internal NetworkGraph Build(NetworkShape shape)
    {
        var layout = new ParameterLayout();
        var numbers = new List<Layer>();
        if (shape.Features > 0 && ScalesFeatures)
            numbers.Add(new RobustScale(layout, shape.Features));
        if (shape.Features > 0 && Numbers is not null)
            numbers.AddRange(Numbers.Layers(layout, shape.Features));
        CategoryEncoder[] categories = [.. shape.Cardinalities.Select(cardinality =>
            cardinality <= OneHotUpTo ? (CategoryEncoder)new OneHot(cardinality) : new CategoryEmbedding(layout, cardinality, EmbeddingWidth))];
        var width = checked((numbers.Count == 0 ? shape.Features : numbers[^1].Outputs) + categories.Sum(encoder => encoder.Width));
        return new(shape, layout, [.. numbers], categories, [.. Trunk(layout, width, shape.Outputs)]);
    }
}
