using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.ML;
using Microsoft.ML.Data;
using Retort.Cli.Metrics;
using Retort.Cli.Output;
using Retort.Cli.Tables;

namespace Retort.Cli.Training;

/// <summary>A table that is learned from: what it was taken for, the pipeline for it, and its rows to train and to test on.</summary>
internal sealed class TrainingTable
{
    internal const double TestShare = 0.2;

    private TrainingTable(MLContext ml, TableRequest request, Table table, Plan plan, TeacherFile? teacher, CancellationToken cancel)
    {
        (Context, Request, Table, Plan, Teacher) = (ml, request, table, plan, teacher);
        Pipeline = new(ml, plan, table.Columns.Select(column => column.Name));
        Input = table.Load(ml, Pipeline.Columns).Schema;
        var columns = Columns(table);
        LabelMap = Pipeline.LabelMap(table.Load(ml, columns));
        (Train, Test, var missing) = Split(table, columns, cancel);
        if (plan.Group is { } together && (IsEmpty(Train) || IsEmpty(Test)))
            throw new InvalidDataException($"Column '{together.Name}' of --group must have so many groups that some are kept for the test, but all {together.Different} fell on one side; another --seed may part them, or give rows by --test.");
        RowsWithoutLabel = plan.Label.Missing + missing;
    }

    public MLContext Context { get; }

    public TableRequest Request { get; }

    /// <summary>The file, as one reading of it found it.</summary>
    public Table Table { get; }

    public Plan Plan { get; }

    public Pipeline Pipeline { get; }

    /// <summary>The model to learn from; null where there is none, or it is yet to be trained.</summary>
    public TeacherFile? Teacher { get; }

    /// <summary>The columns that a model is saved with.</summary>
    public DataViewSchema Input { get; }

    /// <summary>Adds the label as trainers take it.</summary>
    public ITransformer LabelMap { get; }

    /// <summary>The rows to learn from, as the file has them.</summary>
    public IDataView Train { get; }

    /// <summary>Rows that no training sees.</summary>
    public IDataView Test { get; }

    public long RowsWithoutLabel { get; }

    /// <summary>The columns whose groups are compared, by name.</summary>
    public string[] Protected => [.. Plan.Protected.Select(column => column.Name)];

    /// <summary>Reads the table, says what it was taken for, and splits it.</summary>
    /// <exception cref="InvalidDataException">A column is missing, or holds what cannot be learned from.</exception>
    /// <exception cref="UsageException">The folder of the result holds a model of another label or task.</exception>
    public static TrainingTable Read(TableRequest request, Terminal terminal, CancellationToken cancel)
    {
        var ml = new MLContext(request.Seed);
        var table = Table.Read(request.Data, cancel);
        var plan = Plan.Of(table, request.Label, request.Task, request.Ignore, request.Protected, request.Group);
        Tell(terminal, table, plan, request.Task is null, request.Teacher is not null && plan.Task != LearningTask.Binary);
        if (!request.Force)
            MustNotReplaceAnother(request.Out, plan);
        var teacher = request.Teacher is { } path and not TableRequest.Auto ? TeacherFile.Load(ml, path, table, plan) : null;
        if (teacher is not null)
            terminal.Say($"Teacher     {request.Teacher}{(teacher.Scores is { } scores ? $", its output '{scores}'" : "")}");
        return new(ml, request, table, plan, teacher, cancel);
    }

    /// <summary>Whom networks learn from, if anyone.</summary>
    /// <param name="recipe">The student's recipe.</param>
    /// <param name="told">Hears of each network of a teacher that is trained first.</param>
    public Teacher? TaughtBy(Recipe recipe, Action<double, string> told) =>
        Teacher is not null ? Retort.Teacher.Of(Teacher.Model, scoreColumnName: Teacher.Scores) : Request.Teacher == TableRequest.Auto ? AutoTeacher.For(recipe, (share, text) => told(share, $"the teacher, {text}")) : null;

    public static string Name(LearningTask task) => task.ToString().ToLowerInvariant();

    // what a folder holds may have cost hours
    private static void MustNotReplaceAnother(string folder, Plan plan)
    {
        var path = Path.Combine(folder, "metrics.json");
        if (!File.Exists(path))
            return;
        JsonNode? old;
        try
        {
            old = JsonNode.Parse(File.ReadAllText(path));
        }
        catch (JsonException)
        {
            return;
        }

        var (label, task) = (plan.Label.Name, Name(plan.Task));
        if (old?["task"]?.ToString() is { } oldTask && old["label"]?.ToString() is { } oldLabel && (oldTask, oldLabel) != (task, label))
            throw new UsageException($"Folder '{folder}' must be free or hold a model of the same kind ({task}, label '{label}'), but holds one of {oldTask}, label '{oldLabel}'; --force replaces it.");
    }

