namespace Retort;

/// <summary>Merges fitted networks into one.</summary>
internal static class NetworkMerge
{
    /// <summary>The merged network, without calibrator.</summary>
    /// <param name="models">Networks of one task and shape; none may be another's copy.</param>
    /// <param name="merging">How.</param>
    /// <param name="start">The network whose weights all runs began from; null where nobody says.</param>
    /// <param name="rows">Rows on the CPU, one set for all models or one for each; null where there are none.</param>
    /// <exception cref="ArgumentException">The networks do not fit each other, the start or the method, or rows are asked for that are not there.</exception>
    public static FittedNetwork Of(IReadOnlyList<FittedNetwork> models, Merging merging, FittedNetwork? start = null, IReadOnlyList<Dataset>? rows = null)
    {
        merging.Validate();
        Check(models, merging, start, rows);
        var first = models[0];
        var scale = first.Link.IsLinear ? first.Scale : Scale.None;
        var part = new LearnedPart(first.Graph.Layout);
        float[][] all = [.. models.Select(Unscaled)];
        Func<int, Dataset> rowsOf = k => rows![rows.Count == 1 ? 0 : k];
        var context = new MergeContext(part.Layout)
        {
            Start = start is null ? null : part.Take<float>(Unscaled(start)),
            Information = merging is FisherMerging fisher ? k => part.Take<double>(NetworkInformation.Of(first, all[k], rowsOf(k), fisher.Rows)) : null,
            Products = k => [.. LayerInputs.Products(first, all[k], rowsOf(k)).Select(own => own with { Slot = Enumerable.Range(0, part.Slots.Count).First(slot => part.Slots[slot] == own.Slot) })],
            Axes = () => UnitAxes.Of(first.Graph, part),
            Correlations = (one, other) => UnitAxes.Correlations(first, part, all[one], all[other], rowsOf(0)),
            Judge = weights => Merged(weights) is var network ? rows!.Average(own => HeldLoss.Of(network, own)) : 0,
        };
        var result = merging is PleasMerging pleas ? Widened(pleas) : Merged(merging.Merge([.. all.Select(own => part.Take<float>(own))], context));
        return result.Parameters.All(float.IsFinite) ? result : throw new ArgumentException($"The merged weights must be finite, but those of '{Methods.Of(merging).Id}' are not.");

        FittedNetwork Widened(PleasMerging settings)
        {
            var orders = new WeightMatching { By = settings.By }.Orders(part.Take<float>(all[0]), 0, part.Take<float>(all[1]), 1, context);
            var (network, weights) = PleasFit.Of(first, all[0], all[1], Constants(all, merging.Shares(2)), settings, context.Correlations(0, 1), orders, rowsOf(0));
            return new(first.Task, network, first.Shape, scale == Scale.None ? weights : scale.FoldInto(weights, network.Build(first.Shape).Layout), first.Link) { Scale = first.Scale };
        }

        float[] Unscaled(FittedNetwork model) => scale == Scale.None ? model.Parameters : scale.TakeOutOf(model.Parameters, first.Graph.Layout);

        FittedNetwork Merged(float[] weights)
        {
            var parameters = Constants(all, merging.Shares(all.Length));
            part.Put(weights, parameters);
            var origin = start?.Fingerprint ?? (models.All(model => model.Origin == first.Origin) ? first.Origin : "");
            return new(first.Task, first.Architecture, first.Shape, scale == Scale.None ? parameters : scale.FoldInto(parameters, first.Graph.Layout), first.Link) { Origin = origin, Scale = first.Scale };
        }
    }

    /// <summary>Medians, factors and bins: those that all have, or their mean.</summary>
    private static float[] Constants(float[][] all, double[] shares)
    {
        var merged = new float[all[0].Length];
        for (var i = 0; i < merged.Length; i++)
        {
            var (same, sum) = (true, 0.0);
            for (var k = 0; k < all.Length; k++)
                (same, sum) = (same && all[k][i] == all[0][i], sum + shares[k] * all[k][i]);
            merged[i] = same ? all[0][i] : (float)sum;
        }

        return merged;
    }

    private static void Check(IReadOnlyList<FittedNetwork> models, Merging merging, FittedNetwork? start, IReadOnlyList<Dataset>? rows)
    {
        var id = Methods.Of(merging).Id;
        if (models.Count < merging.FewestModels)
            throw Retort.Check.Wrong($"The number of models that '{id}' merges", $"be at least {merging.FewestModels}", $"{models.Count}");
        if (models.Count > merging.MostModels)
            throw Retort.Check.Wrong($"The number of models that '{id}' merges", $"be {merging.MostModels}", $"{models.Count}");
        for (var k = 1; k < models.Count; k++)
        {
            CheckAlike(models[0], models[k], $"Model {k + 1}");
            for (var other = 0; other < k; other++)
                if (models[other].Parameters.AsSpan().SequenceEqual(models[k].Parameters))
                    throw new ArgumentException($"The models must differ, but models {other + 1} and {k + 1} have the same weights.");
        }

        if (merging.NeedsStart && start is null)
            throw new ArgumentException($"The merging '{id}' must be given the start that all models were trained from, but is given none.");
        if (start is not null)
            CheckStart(models, start);
        if (merging.NeedsRows && rows is null)
            throw new ArgumentException($"The merging '{id}' must be given data, but is given none.");
        if (rows is not null && rows.Count != 1 && rows.Count != models.Count)
            throw Retort.Check.Wrong("The number of data views", $"be 1, or one for each of the {models.Count} models", $"{rows.Count}");
    }

    /// <exception cref="ArgumentException">Two networks' weights do not stand for the same.</exception>
    public static void CheckAlike(FittedNetwork first, FittedNetwork other, string name)
    {
        if (other.Task != first.Task)
            throw Retort.Check.Wrong($"{name}'s task", $"be that of the first model, {first.Task}", $"{other.Task}");
        if (other.Architecture.WithoutDropout != first.Architecture.WithoutDropout)
            throw Retort.Check.Wrong($"{name}'s network", $"be that of the first model but for its Dropout, {first.Architecture}", $"{other.Architecture}");
        if (other.Shape.Features != first.Shape.Features || !other.Shape.Cardinalities.SequenceEqual(first.Shape.Cardinalities) || other.Shape.Outputs != first.Shape.Outputs)
            throw Retort.Check.Wrong($"{name}'s shape", $"be that of the first model, {first.Shape.Say()}", other.Shape.Say());
        if (other.Link != first.Link)
            throw Retort.Check.Wrong($"What {name} makes of its outputs", $"be as in the first model, {first.Link}", $"{other.Link}");
    }

    private static void CheckStart(IReadOnlyList<FittedNetwork> models, FittedNetwork start)
    {
        CheckAlike(models[0], start, "The start");
        var fingerprint = start.Fingerprint;
        for (var k = 0; k < models.Count; k++)
            if (models[k].Origin != fingerprint)
                throw new ArgumentException($"Model {k + 1} must have been trained from the start, whose weights are {fingerprint[..12]}, but {(models[k].Origin.Length == 0 ? "nobody knows where it began" : $"began at {models[k].Origin[..Math.Min(12, models[k].Origin.Length)]}")}.");
    }
}
