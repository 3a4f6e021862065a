using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Retort;

/// <summary>The names of the columns that something is learned, or measured, from a model's scores.</summary>
internal sealed record ScoredColumns(string Label, string Score, string? Weight);

/// <summary>Reads scores and labels of a view, in one pass.</summary>
/// <param name="columns">Where they are.</param>
/// <param name="task">What the model does.</param>
/// <param name="channel">Hears what is left out.</param>
/// <param name="checkCanceled">Throws where it is to end.</param>
/// <param name="groups">Keeps the protected columns of the same rows, if they are wanted.</param>
internal sealed class ScoredRowsReader(ScoredColumns columns, LearningTask task, IChannel channel, Action checkCanceled, GroupReading? groups = null)
{
    private const int RowsBetweenChecks = 1024;

    /// <summary>All rows that have a label; the log says how many have none.</summary>
    /// <param name="data">Rows with scores.</param>
    /// <param name="isFold">Whether these are some of all rows: those of a class that the model does not know are then left out, and there may be none that count; otherwise that is an error.</param>
    /// <exception cref="ArgumentException">The data does not hold what is needed.</exception>
    public ScoredRows Read(IDataView data, bool isFold = false)
    {
        var schema = data.Schema;
        var score = Input(schema, columns, task);
        var label = new LabelClasses(schema, columns.Label, task, score, Warn);
        score.Named(schema, columns.Label);
        DataViewSchema.Column? weight = columns.Weight is null ? null : schema.Find(columns.Weight);

        DataViewSchema.Column?[] needed = [score.Column, label.Column, weight];
        using var cursor = data.GetRowCursor(needed.OfType<DataViewSchema.Column>().Concat(groups?.Find(schema) ?? []).DistinctBy(column => column.Index));
        groups?.Attach(cursor, schema);
        var strangers = new HashSet<string>();
        var (readScores, readLabel) = (score.Reader(cursor), label.Reader(cursor, name => strangers.Add(name)));
        var weights = weight is null ? null : new WeightReader(cursor, weight.Value);

        var (scores, labels) = (new List<float>(), new List<int>());
        var row = new float[score.Width];
        var (rows, unlabelled, unknown, wrong, firstWrong, notProbabilities) = (0L, 0L, 0L, 0L, 0L, -1L);
        for (; cursor.MoveNext(); rows++)
        {
            if (rows % RowsBetweenChecks == 0)
                checkCanceled();
            var place = readLabel();
            if (place < 0)
            {
                (unlabelled, unknown) = place == LabelClasses.Missing ? (unlabelled + 1, unknown) : (unlabelled, unknown + 1);
                continue;
            }

            readScores(row);
            if (!AreNumbers(row) && wrong++ == 0)
                firstWrong = rows;
            if (notProbabilities < 0 && !ScoreKinds.AreProbabilities(row))
                notProbabilities = rows;
            scores.AddRange(row);
            labels.Add(place);
            weights?.Keep(rows);
            groups?.Keep(rows);
        }

        if (rows == 0)
            throw new ArgumentException("The data must have rows, but has none.");
        if (strangers.Count > 0 && !isFold)
            throw new ArgumentException($"The model must know the classes of column '{columns.Label}', but does not know {ClassMatch.Say([.. strangers.Order(StringComparer.Ordinal)])}; it knows {ClassMatch.Say(score.Values!.Names)}.");
        if (rows == unlabelled && !isFold)
            throw new ArgumentException($"The data must have rows with a label, but column '{columns.Label}' is missing in all {rows}.");
        if (wrong > 0)
            throw new ArgumentException($"Column '{score.Column.Name}' must hold numbers, but {(wrong == 1 ? "1 row has" : $"{wrong} rows have")} NaN or plus infinity, the first is row {firstWrong} (counted from 0).");
        if (unlabelled > 0)
            Warn($"The data has {unlabelled} of {rows} rows without a label in column '{columns.Label}'; they are left out.");
        if (unknown > 0)
            Warn($"{unknown} of {rows} rows that were left out are of a class that the other rows do not have ({ClassMatch.Say([.. strangers.Order(StringComparer.Ordinal)])}); they calibrate nothing.");
        if (!isFold)
            weights?.Conclude();
        return new ScoredRows(score, [.. scores], [.. labels], weights?.ToArray(), notProbabilities);
    }

    /// <summary>The column that the scores are read from: of a binary model the probability, where there is one.</summary>
    /// <exception cref="ArgumentException">The column is missing, or does not hold the scores of such a task.</exception>
    public static ScoreInput Input(DataViewSchema schema, ScoredColumns columns, LearningTask task) =>
        new(schema, task == LearningTask.Binary ? ScoreInput.BinaryName(schema, columns.Score) : columns.Score, task);

    // minus infinity is the logarithm of a probability of 0
    private static bool AreNumbers(ReadOnlySpan<float> scores)
    {
        foreach (var score in scores)
            if (float.IsNaN(score) || float.IsPositiveInfinity(score))
                return false;
        return true;
    }

    private void Warn(string text) => channel.Warning(MessageSensitivity.Schema, "{0}", text);
}
