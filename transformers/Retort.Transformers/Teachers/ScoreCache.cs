using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Retort;

/// <summary>Scores of models, kept in files of a folder.</summary>
internal sealed class ScoreCache(string folder)
{
    public string Folder => folder;

    /// <summary>The scores of a file, or of the model while they are written into one; null where they cannot be kept.</summary>
    public ScoreFeed? Feed(ITransformer model, IDataView data, string column, int width, DataViewRow rows, IChannel channel) => null;
}
