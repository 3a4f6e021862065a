using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>Networks of other depths from one that was trained, on ML.NET's own catalog.</summary>
public static class DepthCatalog
{
    /// <summary>A fitted network of elastic depth with another number of blocks. Nothing is trained, and the model that is given stays as it is.</summary>
    /// <remarks>
    /// Depths agree the better the more blocks both have: measure each on held-out rows before it is used. A calibration that the network was trained with stays that of the trained depth; one after it, in a chain, likewise.
    /// </remarks>
    /// <param name="catalog">The catalog.</param>
    /// <param name="model">A network that was trained with <see cref="ElasticResNet"/>, or a chain of transformers with one such network.</param>
    /// <param name="blocks">How many blocks. In [1, 64].</param>
    /// <returns>A model of the same kind: a network, or a chain with the other transformers as they were.</returns>
    /// <exception cref="ArgumentException">There is no such network, there are several, or <paramref name="blocks"/> is outside its range.</exception>
    public static ITransformer AtDepth(this ModelOperationsCatalog catalog, ITransformer model, int blocks)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(model);
        if (model is not IEnumerable<ITransformer> chain)
            return At(IsElastic(model) ? model : throw Wrong("no network"), blocks);
        ITransformer[] parts = [.. chain];
        return parts.Count(IsElastic) switch
        {
            1 => new TransformerChain<ITransformer>([.. parts.Select(part => IsElastic(part) ? At(part, blocks) : part)]),
            0 => throw Wrong("no network"),
            var count => throw Wrong($"{count}"),
        };
    }

    private static bool IsElastic(ITransformer part) => part is NetworkTransformer { Fitted.Architecture: ElasticResNet };

    private static ITransformer At(ITransformer part, int blocks)
    {
        var (network, fitted) = ((NetworkTransformer)part, ((NetworkTransformer)part).Fitted);
        var architecture = (ElasticResNet)fitted.Architecture with { Blocks = blocks };
        architecture.Validate();
        var other = new FittedNetwork(fitted.Task, architecture, fitted.Shape, fitted.Parameters, fitted.Link, fitted.Calibrator, fitted.Noise);
        return network.With(new NetworkModel(other, network.Model.Recipe with { Network = architecture }));
    }

    private static ArgumentException Wrong(string found) => new($"model must hold one network trained with '{Methods.Of(new ElasticResNet()).Id}', but holds {found} of that kind.");
}
