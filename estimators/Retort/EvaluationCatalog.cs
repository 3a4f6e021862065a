using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Retort;

/// <summary>Measures of what any model says, each with a bootstrap interval, on ML.NET's own catalogs.</summary>
/// <remarks>
/// Rows without a label are left out, and the log says how many. The intervals come from drawing the rows anew, so they tell what other test rows would have changed, not what another training run would have.
/// </remarks>
public static class EvaluationCatalog
{
    /// <summary>Measures whether the probabilities of a model of two classes keep what they promise.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="data">Rows that the model has scored and not seen.</param>
    /// <param name="labelColumnName">The label, Boolean.</param>
    /// <param name="scoreColumnName">The model's score, float or a vector of two. With the default name, Probability is read in its place where there is one.</param>
    /// <param name="kind">How the scores are read; by default Probability as probabilities, Score as logits, and other columns as <see cref="ScoreKind.Auto"/> says.</param>
    /// <param name="exampleWeightColumnName">How much each row counts, float of at least 0; by default all count the same.</param>
    /// <param name="bootstrap">How many resamples make the intervals, 0 for none; default 1000.</param>
    /// <param name="confidence">The share of them within an interval, in (0, 1); default 0.95.</param>
    /// <param name="seed">Where their draws begin.</param>
    /// <exception cref="ArgumentException">A column is missing, of the wrong type, or holds what cannot be measured.</exception>
    public static CalibrationMetrics EvaluateCalibration(
        this BinaryClassificationCatalog catalog,
        IDataView data,
        string labelColumnName = "Label",
        string scoreColumnName = "Score",
        ScoreKind kind = ScoreKind.Auto,
        string? exampleWeightColumnName = null,
        int bootstrap = 1000,
        double confidence = 0.95,
        int seed = 1) =>
        Calibration(catalog, data, LearningTask.Binary, new ScoredColumns(labelColumnName, scoreColumnName, exampleWeightColumnName), kind, bootstrap, confidence, seed);

    /// <summary>Measures whether the probabilities of a model of several classes keep what they promise.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="data">Rows that the model has scored and not seen.</param>
    /// <param name="labelColumnName">The label, a key. Its classes are matched to the scores' by their values.</param>
    /// <param name="scoreColumnName">The model's scores, a vector of float with a value a class.</param>
    /// <param name="kind">How the scores are read; default <see cref="ScoreKind.Auto"/>, and the log says what that was.</param>
    /// <param name="exampleWeightColumnName">How much each row counts, float of at least 0; by default all count the same.</param>
    /// <param name="bootstrap">How many resamples make the intervals, 0 for none; default 1000.</param>
    /// <param name="confidence">The share of them within an interval, in (0, 1); default 0.95.</param>
    /// <param name="seed">Where their draws begin.</param>
    /// <exception cref="ArgumentException">A column is missing, of the wrong type, or holds what cannot be measured.</exception>
    public static CalibrationMetrics EvaluateCalibration(
        this MulticlassClassificationCatalog catalog,
        IDataView data,
        string labelColumnName = "Label",
        string scoreColumnName = "Score",
        ScoreKind kind = ScoreKind.Auto,
        string? exampleWeightColumnName = null,
        int bootstrap = 1000,
        double confidence = 0.95,
        int seed = 1) =>
        Calibration(catalog, data, LearningTask.Multiclass, new ScoredColumns(labelColumnName, scoreColumnName, exampleWeightColumnName), kind, bootstrap, confidence, seed);

    /// <summary>Measures what a model of two classes decides where a row counts as positive above a threshold.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="data">Rows that the model has scored and not seen.</param>
    /// <param name="threshold">In the unit of the column that is read; by default 0.5 of a probability, 0 of any other score.</param>
    /// <param name="beta">How many times as much recall counts as precision in F-beta; more than 0, default 1.</param>
    /// <param name="labelColumnName">The label, Boolean.</param>
    /// <param name="scoreColumnName">The model's score, float or a vector of two. With the default name, Probability is read in its place where there is one.</param>
    /// <param name="exampleWeightColumnName">How much each row counts, float of at least 0; by default all count the same.</param>
    /// <param name="bootstrap">How many resamples, drawn within each class, make the intervals, 0 for none; default 1000.</param>
    /// <param name="confidence">The share of them within an interval, in (0, 1); default 0.95.</param>
    /// <param name="seed">Where their draws begin.</param>
    /// <exception cref="ArgumentException">A column is missing, of the wrong type, or holds what cannot be measured.</exception>
    public static ThresholdMetrics EvaluateThreshold(
        this BinaryClassificationCatalog catalog,
        IDataView data,
        double? threshold = null,
        double beta = 1,
        string labelColumnName = "Label",
        string scoreColumnName = "Score",
        string? exampleWeightColumnName = null,
        int bootstrap = 1000,
        double confidence = 0.95,
        int seed = 1)
    {
        var columns = new ScoredColumns(labelColumnName, scoreColumnName, exampleWeightColumnName);
        var rows = With(catalog, data, (channel, check) => new ScoredRowsReader(columns, LearningTask.Binary, channel, check).Read(data));
        var usual = rows.Column.Usual == ScoreKind.Logits || rows.Column.Usual == ScoreKind.Auto && rows.NotProbabilities >= 0 ? 0 : 0.5;
        return ThresholdMetrics.Of([.. rows.Positive], rows.Labels, rows.Weights, threshold ?? usual, beta, bootstrap, (ulong)seed, confidence);
    }

