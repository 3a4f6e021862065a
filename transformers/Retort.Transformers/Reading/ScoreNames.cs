namespace Retort;

/// <summary>The columns that models add, by ML.NET's names.</summary>
internal static class ScoreNames
{
    public const string Score = "Score";
    public const string Probability = "Probability";
    public const string PredictedLabel = "PredictedLabel";
    public const string PredictionSet = "PredictionSet";
    public const string SetSize = "SetSize";
    public const string Lower = "Lower";
    public const string Upper = "Upper";
    public const string Quantiles = "Quantiles";
    public const string StandardDeviation = "StandardDeviation";
}
