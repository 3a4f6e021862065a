using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort.Cli.Training;

/// <summary>A saved model that training begins from: its fitted steps, and its network.</summary>
/// <param name="Steps">What comes before the network; null where nothing does.</param>
/// <param name="Network">The network.</param>
internal sealed record StartModel(ITransformer? Steps, ITransformer Network)
{
    /// <exception cref="UsageException">The model does not end in a network of ours.</exception>
    public static StartModel Load(MLContext ml, string path)
    {
        ITransformer[] all = [.. Flat(ModelFile.Load(ml, path).Model)];
        return all[^1] is NetworkTransformer
            ? new(all.Length == 1 ? null : new TransformerChain<ITransformer>(all[..^1]), all[^1])
            : throw new UsageException($"Option --start must name a model that ends in a network, as 'retort train' writes it, but '{path}' does not.");
    }

    /// <summary>A recipe of the network that a model ends in, as JSON: what is trained where nobody says otherwise.</summary>
    public static string RecipeOf(string path) => new Recipe { Network = ((NetworkTransformer)Load(new MLContext(), path).Network).Model.Recipe.Network }.ToJson();

    private static IEnumerable<ITransformer> Flat(ITransformer model) => model is IEnumerable<ITransformer> chain ? chain.SelectMany(Flat) : [model];
}
