namespace Retort;

/// <summary>What goes into a network and what comes out.</summary>
/// <param name="Features">How many numbers a row has.</param>
/// <param name="Cardinalities">For each category column its largest category number; 0 stands for missing or unseen beside them.</param>
/// <param name="Outputs">1 logit for binary, one a class for multiclass, 1 value for regression.</param>
internal sealed record NetworkShape(int Features, IReadOnlyList<int> Cardinalities, int Outputs)
{
    /// <summary>The shape in words.</summary>
    public string Say() => $"{Features} features, {(Cardinalities.Count == 0 ? "no category columns" : $"category columns of {string.Join(", ", Cardinalities)} values")} and {Outputs} outputs";

    public void Validate()
    {
        Check.AtLeast(Features, 0);
        Check.AtLeast(Outputs, 1);
        foreach (var cardinality in Cardinalities)
            Check.AtLeast(cardinality, 0);
        if (Features == 0 && Cardinalities.Count == 0)
            throw new ArgumentException("A network must have at least one feature or category column, but has none.");
    }
}
