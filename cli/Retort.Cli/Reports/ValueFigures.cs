using Microsoft.ML;
using Microsoft.ML.Data;
using Retort.Cli.Metrics;

namespace Retort.Cli.Reports;

/// <summary>What there is to see of predicted numbers on the test rows.</summary>
/// <param name="Points">True value, prediction and, where the model gives an interval, its ends: some rows, evenly drawn.</param>
/// <param name="Rows">How many rows there are.</param>
/// <param name="Errors">The histogram of prediction less truth, over all rows.</param>
/// <param name="Interval">What the interval of the points is; null without one.</param>
/// <param name="Coverage">For intervals and quantiles: what share of true values they should hold and hold.</param>
internal sealed record ValueFigures(IReadOnlyList<double[]> Points, int Rows, IReadOnlyList<Slice> Errors, string? Interval, IReadOnlyList<CoverageRow> Coverage)
{
    private const int MostPoints = 1000, ErrorBins = 30;
    private const double NormalTail = 1.644854;

    public static ValueFigures Of(MLContext ml, IDataView scoredView, Scored scored, string label, int bootstrap)
    {
        var step = Math.Max(1, (scored.Rows + MostPoints - 1) / MostPoints);
        var (low, high, interval) = Ends(scoredView, scored, label);
        var points = new List<double[]>();
        for (var i = 0; i < scored.Rows; i += step)
            points.Add(interval is null ? [scored.Labels[i], scored.Predictions[i]] : [scored.Labels[i], scored.Predictions[i], low[i], high[i]]);
        var errors = Enumerable.Range(0, scored.Rows).Select(i => (double)scored.Predictions[i] - scored.Labels[i]).ToArray();
        return new(points, scored.Rows, Slice.Of(errors, ErrorBins), interval, Covered(ml, scoredView, scored, label, low, high, interval, bootstrap));
    }

    /// <summary>Mean and interval of the errors, by drawing rows anew.</summary>
    public static IReadOnlyList<Figure> Verdict(Scored scored, int bootstrap, int seed)
    {
        var mean = scored.Labels.Average(value => (double)value);
        var estimates = new Bootstrap(bootstrap, (ulong)seed, 0.95).Of(scored.Rows, null, null, Measure);
        var deviation = Math.Sqrt(scored.Labels.Sum(value => Math.Pow(value - mean, 2)) / scored.Rows);
        return
        [
            Figure.Of("RMSE", estimates[0], "number", FormattableString.Invariant($"root of the mean squared error; {deviation:G4} if the mean were always predicted")),
            Figure.Of("MAE", estimates[1], "number", "mean absolute error"),
            Figure.Of("R²", estimates[2], "number", "share of the variance explained: 1 at best, 0 if the mean were always predicted"),
        ];

        double[] Measure(double[]? weights)
        {
            var (sum, first, square, absolute, squareLabel) = (0.0, 0.0, 0.0, 0.0, 0.0);
            for (var i = 0; i < scored.Rows; i++)
            {
                var (weight, label, miss) = (weights?[i] ?? 1, scored.Labels[i] - mean, (double)scored.Predictions[i] - scored.Labels[i]);
                sum += weight;
                first += weight * label;
                squareLabel += weight * label * label;
                square += weight * miss * miss;
                absolute += weight * Math.Abs(miss);
            }

            return [Math.Sqrt(square / sum), absolute / sum, 1 - square / (squareLabel - first * first / sum)];
        }
    }

    private static (float[] Low, float[] High, string? Name) Ends(IDataView view, Scored scored, string label)
    {
        var schema = view.Schema;
        if (schema.GetColumnOrNull("Lower") is { Type: NumberDataViewType } && schema.GetColumnOrNull("Upper") is { Type: NumberDataViewType })
            return (Column(view, "Lower", label), Column(view, "Upper", label), "the model's interval, Lower to Upper");
        if (schema.GetColumnOrNull("StandardDeviation") is { Type: NumberDataViewType })
        {
            var deviations = Column(view, "StandardDeviation", label);
            return ([.. deviations.Select((own, i) => (float)(scored.Predictions[i] - NormalTail * own))], [.. deviations.Select((own, i) => (float)(scored.Predictions[i] + NormalTail * own))], "90 % interval of the predicted normal distribution");
        }

        return ([], [], null);
    }

    // of the rows that have a label, as the scores are
    private static float[] Column(IDataView view, string name, string label)
    {
        var values = new List<float>();
        using var cursor = view.GetRowCursor([view.Schema[name], view.Schema[label]]);
        var (read, truth) = (cursor.GetGetter<float>(view.Schema[name]), cursor.GetGetter<float>(view.Schema[label]));
        var (value, own) = (0f, 0f);
        while (cursor.MoveNext())
        {
            truth(ref own);
            read(ref value);
            if (!float.IsNaN(own))
                values.Add(value);
        }

        return [.. values];
    }

    private static IReadOnlyList<CoverageRow> Covered(MLContext ml, IDataView view, Scored scored, string label, float[] low, float[] high, string? interval, int bootstrap)
    {
        if (view.Schema.GetColumnOrNull("Quantiles") is { Type: VectorDataViewType })
        {
            var metrics = ml.Regression.EvaluateQuantiles(view, labelColumnName: label, bootstrap: bootstrap);
            return [.. metrics.Intervals.Select(own => CoverageRow.Of($"between quantiles {(1 - own.Nominal) / 2:0.###} and {(1 + own.Nominal) / 2:0.###}", own.Nominal, own.Coverage, own.Width))];
        }

        if (interval is null)
            return [];
        var estimates = new Bootstrap(bootstrap, 1, 0.95).Of(scored.Rows, null, null, weights =>
        {
            var (sum, inside, width) = (0.0, 0.0, 0.0);
            for (var i = 0; i < scored.Rows; i++)
            {
                var weight = weights?[i] ?? 1;
                sum += weight;
                inside += scored.Labels[i] >= low[i] && scored.Labels[i] <= high[i] ? weight : 0;
                width += weight * (high[i] - low[i]);
            }

            return [inside / sum, width / sum];
        });
        return [CoverageRow.Of(interval, interval.StartsWith("90", StringComparison.Ordinal) ? 0.9 : double.NaN, estimates[0], estimates[1])];
    }
}

/// <summary>A bar of a histogram.</summary>
internal sealed record Slice(double From, double To, int Count)
{
    /// <summary>Bars of equal width over all numbers that are there; none where there are no numbers.</summary>
    public static IReadOnlyList<Slice> Of(IReadOnlyCollection<double> values, int bins)
    {
        if (values.Count == 0)
            return [];
        var (least, most) = (values.Min(), values.Max());
        if (least == most)
            return [new(least, most, values.Count)];
        if (most - least < 1.5 * bins && values.All(value => value == Math.Floor(value)))
            (bins, least, most) = ((int)(most - least) + 1, least - 0.5, most + 0.5); // a bar a number
        var width = (most - least) / bins;
        var counts = new int[bins];
        foreach (var value in values)
            counts[Math.Min((int)((value - least) / width), bins - 1)]++;
        return [.. counts.Select((count, i) => new Slice(least + i * width, least + (i + 1) * width, count))];
    }
}

/// <summary>How many true values an interval should hold, and holds.</summary>
internal sealed record CoverageRow(string Name, double Nominal, double Coverage, double Low, double High, double Width)
{
    public static CoverageRow Of(string name, double nominal, Estimate coverage, Estimate width) => new(name, nominal, coverage.Value, coverage.Low, coverage.High, width.Value);
}
