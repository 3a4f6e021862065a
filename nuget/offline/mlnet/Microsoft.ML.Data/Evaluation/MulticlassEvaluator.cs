using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>The class with the highest score is the predicted one, the first of equals: the column of predicted labels must exist, and is not read.</summary>
internal static class MulticlassEvaluator
{
    private const float Epsilon = 1e-15f;

    public static MulticlassClassificationMetrics Evaluate(IDataView data, string label, string score, string predictedLabel, int topK)
    {
        var schema = data.Schema;
        var labelColumn = EvaluationColumns.Find(schema, label, "Label");
        var scoreColumn = EvaluationColumns.Find(schema, score, "Score");
        EvaluationColumns.Find(schema, predictedLabel, "PredictedLabel");
        if (scoreColumn.Type is not VectorDataViewType { Size: >= 2 } vector || vector.ItemType != NumberDataViewType.Single)
            throw EvaluationColumns.Mismatch("score", scoreColumn, "vector of two or more items of type Single");
        if (labelColumn.Type != NumberDataViewType.Single && labelColumn.Type is not KeyDataViewType) throw EvaluationColumns.Mismatch("label", labelColumn, "Single or Key");

        var classes = vector.Size;
        if (topK > classes + 1) throw new IndexOutOfRangeException();
        var counts = Enumerable.Range(0, classes).Select(_ => new double[classes]).ToArray();
        var (losses, ranks) = (new double[classes], new double[classes]);
        double all = 0, lossOfUnseen = 0;
        using (var cursor = data.GetRowCursor([labelColumn, scoreColumn]))
        {
            var (getLabel, getScore) = (EvaluationColumns.Label(cursor, labelColumn), cursor.GetGetter<VBuffer<float>>(scoreColumn));
            double y = 0;
            VBuffer<float> buffer = default;
            var scores = new float[classes];
            while (cursor.MoveNext())
            {
                getLabel(ref y);
                getScore(ref buffer);
                if (buffer.Length != classes) throw new InvalidOperationException();
                buffer.CopyTo(scores);
                if (!(y >= 0) || y != Math.Floor(y) || Array.Exists(scores, s => !float.IsFinite(s))) continue;
                all++;
                if (y >= classes)
                {
                    lossOfUnseen -= Math.Log(Epsilon);
                    continue;
                }
                var (truth, best, rank) = ((int)y, 0, 0);
                for (var i = 0; i < classes; i++)
                {
                    if (scores[i] > scores[best]) best = i;
                    if (scores[i] > scores[truth] || scores[i] == scores[truth] && i < truth) rank++;
                }
                counts[truth][best]++;
                ranks[rank]++;
                losses[truth] -= Math.Log(Math.Min(1, Math.Max(Epsilon, scores[truth])));
            }
        }

        var sizes = counts.Select(row => row.Sum()).ToArray();
        double Mean(double sum, double count) => count > 0 ? sum / count : 0;
        var seen = Enumerable.Range(0, classes).Where(c => sizes[c] > 0).ToArray();
        var logLoss = Mean(losses.Sum() + lossOfUnseen, all);
        var entropy = -seen.Sum(c => sizes[c] / all * Math.Log(sizes[c] / all)); // -0 where there is one class: the reduction is then infinite
        double[] topKAccuracies = null;
        if (topK > 0)
        {
            topKAccuracies = new double[topK];
            double within = 0;
            for (var k = 0; k < topK; k++) topKAccuracies[k] = within += Mean(k < classes ? ranks[k] : 0, all);
        }
        return new MulticlassClassificationMetrics(
            Mean(seen.Sum(c => counts[c][c]), all),
            seen.Length == 0 ? 0 : seen.Average(c => counts[c][c] / sizes[c]),
            logLoss, (entropy - logLoss) / entropy, topK, topKAccuracies,
            losses.Select((loss, c) => Mean(loss, sizes[c])).ToArray(),
            new ConfusionMatrix(counts, Names(scoreColumn, classes), isBinary: false));
    }

    private static string[] Names(DataViewSchema.Column score, int classes)
    {
        if (score.Annotations.Schema.GetColumnOrNull(AnnotationUtils.Kinds.SlotNames)?.Type is not VectorDataViewType { ItemType: TextDataViewType } type || type.Size != classes)
            return Enumerable.Range(0, classes).Select(i => i.ToString()).ToArray();
        VBuffer<ReadOnlyMemory<char>> names = default;
        score.Annotations.GetValue(AnnotationUtils.Kinds.SlotNames, ref names);
        return names.DenseValues().Select(n => n.ToString()).ToArray();
    }
}
