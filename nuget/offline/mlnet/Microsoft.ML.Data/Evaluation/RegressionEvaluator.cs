namespace Microsoft.ML.Data;

internal static class RegressionEvaluator
{
    public static RegressionMetrics Evaluate(IDataView data, string label, string score)
    {
        var schema = data.Schema;
        var labelColumn = EvaluationColumns.Find(schema, label, "Label");
        var scoreColumn = EvaluationColumns.Find(schema, score, "Score");
        EvaluationColumns.CheckSingle("score", scoreColumn);
        EvaluationColumns.CheckSingle("label", labelColumn);

        double rows = 0, l1 = 0, l2 = 0, loss = 0, labels = 0, labelSquares = 0;
        using (var cursor = data.GetRowCursor([labelColumn, scoreColumn]))
        {
            var (getLabel, getScore) = (cursor.GetGetter<float>(labelColumn), cursor.GetGetter<float>(scoreColumn));
            var (y, s) = (0f, 0f);
            while (cursor.MoveNext())
            {
                getLabel(ref y);
                getScore(ref s);
                if (float.IsNaN(y) || float.IsNaN(s)) continue;
                rows++;
                // Sums in double, but each difference and square as ML.NET takes it, in single.
                var difference = Math.Abs((double)y - s);
                l1 += difference;
                l2 += difference * difference;
                var d = s - y;
                loss += d * d;
                labels += y;
                labelSquares += y * y;
            }
        }
        if (rows == 0) return new RegressionMetrics(0, 0, 0, 0);
        var mean = labels / rows;
        var variance = labelSquares / rows - mean * mean;
        return new RegressionMetrics(l1 / rows, l2 / rows, loss / rows, variance == 0 ? double.NaN : 1 - l2 / rows / variance);
    }
}