    private static bool IsEmpty(IDataView rows)
    {
        using var cursor = rows.GetRowCursor(rows.Schema.Take(1));
        return !cursor.MoveNext();
    }

    private static void Tell(Terminal terminal, Table table, Plan plan, bool guessed, bool keepsUnlabeled)
    {
        terminal.Say(FormattableString.Invariant($"Data        {table.Path}: {table.Rows:N0} rows, {table.Columns.Count} columns"));
        var values = plan.Task == LearningTask.Regression ? "numbers" : $"{plan.Label.Different} classes: {Names.List(plan.Label.Values, 10)}";
        terminal.Say($"Label       {plan.Label.Name} ({values}){(plan.Label.Missing > 0 ? $", missing in {plan.Label.Missing} rows, which {(keepsUnlabeled ? "learn from the teacher alone" : "are left out")}" : "")}");
        terminal.Say($"Task        {Name(plan.Task)}{(guessed ? " (guessed from the label; --task says otherwise)" : "")}");
        Kind("Numbers", plan.Numbers);
        Kind("True/false", plan.Bools);
        Kind("Categories", plan.Categories);
        foreach (var (name, reason) in plan.Ignored)
            terminal.Say($"Ignored     {name}: {reason}");

        void Kind(string title, IReadOnlyList<Column> columns)
        {
            if (columns.Count > 0)
                terminal.Say($"{title,-11} {columns.Count}: {string.Join(", ", columns.Take(12).Select(c => c.Spoiler is { } spoiler ? $"{c.Name} ({spoiler})" : c.Name))}{(columns.Count > 12 ? ", ..." : "")}");
        }
    }

    // what the pipeline reads and, beside it, what training alone looks at and what the teacher reads
    private IReadOnlyList<(string Name, DataKind Kind)> Columns(Table table)
    {
        IReadOnlyList<(string Name, DataKind Kind)> own = [.. Pipeline.Columns, .. Plan.Protected.Where(column => column != Plan.Group).Select(column => (column.Name, Pipeline.Kind(column))), .. Plan.Group is { } group ? [(group.Name, DataKind.String)] : Array.Empty<(string, DataKind)>()];
        if (Teacher is null)
            return own;
        var all = own.ToList();
        foreach (var column in Teacher.Columns)
        {
            var same = own.FirstOrDefault(c => c.Name == column.Name);
            if (same.Name is null)
                all.Add(column);
            else if (same.Kind != column.Kind)
                throw new InvalidDataException($"Column '{column.Name}' must be read as the teacher reads it, as {column.Kind}, but holds {same.Kind}.");
        }

        return all;
    }

    /// <summary>The rows to learn from and those to test on, the same for a seed and a file.</summary>
    public static DataOperationsCatalog.TrainTestData Split(MLContext ml, IDataView rows, string? group, int seed) => ml.Data.TrainTestSplit(ml.Data.Cache(rows), TestShare, group, seed);

    private (IDataView Train, IDataView Test, long TestMissing) Split(Table table, IReadOnlyList<(string, DataKind)> columns, CancellationToken cancel)
    {
        var ml = Context;
        var rows = Labelled(table.Load(ml, columns));
        if (Request.Test is null)
        {
            var split = Split(ml, rows, Plan.Group?.Name, Request.Seed);
            return (split.TrainSet, split.TestSet, 0);
        }

        var test = Table.Read(Request.Test, cancel);
        foreach (var column in Plan.Features.Append(Plan.Label))
            if (test[column.Name].Kind != column.Kind && column.Kind != ColumnKind.Category)
                throw new InvalidDataException($"Column '{column.Name}' of '{test.Path}' must hold {(column.Kind == ColumnKind.Number ? "numbers" : "true or false")} as in '{table.Path}', but does not{(test[column.Name].FirstText is { } first ? $" in line {first.Line}: '{first.Text}'" : "")}.");
        return (ml.Data.Cache(rows), Labelled(test.Load(ml, [.. Pipeline.Columns, .. Fairness.Columns(test, Protected.Where(name => test.Columns.Any(own => own.Name == name)), Pipeline.Columns)])), test[Plan.Label.Name].Missing);

        // trainers leave out rows without a label, but a Boolean cannot say that it has none
        IDataView Labelled(IDataView view) =>
            Plan.Task == LearningTask.Binary && Plan.Label.Kind == ColumnKind.Number ? ml.Data.FilterRowsByMissingValues(view, Plan.Label.Name) : view;
    }
}
