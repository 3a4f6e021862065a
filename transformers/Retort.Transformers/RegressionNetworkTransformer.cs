using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>A fitted network for a number. Adds Score, in the label's unit.</summary>
/// <remarks>
/// A network of several quantiles adds them as Quantiles, a vector in rising order whose slots are named by their levels, and has as Score the one nearest to the median.
/// One of mean and deviation adds StandardDeviation.
/// </remarks>
public sealed class RegressionNetworkTransformer : NetworkTransformer
{
    internal RegressionNetworkTransformer(NetworkModel model, string features, IReadOnlyList<string> categories)
        : base(model, features, categories)
    {
    }

    internal override IEnumerable<ScoreColumn> ScoreColumns(DataViewSchema input)
    {
        var (single, link, task) = (NumberDataViewType.Single, Fitted.Link, LearningTask.Regression);
        var levels = link.Points;
        var median = link.Function == LinkFunction.Quantiles ? levels.Select((level, i) => (level, i)).MinBy(pair => Math.Abs(pair.level - 0.5)).i : 0;
        yield return ScoreColumn.Of<float>(ScoreNames.Score, single, ScoreAnnotations.Start(input, task, ScoreNames.Score),
            source => (ref float score) => score = source.Current[median]);
        if (link.Function == LinkFunction.MeanAndDeviation)
            yield return ScoreColumn.Of<float>(ScoreNames.StandardDeviation, single, ScoreAnnotations.Start(input, task, ScoreNames.StandardDeviation),
                source => (ref float deviation) => deviation = source.Current[1]);
        if (link.Function != LinkFunction.Quantiles)
            yield break;

        var annotations = ScoreAnnotations.Start(input, task, ScoreNames.Quantiles);
        annotations.AddSlotNames([.. levels.Select(level => level.ToString(CultureInfo.InvariantCulture).AsMemory())]);
        yield return ScoreColumn.Of<VBuffer<float>>(ScoreNames.Quantiles, new VectorDataViewType(single, levels.Count), annotations, source => (ref VBuffer<float> quantiles) =>
        {
            var editor = VBufferEditor.Create(ref quantiles, levels.Count);
            source.Current.CopyTo(editor.Values);
            quantiles = editor.Commit();
        });
    }
}
