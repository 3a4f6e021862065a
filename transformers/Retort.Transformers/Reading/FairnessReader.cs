using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Retort;

/// <summary>The columns that fairness is measured on.</summary>
/// <param name="Label">The label: its type says what the task is.</param>
/// <param name="Score">The score.</param>
/// <param name="Probability">Of two classes the probability; null to read it in the place of a score of the usual name, where there is one.</param>
/// <param name="Predicted">The decision; null to read the usual one beside a score of the usual name, where there is one.</param>
/// <param name="Weight">How much each row counts; null where all count alike.</param>
/// <param name="Protected">The protected columns.</param>
internal sealed record FairnessColumns(string Label, string Score, string? Probability, string? Predicted, string? Weight, IReadOnlyList<string> Protected);

/// <summary>Reads what a model said, what is true, and protected columns of a view, in one pass.</summary>
internal sealed class FairnessReader(FairnessColumns columns, IChannel channel, Action checkCanceled)
{
    private const int RowsBetweenChecks = 1024;

    /// <summary>All rows that have a label; the log says how many have none.</summary>
    /// <exception cref="ArgumentException">The data does not hold what is needed.</exception>
    public (FairnessRows Rows, GroupColumn[] Groups) Read(IDataView data, int quantileGroups)
    {
        var schema = data.Schema;
        Check.AtLeast(columns.Protected.Count, 1, "The number of protected columns");
        if (columns.Protected.GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw Check.Wrong("Names of protected columns", "differ", $"'{twice.Key}' twice");
        var guarded = columns.Protected.Select(name => schema.Find(name)).ToArray();
        var label = schema.Find(columns.Label);
        var task = Task(schema, label);
        var score = new ScoreInput(schema, task == LearningTask.Binary ? columns.Probability ?? ScoreInput.BinaryName(schema, columns.Score) : columns.Score, task);
        var labels = task == LearningTask.Regression ? null : new LabelClasses(schema, columns.Label, task, score, Warn);
        score.Named(schema, columns.Label);
        var names = score.Values?.Names ?? labels?.Values?.Names ?? [.. Enumerable.Range(0, score.Classes).Select(k => $"{k}")];
        var predicted = Predicted(schema, task);
        DataViewSchema.Column? weight = columns.Weight is null ? null : schema.Find(columns.Weight);

        DataViewSchema.Column?[] needed = [label, score.Column, predicted, weight, .. guarded];
        using var cursor = data.GetRowCursor(needed.OfType<DataViewSchema.Column>().DistinctBy(column => column.Index));
        var strangers = new HashSet<string>();
        var (readScores, readLabel, readTruth) = (score.Reader(cursor), labels?.Reader(cursor, name => strangers.Add(name)), labels is null ? cursor.GetGetter<float>(label) : null);
        var readDecision = predicted is null ? null : Decisions(cursor, predicted.Value, task, names);
        var weights = weight is null ? null : new WeightReader(cursor, weight.Value);
        var groups = guarded.Select(column => GroupValues.Of(cursor, column)).ToArray();

        var (scores, classes, decisions, truth) = (new List<double>(), new List<int>(), new List<int>(), new List<double>());
        var (row, value) = (new float[score.Width], 0f);
        var (rows, unlabelled, wrong, firstWrong, areProbabilities) = (0L, 0L, 0L, 0L, true);
        for (; cursor.MoveNext(); rows++)
        {
            if (rows % RowsBetweenChecks == 0)
                checkCanceled();
            var place = readLabel?.Invoke() ?? 0;
            if (readTruth is not null)
            {
                readTruth(ref value);
                if (float.IsInfinity(value))
                    throw new ArgumentException($"Column '{columns.Label}' must hold finite numbers, but row {rows} (counted from 0) does not.");
                place = float.IsNaN(value) ? LabelClasses.Missing : 0;
            }

            if (place < 0)
            {
                unlabelled += place == LabelClasses.Missing ? 1 : 0;
                continue;
            }

            readScores(row);
            if (!Finite.All(row) && wrong++ == 0)
                firstWrong = rows;
            areProbabilities = areProbabilities && ScoreKinds.AreProbabilities(row);
            if (task == LearningTask.Binary)
                scores.Add(row[^1]);
            else
                foreach (var number in row)
                    scores.Add(number);
            if (readTruth is null)
                classes.Add(place);
            else
                truth.Add(value);
            if (readDecision is not null)
                decisions.Add(readDecision(rows));
            weights?.Keep(rows);
            foreach (var group in groups)
                group.Keep(rows);
        }

        if (rows == 0)
            throw new ArgumentException("The data must have rows, but has none.");
        if (strangers.Count > 0)
            throw new ArgumentException($"The model must know the classes of column '{columns.Label}', but does not know {ClassMatch.Say([.. strangers.Order(StringComparer.Ordinal)])}; it knows {ClassMatch.Say(score.Values!.Names)}.");
        if (rows == unlabelled)
            throw new ArgumentException($"The data must have rows with a label, but column '{columns.Label}' is missing in all {rows}.");
        if (wrong > 0)
            throw new ArgumentException($"Column '{score.Column.Name}' must hold finite numbers, but {(wrong == 1 ? "1 row has" : $"{wrong} rows have")} NaN or infinity, the first is row {firstWrong} (counted from 0).");
        if (unlabelled > 0)
            Warn($"The data has {unlabelled} of {rows} rows without a label in column '{columns.Label}'; they are left out.");
        weights?.Conclude();

        areProbabilities &= task == LearningTask.Multiclass || task == LearningTask.Binary && score.Usual != ScoreKind.Logits;
        if (task != LearningTask.Regression && !areProbabilities)
            Warn($"Column '{score.Column.Name}' holds no probabilities: there is no log-loss, and mean scores are in its own unit.");
        int[]? decided = predicted is null ? null : [.. decisions];
        var known = task switch
        {
            LearningTask.Binary => FairnessRows.Binary([.. scores], [.. classes], decided, weights?.ToArray(), areProbabilities),
            LearningTask.Multiclass => FairnessRows.Multiclass([.. scores], [.. classes], names, decided, weights?.ToArray(), areProbabilities),
            _ => FairnessRows.Regression([.. scores], [.. truth], weights?.ToArray()),
        };
        return (known, [.. groups.Select(group => group.ToColumn(quantileGroups))]);
    }

    private LearningTask Task(DataViewSchema schema, DataViewSchema.Column label) =>
        label.Type is BooleanDataViewType ? LearningTask.Binary
        : label.Type is KeyDataViewType ? LearningTask.Multiclass
        : !label.Type.Equals(NumberDataViewType.Single) ? throw Columns.WrongType(label.Name, "be Boolean (two classes), a key (several) or Single (regression)", label.Type)
        : schema.GetColumnOrNull(columns.Predicted ?? ScoreNames.PredictedLabel) is { Type: BooleanDataViewType } ? throw Columns.WrongType(label.Name, "be Boolean where the model decides between two classes (use ConvertType)", label.Type)
        : LearningTask.Regression;

    /// <summary>The column of decisions; null where scores decide.</summary>
    private DataViewSchema.Column? Predicted(DataViewSchema schema, LearningTask task)
    {
        if (task == LearningTask.Regression)
            return null;
        DataViewSchema.Column? found = columns.Predicted is not null ? schema.Find(columns.Predicted) : columns.Score == ScoreNames.Score ? schema.GetColumnOrNull(ScoreNames.PredictedLabel) : null;
        var fits = found is null || (task == LearningTask.Binary ? found.Value.Type is BooleanDataViewType : found.Value.Type is KeyDataViewType);
        return fits ? found : throw Columns.WrongType(found!.Value.Name, task == LearningTask.Binary ? "be Boolean for binary classification" : "be a key for multiclass classification", found.Value.Type);
    }

    // classes by their names, since keys may be numbered otherwise than scores
    private static Func<long, int> Decisions(DataViewRow cursor, DataViewSchema.Column column, LearningTask task, IReadOnlyList<string> names)
    {
        if (task == LearningTask.Binary)
        {
            var (get, value) = (cursor.GetGetter<bool>(column), false);
            return _ =>
            {
                get(ref value);
                return value ? 1 : 0;
            };
        }

        var count = Keys.Count(column, "be a key for multiclass classification");
        var values = ClassValues.Of(column, ScoreAnnotations.KeyValues)?.Names;
        var classes = values is null
            ? count == names.Count ? [.. Enumerable.Range(0, count)] : throw new ArgumentException($"Column '{column.Name}' must have a key for each of the model's {names.Count} classes, but has {count}.")
            : ClassMatch.Of(names, values, some: true) ?? throw new ArgumentException($"Column '{column.Name}' must have the classes of the scores, but {ClassMatch.Differ(names, values, "the score", "it")}.");
        var key = Keys.Reader(cursor, column);
        return row => key() is var own && own >= 1 && own <= (ulong)classes.Length ? classes[own - 1] : throw new ArgumentException($"Column '{column.Name}' must name a class in every row with a label, but is missing in row {row} (counted from 0).");
    }

    private void Warn(string text) => channel.Warning(MessageSensitivity.Schema, "{0}", text);
}