    /// <summary>Measures predicted quantiles and the intervals between them.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="data">Rows that the model has scored and not seen.</param>
    /// <param name="levels">The level of each quantile, rising, in (0, 1); by default the slot names of the column.</param>
    /// <param name="labelColumnName">The true value, float.</param>
    /// <param name="quantilesColumnName">The predicted quantiles, a vector of float with a value a level.</param>
    /// <param name="exampleWeightColumnName">How much each row counts, float of at least 0; by default all count the same.</param>
    /// <param name="bootstrap">How many resamples make the intervals, 0 for none; default 1000.</param>
    /// <param name="confidence">The share of them within an interval, in (0, 1); default 0.95.</param>
    /// <param name="seed">Where their draws begin.</param>
    /// <exception cref="ArgumentException">A column is missing, of the wrong type, or holds what cannot be measured.</exception>
    public static QuantileMetrics EvaluateQuantiles(
        this RegressionCatalog catalog,
        IDataView data,
        IReadOnlyList<double>? levels = null,
        string labelColumnName = "Label",
        string quantilesColumnName = "Quantiles",
        string? exampleWeightColumnName = null,
        int bootstrap = 1000,
        double confidence = 0.95,
        int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(data);
        double[] points = levels is null ? QuantileLevels.Of(data.Schema.Find(quantilesColumnName), "name the levels") : [.. levels];
        var rows = With(catalog, data, (channel, check) => ValueRows.Read(data, labelColumnName, exampleWeightColumnName, channel, check, quantilesColumnName));
        return rows.Width == points.Length
            ? QuantileMetrics.Of(rows.Predictions, points, rows.Truth, rows.Weights, bootstrap, (ulong)seed, confidence)
            : throw new ArgumentException($"Column '{quantilesColumnName}' must have a value for each of the {points.Length} levels, but has {rows.Width}.");
    }

    /// <summary>Measures predicted intervals: how many true values they hold, and how wide they are.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="data">Rows that the model has scored and not seen.</param>
    /// <param name="coverage">The share of true values that the intervals should hold, in (0, 1); default 0.9.</param>
    /// <param name="labelColumnName">The true value, float.</param>
    /// <param name="lowerColumnName">The lower end, float.</param>
    /// <param name="upperColumnName">The upper end, float.</param>
    /// <param name="exampleWeightColumnName">How much each row counts, float of at least 0; by default all count the same.</param>
    /// <param name="bootstrap">How many resamples make the intervals, 0 for none; default 1000.</param>
    /// <param name="confidence">The share of them within an interval, in (0, 1); default 0.95.</param>
    /// <param name="seed">Where their draws begin.</param>
    /// <exception cref="ArgumentException">A column is missing, of the wrong type, or holds what cannot be measured.</exception>
    public static QuantileInterval EvaluateIntervals(
        this RegressionCatalog catalog,
        IDataView data,
        double coverage = 0.9,
        string labelColumnName = "Label",
        string lowerColumnName = "Lower",
        string upperColumnName = "Upper",
        string? exampleWeightColumnName = null,
        int bootstrap = 1000,
        double confidence = 0.95,
        int seed = 1)
    {
        Check.InRange(coverage, 1e-9, 1 - 1e-9);
        var rows = With(catalog, data, (channel, check) => ValueRows.Read(data, labelColumnName, exampleWeightColumnName, channel, check, lowerColumnName, upperColumnName));
        var tail = (1 - coverage) / 2;
        return QuantileMetrics.Of(rows.Predictions, [tail, 1 - tail], rows.Truth, rows.Weights, bootstrap, (ulong)seed, confidence).Intervals[0];
    }

