namespace Retort.Bench;

/// <summary>How the figures of a model over several splits are printed.</summary>
internal static class DistillLine
{
    /// <summary>Means, the deviation of the metric, and paired differences with how many standard errors they are.</summary>
    public static string Of(DistillResult[] results, DistillResult[]? labelOnly)
    {
        var isRegression = double.IsNaN(results[0].LogLoss);
        var (metric, deviation) = QualityMeasure.Spread([.. results.Select(result => result.Metric)]);
        var logLoss = isRegression ? "" : FormattableString.Invariant($" logloss={results.Average(result => result.LogLoss):F4}{Difference("logloss-", result => result.LogLoss)} ece={results.Average(result => result.CalibrationError):F4}");
        return FormattableString.Invariant(
            $"metric={metric:F4} sd={deviation:F4}{Difference("", result => result.Metric)}{logLoss} agree={results.Average(result => result.Agreement):F4} seconds={results.Average(result => result.Seconds):F1} size={results[0].Size:F4} kind={(isRegression ? "rmse" : "accuracy")} seeds={results.Length}");

        string Difference(string prefix, Func<DistillResult, double> figure)
        {
            if (labelOnly is null)
                return "";
            var (difference, error) = QualityMeasure.Difference([.. results.Select(figure)], [.. labelOnly.Select(figure)]);
            return FormattableString.Invariant($" {prefix}difference={difference:+0.0000;-0.0000} {prefix}errors={difference / error:+0.0;-0.0}");
        }
    }
}
