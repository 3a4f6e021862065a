using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>What one pass over scored rows counts.</summary>
internal sealed class BinaryCounts
{
    public double TruePositive, TrueNegative, FalsePositive, FalseNegative, LogLoss, Auc, Auprc;

    public double Positive => TruePositive + FalseNegative;
    public double Negative => TrueNegative + FalsePositive;
    public double All => Positive + Negative;
}

/// <summary>A row counts as predicted positive where its score is above 0: the column of predicted labels must exist, and is not read.</summary>
internal static class BinaryEvaluator
{
    public static BinaryCounts Evaluate(IDataView data, string label, string score, string probability, string predictedLabel)
    {
        var schema = data.Schema;
        var labelColumn = EvaluationColumns.Find(schema, label, "Label");
        var scoreColumn = EvaluationColumns.Find(schema, score, "Score");
        var probabilityColumn = probability == null ? default : EvaluationColumns.Find(schema, probability, "Probability");
        EvaluationColumns.Find(schema, predictedLabel, "PredictedLabel");
        EvaluationColumns.CheckSingle("score", scoreColumn);
        if (labelColumn.Type != NumberDataViewType.Single && labelColumn.Type != NumberDataViewType.Double && labelColumn.Type is not (BooleanDataViewType or KeyDataViewType { Count: 2 }))
            throw EvaluationColumns.Mismatch("label", labelColumn, "Single, Double, Boolean, or a Key with cardinality 2");
        if (probability != null) EvaluationColumns.CheckSingle("probability", probabilityColumn);

        var counts = new BinaryCounts();
        var rows = new List<(float Score, bool IsPositive)>();
        using (var cursor = data.GetRowCursor(probability == null ? [labelColumn, scoreColumn] : [labelColumn, scoreColumn, probabilityColumn]))
        {
            var (getLabel, getScore) = (EvaluationColumns.Label(cursor, labelColumn), cursor.GetGetter<float>(scoreColumn));
            var getProbability = probability == null ? null : cursor.GetGetter<float>(probabilityColumn);
            var (y, s, p) = (0.0, 0f, 0f);
            while (cursor.MoveNext())
            {
                getLabel(ref y);
                getScore(ref s);
                if (double.IsNaN(y) || !float.IsFinite(s)) continue;
                var isPositive = y > 0;
                if (isPositive) { if (s > 0) counts.TruePositive++; else counts.FalseNegative++; }
                else if (s > 0) counts.FalsePositive++;
                else counts.TrueNegative++;
                rows.Add((s, isPositive));
                if (getProbability == null) continue;
                getProbability(ref p);
                counts.LogLoss -= Math.Log2(isPositive ? p : 1 - (double)p);
            }
        }
        Contracts.CheckParam(counts.Positive > 0, "PosSample", "AUC is not defined when there is no positive class in the data");
        Contracts.CheckParam(counts.Negative > 0, "NegSample", "AUC is not defined when there is no negative class in the data");
        counts.Auprc = PrecisionRecallArea(rows, counts.Positive);
        counts.Auc = RocArea(rows, counts.Positive, counts.Negative);
        return counts;
    }

    /// <summary>The chance that a positive row has a higher score than a negative one; equal scores count half.</summary>
    private static double RocArea(List<(float Score, bool IsPositive)> rows, double positives, double negatives)
    {
        var ordered = rows.OrderBy(r => r.Score).ToArray();
        double below = 0, area = 0;
        for (var i = 0; i < ordered.Length;)
        {
            var (positive, negative, score) = (0.0, 0.0, ordered[i].Score);
            for (; i < ordered.Length && ordered[i].Score == score; i++)
                if (ordered[i].IsPositive) positive++; else negative++;
            area += positive * (below + negative / 2);
            below += negative;
        }
        return area / positives / negatives;
    }

    /// <summary>By trapezoids, row by row from the highest score; precision starts at 1. Rows of equal scores are taken as they come.</summary>
    private static double PrecisionRecallArea(List<(float Score, bool IsPositive)> rows, double positives)
    {
        double found = 0, seen = 0, recall = 0, precision = 1, area = 0;
        foreach (var (_, isPositive) in rows.OrderByDescending(r => r.Score))
        {
            seen++;
            if (isPositive) found++;
            var (nextRecall, nextPrecision) = (found / positives, found / seen);
            area += (nextPrecision + precision) / 2 * (nextRecall - recall);
            (recall, precision) = (nextRecall, nextPrecision);
        }
        return area;
    }
}
