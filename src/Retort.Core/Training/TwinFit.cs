namespace Retort;

/// <summary>Makes a twin of several networks.</summary>
internal static class TwinFit
{
    /// <summary>The twin: what is shared, what each network keeps, and a router that is trained to tell their rows apart.</summary>
    /// <param name="models">The networks.</param>
    /// <param name="twin">How.</param>
    /// <param name="start">Where all began.</param>
    /// <param name="rows">Rows of each network's own, on the CPU.</param>
    /// <param name="checkCanceled">Throws where it is to end.</param>
    /// <exception cref="ArgumentException">The networks do not fit each other or the start, or there are not rows for each.</exception>
    public static TwinNetwork Of(IReadOnlyList<FittedNetwork> models, TwinMerging twin, FittedNetwork? start, IReadOnlyList<Dataset>? rows, Action checkCanceled)
    {
        if (rows is not null && rows.Count != models.Count)
            throw Check.Wrong("The number of data views for 'twin'", $"be {models.Count}, one for each model, so that a router can learn whose a row is", $"{rows.Count}");
        var shared = NetworkMerge.Of(models, twin, start, rows);
        var part = new LearnedPart(shared.Graph.Layout);
        int[] numbers = [.. Enumerable.Range(0, shared.Parameters.Length)];
        var learned = part.Take<int>(numbers);
        int[][] places = [.. models.Select(model => Largest(model, shared, learned, twin.Density))];
        return new(shared, Router(shared, twin, rows!, checkCanceled), places, [.. models.Select((model, k) => places[k].Select(place => model.Parameters[place] - shared.Parameters[place]).ToArray())]);
    }

    /// <summary>The weights that differ most, in units of the scaled label.</summary>
    private static int[] Largest(FittedNetwork model, FittedNetwork shared, int[] learned, double density)
    {
        var layout = shared.Graph.Layout;
        var head = layout.Slots[^2].Offset;
        var unit = shared.Link.IsLinear ? shared.Scale.Deviation : 1;
        var kept = (int)Math.Round(density * learned.Length, MidpointRounding.AwayFromZero);
        return [.. learned.OrderByDescending(place => Math.Abs(model.Parameters[place] - shared.Parameters[place]) / (place >= head ? unit : 1)).Take(kept).Order()];
    }

    private static FittedNetwork Router(FittedNetwork shared, TwinMerging twin, IReadOnlyList<Dataset> rows, Action checkCanceled)
    {
        using var scope = NewDisposeScope();
        Tensor[] hidden = [.. rows.Select(own =>
        {
            var (features, categories) = own.Inputs(0, own.Rows);
            return shared.Hidden(features, categories);
        })];
        using var data = new Dataset
        {
            Features = cat(hidden, 0).DetachFromDisposeScope(),
            Labels = cat([.. hidden.Select((own, k) => full(own.shape[0], (long)k, dtype: int64))], 0).DetachFromDisposeScope(),
            Classes = rows.Count,
        };
        var recipe = new Recipe { Network = new Mlp { Layers = 2, Width = twin.RouterWidth }, Epochs = twin.RouterEpochs, Patience = 10, BatchSize = 64, Seed = twin.Seed };
        return TrainingLoop.Run(recipe, LearningTask.Multiclass, data, null, 0, null, checkCanceled).Network;
    }
}
