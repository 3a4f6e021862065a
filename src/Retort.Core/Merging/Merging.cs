namespace Retort;

/// <summary>How the weights of several fitted networks become those of one.</summary>
/// <remarks>
/// The networks must be alike in shape, and for anything but alignment they should come from one start: networks that were trained from different random weights hold the same knowledge in other places,
/// and their mean is worse than either. Weights are merged in units of the scaled label, so that a label in thousands does not drown the other layers.
/// What the rows decide (medians, factors, bins) is not a weight: it is kept where all models have the same, as they do when trained from a start, else the models' mean by <see cref="Shares"/>.
/// </remarks>
public abstract record Merging : Part
{
    /// <summary>Whether the models' common start must be given.</summary>
    internal virtual bool NeedsStart => false;

    /// <summary>Whether rows must be given.</summary>
    internal virtual bool NeedsRows => false;

    /// <summary>Whether these rows must have labels.</summary>
    internal virtual bool NeedsLabels => false;

    /// <summary>The fewest models that there is something to merge of.</summary>
    internal virtual int FewestModels => NeedsStart ? 1 : 2;

    /// <summary>The most models that the method knows what to do with.</summary>
    internal virtual int MostModels => int.MaxValue;

    /// <summary>How much each model counts where plain means are taken; they sum to 1.</summary>
    internal virtual double[] Shares(int models) => [.. Enumerable.Repeat(1.0 / models, models)];

    /// <summary>The merging that a JSON text describes. What it leaves out keeps its default.</summary>
    /// <param name="json">A text as <see cref="Part.ToJson"/> writes it.</param>
    /// <exception cref="ArgumentException">The text is not JSON, or a method, setting or value in it is not allowed.</exception>
    public static Merging FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        var merging = MethodJson.Read<Merging>(json);
        merging.Validate();
        return merging;
    }

    /// <summary>The merged weights.</summary>
    /// <param name="models">The models' weights, all of one layout.</param>
    /// <param name="context">What is known beside them.</param>
    internal abstract float[] Merge(IReadOnlyList<float[]> models, MergeContext context);
}
