using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>A fitted model that holds a network of ours: what comes before it, the network, and what comes behind.</summary>
internal sealed record ModelChain(IReadOnlyList<ITransformer> Before, NetworkTransformer Network, IReadOnlyList<ITransformer> After)
{
    /// <exception cref="ArgumentException">The model holds no network of ours, or several.</exception>
    public static ModelChain Of(ITransformer model, string name)
    {
        ITransformer[] all = [.. Flat(Check.Given(model, name))];
        var networks = all.Count(transformer => transformer is NetworkTransformer);
        if (networks != 1)
            throw new ArgumentException($"{name} must hold one fitted network, but holds {networks}.");
        var at = Array.FindIndex(all, transformer => transformer is NetworkTransformer);
        return new(all[..at], (NetworkTransformer)all[at], all[(at + 1)..]);
    }

    /// <summary>The network that a run is to begin from; null where none is given.</summary>
    /// <exception cref="ArgumentException">The model holds no network of ours, or several.</exception>
    public static NetworkTransformer? StartOf(ITransformer? model) => model is null ? null : Of(model, "The start").Network;

    /// <summary>The data as the network reads it.</summary>
    public IDataView Prepare(IDataView data) => Before.Aggregate(data, (view, transformer) => transformer.Transform(view));

    /// <summary>The same steps around another network.</summary>
    public ITransformer With(ITransformer network) =>
        Before.Count + After.Count == 0 ? network : new TransformerChain<ITransformer>([.. Before, network, .. After]);

    /// <exception cref="ArgumentException">The steps of two models differ.</exception>
    /// <exception cref="NotSupportedException">A step cannot be saved, so that nobody can say whether it is the same.</exception>
    public void CheckSameSteps(ModelChain other, string name)
    {
        CheckSame(Before, other.Before, "before");
        CheckSame(After, other.After, "behind");
        if (other.Network.FeatureColumnName != Network.FeatureColumnName || !other.Network.CategoryColumnNames.SequenceEqual(Network.CategoryColumnNames))
            throw new ArgumentException($"{name} must read the columns of the first model, {Columns(Network)}, but reads {Columns(other.Network)}.");

        void CheckSame(IReadOnlyList<ITransformer> own, IReadOnlyList<ITransformer> others, string where)
        {
            if (own.SequenceEqual(others))
                return;
            if (own.Count != others.Count || !Hash(own).AsSpan().SequenceEqual(Hash(others)))
                throw new ArgumentException($"{name} must have the same fitted steps {where} its network as the first model, but has others; fit them once, for all models.");
        }

        static byte[] Hash(IReadOnlyList<ITransformer> steps) => ModelHash.Of(new TransformerChain<ITransformer>([.. steps]));

        static string Columns(NetworkTransformer network) => string.Join(", ", network.CategoryColumnNames.Prepend(network.FeatureColumnName).Select(column => $"'{column}'"));
    }

    private static IEnumerable<ITransformer> Flat(ITransformer model) => model is IEnumerable<ITransformer> chain ? chain.SelectMany(Flat) : [model];
}
