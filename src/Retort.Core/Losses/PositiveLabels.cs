namespace Retort;

/// <summary>What losses of counts and amounts ask of labels.</summary>
internal static class PositiveLabels
{
    /// <exception cref="ArgumentException">A label is below 0.</exception>
    public static void Check(Targets targets, string loss)
    {
        using var scope = NewDisposeScope();
        var values = targets.RealValues(empty(targets.Rows, 1, dtype: float32));
        var count = (values < 0).sum().ToInt64();
        if (count > 0)
            throw new ArgumentException($"Labels must be at least 0 for the loss '{loss}', but {count} of {values.shape[0]} are below.");
    }
}
