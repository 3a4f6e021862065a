using Microsoft.ML;

namespace Retort;

/// <summary>A teacher that ends in a network of ours: what comes before it, and the network.</summary>
/// <param name="Before">The transformers that make the network's columns.</param>
/// <param name="Network">The network.</param>
internal sealed record TeacherChain(IReadOnlyList<ITransformer> Before, NetworkTransformer Network)
{
    /// <summary>The network whose scores a model gives; null where the scores come from anything else.</summary>
    public static TeacherChain? Of(ITransformer model, DataViewSchema input)
    {
        ITransformer[] all = [.. Flat(model)];
        var at = Array.FindLastIndex(all, transformer => transformer is NetworkTransformer);
        if (at < 0)
            return null;

        try
        {
            return KeepsScores() ? new(all[..at], (NetworkTransformer)all[at]) : null;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return null; // a teacher that cannot read the data says so when it is to score it
        }

        // what follows, such as a mapping of the predicted key to its value, must leave the scores alone
        bool KeepsScores()
        {
            var schema = all.Take(at + 1).Aggregate(input, (before, transformer) => transformer.GetOutputSchema(before));
            var after = all.Skip(at + 1).Aggregate(schema, (before, transformer) => transformer.GetOutputSchema(before));
            return after.GetColumnOrNull(ScoreNames.Score)?.Index == schema[ScoreNames.Score].Index;
        }
    }

    /// <summary>The data as the network reads it.</summary>
    public IDataView Prepare(IDataView data) => Before.Aggregate(data, (view, transformer) => transformer.Transform(view));

    private static IEnumerable<ITransformer> Flat(ITransformer model) => model is IEnumerable<ITransformer> chain ? chain.SelectMany(Flat) : [model];
}
