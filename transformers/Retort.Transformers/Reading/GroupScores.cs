using Microsoft.ML;

namespace Retort;

/// <summary>A model's single scores of rows whose protected columns are kept elsewhere.</summary>
/// <param name="Scores">[rows].</param>
/// <param name="Weights">[rows]; null where all count alike.</param>
/// <param name="AreProbabilities">Whether all scores are probabilities.</param>
internal sealed record GroupScores(double[] Scores, double[]? Weights, bool AreProbabilities)
{
    private const int RowsBetweenChecks = 1024;

    /// <summary>Reads all rows, with a label or without.</summary>
    /// <param name="data">Rows with scores.</param>
    /// <param name="input">Where the scores are.</param>
    /// <param name="areProbabilities">Whether the scores of a binary model are read as probabilities, of which that of true is taken; else as logits. Null: as they seem to be.</param>
    /// <param name="weight">The column of weights, if there is one.</param>
    /// <param name="groups">Keeps the protected columns.</param>
    /// <param name="checkCanceled">Called from time to time.</param>
    /// <exception cref="ArgumentException">The data does not hold what is needed.</exception>
    public static GroupScores Read(IDataView data, ScoreInput input, bool? areProbabilities, string? weight, GroupReading groups, Action checkCanceled)
    {
        var schema = data.Schema;
        DataViewSchema.Column? weightColumn = weight is null ? null : schema.Find(weight);
        DataViewSchema.Column?[] needed = [input.Column, weightColumn];
        using var cursor = data.GetRowCursor(needed.OfType<DataViewSchema.Column>().Concat(groups.Find(schema)).DistinctBy(column => column.Index));
        groups.Attach(cursor, schema);
        var weights = weightColumn is null ? null : new WeightReader(cursor, weightColumn.Value);
        var (read, row, finite, firstWrong) = (input.Reader(cursor), new float[input.Width], new Finite(input.Column.Name), -1L);
        var (likely, logits, rows) = (new List<double>(), new List<double>(), 0L);
        for (; cursor.MoveNext(); rows++)
        {
            if (rows % RowsBetweenChecks == 0)
                checkCanceled();
            read(row);
            finite.Check(row, rows);
            if (firstWrong < 0 && !ScoreKinds.AreProbabilities(row))
                firstWrong = rows;
            likely.Add(row[^1]);
            logits.Add(row.Length == 1 ? row[0] : row[1] - row[0]);
            weights?.Keep(rows);
            groups.Keep(rows);
        }

        if (rows == 0)
            throw new ArgumentException("The data must have rows, but has none.");
        finite.Conclude();
        weights?.Conclude();
        if (areProbabilities == true && firstWrong >= 0)
            throw new ArgumentException($"Column '{input.Column.Name}' must hold probabilities (non-negative, sum 1 within {ScoreKinds.Tolerance}), but row {firstWrong} (counted from 0) does not.");
        var probable = areProbabilities ?? firstWrong < 0;
        return new(probable ? [.. likely] : [.. logits], weights?.ToArray(), probable);
    }
}