    /// <summary>Measures what changes when one model of two classes takes another's place: where it is wrong and the old one was right, and the other way round.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="oldScored">Rows that neither model has seen, as the old one answered them.</param>
    /// <param name="newScored">The same rows in the same order, as the new one answered them.</param>
    /// <param name="labelColumnName">The label: Boolean, a key or text.</param>
    /// <param name="predictedLabelColumnName">The models' answers, likewise.</param>
    /// <param name="exampleWeightColumnName">How much each row counts, float of at least 0, in <paramref name="newScored"/>; by default all count the same.</param>
    /// <param name="bootstrap">How many resamples make the intervals, 0 for none; default 1000.</param>
    /// <param name="confidence">The share of them within an interval, in (0, 1); default 0.95.</param>
    /// <param name="seed">Where their draws begin.</param>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type, or the two do not hold the same rows.</exception>
    public static UpdateMetrics EvaluateUpdate(
        this BinaryClassificationCatalog catalog,
        IDataView oldScored,
        IDataView newScored,
        string labelColumnName = "Label",
        string predictedLabelColumnName = "PredictedLabel",
        string? exampleWeightColumnName = null,
        int bootstrap = 1000,
        double confidence = 0.95,
        int seed = 1) =>
        Update(catalog, oldScored, newScored, new ScoredColumns(labelColumnName, predictedLabelColumnName, exampleWeightColumnName), bootstrap, confidence, seed);

    /// <summary>Measures what changes when one model of several classes takes another's place: where it is wrong and the old one was right, and the other way round.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="oldScored">Rows that neither model has seen, as the old one answered them.</param>
    /// <param name="newScored">The same rows in the same order, as the new one answered them.</param>
    /// <param name="labelColumnName">The label: a key, text or Boolean. Classes are matched by their values; a model that does not know one is wrong there.</param>
    /// <param name="predictedLabelColumnName">The models' answers, likewise.</param>
    /// <param name="exampleWeightColumnName">How much each row counts, float of at least 0, in <paramref name="newScored"/>; by default all count the same.</param>
    /// <param name="bootstrap">How many resamples make the intervals, 0 for none; default 1000.</param>
    /// <param name="confidence">The share of them within an interval, in (0, 1); default 0.95.</param>
    /// <param name="seed">Where their draws begin.</param>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type, or the two do not hold the same rows.</exception>
    public static UpdateMetrics EvaluateUpdate(
        this MulticlassClassificationCatalog catalog,
        IDataView oldScored,
        IDataView newScored,
        string labelColumnName = "Label",
        string predictedLabelColumnName = "PredictedLabel",
        string? exampleWeightColumnName = null,
        int bootstrap = 1000,
        double confidence = 0.95,
        int seed = 1) =>
        Update(catalog, oldScored, newScored, new ScoredColumns(labelColumnName, predictedLabelColumnName, exampleWeightColumnName), bootstrap, confidence, seed);

    private static UpdateMetrics Update(
        TrainCatalogBase catalog, IDataView old, IDataView latest, ScoredColumns columns, int bootstrap, double confidence, int seed)
    {
        ArgumentNullException.ThrowIfNull(old);
        var rows = With(catalog, latest, (channel, check) => UpdateRows.Read(old, latest, columns, channel, check));
        return UpdateMetrics.Of(rows.Old, rows.Latest, rows.Labels, rows.Weights, bootstrap, (ulong)seed, confidence);
    }

    private static CalibrationMetrics Calibration(
        TrainCatalogBase catalog, IDataView data, LearningTask task, ScoredColumns columns, ScoreKind kind, int bootstrap, double confidence, int seed)
    {
        Check.Defined(kind);
        var pool = With(catalog, data, (channel, check) =>
        {
            var rows = new ScoredRowsReader(columns, task, channel, check).Read(data);
            return PooledScores.Of([rows], rows.Column, kind, channel);
        });
        return CalibrationMetrics.Of(pool.Probabilities(), pool.Rows.Classes, pool.Rows.Labels, pool.Rows.Weights, bootstrap, (ulong)seed, confidence);
    }

    private static T With<T>(TrainCatalogBase catalog, IDataView data, Func<IChannel, Action, T> read)
    {
        ArgumentNullException.ThrowIfNull(data);
        var host = HostAccess.Environment(catalog).Register("Evaluation");
        using var channel = host.Start("Evaluation");
        return read(channel, () => HostAccess.CheckCanceled(host));
    }
}
