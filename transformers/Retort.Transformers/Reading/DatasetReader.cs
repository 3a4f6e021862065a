using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Retort;

/// <summary>A dataset and what its columns say about themselves. The owner disposes the dataset.</summary>
internal sealed record TrainingData(Dataset Rows, ClassValues? Classes);

/// <summary>Reads the columns of a view into tensors, in one pass.</summary>
internal sealed class DatasetReader(NetworkColumns columns, LearningTask task, IChannel channel, Action checkCanceled, MemoryLimit? limit = null)
{
    private const int RowsBetweenChecks = 1024;

    private readonly MemoryLimit _limit = limit ?? MemoryLimit.OfMachine;

    /// <summary>All rows that have a label, and where that is asked for those without; else they are left out. The channel says how many.</summary>
    /// <param name="data">Where the rows come from.</param>
    /// <param name="teacher">Whose scores of the same rows are read along, if any.</param>
    /// <param name="training">For validation data: the data that the network is trained on. Its classes and categories hold.</param>
    /// <param name="reading">What of the teacher is read, and which rows.</param>
    /// <exception cref="ArgumentException">The data cannot be learned from.</exception>
    public TrainingData Read(IDataView data, Teacher? teacher, TrainingData? training = null, TeacherReading? reading = null)
    {
        var name = training is null ? "The data" : "The validation data";
        reading ??= TeacherReading.Plain;
        var label = LabelReader.Of(data.Schema.Find(columns.Label), task);
        var labelled = new DatasetView(data, columns, label);
        var unlabelled = reading.Unlabeled is null ? null : new DatasetView(reading.Unlabeled, columns, null);
        if (training is not null)
            labelled.CheckWidth("the validation data", training.Rows.Features.shape[1]);
        unlabelled?.CheckWidth(DatasetView.Unlabelled, labelled.Features.Width);

        var sources = teacher?.Sources ?? [];
        var count = data.GetRowCount() + (unlabelled is null ? 0 : unlabelled.Data.GetRowCount());
        var size = new RowSize(
            name, labelled.Features.Width + labelled.Features.Cardinalities.Length,
            4L * labelled.Features.Width + 8L * labelled.Features.Cardinalities.Length + 8 + (columns.Weight is null ? 0 : 4) + (columns.Group is null ? 0 : 8) + 4L * label.Classes * (sources.Count == 0 ? 0 : 1 + sources.Count));
        if (count is not null)
            _limit.CheckAll(size.Data, count.Value, size.Columns, size.Bytes);

        using var rows = new DatasetRows(columns, labelled.Features, training, label, count);
        rows.Add(sources.Select(source => new TeacherScores(source, task, label.Classes, training?.Classes ?? label.Values, reading, channel)));
        if (reading.Networks)
            rows.AddNetworks(data.Schema);

        var (all, missing) = Read(rows, labelled, size, reading.KeepsUnlabeled, training?.Classes);
        Conclude(all, missing, name, reading.KeepsUnlabeled);
        var added = unlabelled is null ? 0 : Read(rows, unlabelled, size, true, null).Rows;
        if (added > 0)
            channel.Info(MessageSensitivity.Schema, "{0}", $"The unlabelled data has {added} rows; they learn from the teacher alone.");
        if (training is null)
            rows.Conclude();
        rows.ConcludeTeachers();

        var each = reading.Each || teacher?.Teaching.Way is TeachingWay.Learned or TeachingWay.Balanced;
        return new TrainingData(rows.ToDataset(each, reading.KeepsUnlabeled && missing > 0 || added > 0), training?.Classes ?? label.Values);
    }

    private (long Rows, long Missing) Read(DatasetRows rows, DatasetView view, RowSize size, bool keepsUnlabelled, ClassValues? known)
    {
        using var teachers = new TeachersOfView(rows.Teachers.Select(teacher => teacher.Bind(view.Data, view.Name, rows.Expected)));
        using var cursor = view.Data.GetRowCursor(view.Needed.Concat(teachers.SelectMany(teacher => teacher.Needed)).DistinctBy(column => column.Index));
        var reader = view.Features.Reader(cursor, rows.Cardinalities);
        view.Label?.Attach(cursor, known);
        rows.Attach(cursor, view);
        foreach (var teacher in teachers)
            teacher.Attach(cursor);

        var finite = new Finite(columns.Features, view.Name);
        var (row, missing) = (0L, 0L);
        for (; cursor.MoveNext(); row++)
        {
            if (row % RowsBetweenChecks == 0)
            {
                checkCanceled();
                _limit.CheckFirst(size.Data, rows.Count, size.Columns, size.Bytes);
            }

            foreach (var teacher in teachers)
                teacher.MoveNext(row);
            rows.MoveNext(row);
            if (view.Label?.TryKeep(row) != true)
            {
                missing++;
                if (!keepsUnlabelled)
                    continue;
                rows.Label.KeepMissing();
            }

            finite.Check(rows.Keep(reader, row), row);
            foreach (var teacher in teachers)
                teacher.Keep(row);
        }

        finite.Conclude();
        rows.Detach(row);
        foreach (var teacher in teachers)
            teacher.Conclude(row);
        return (row, missing);
    }

    private void Conclude(long rows, long missing, string name, bool isKept)
    {
        if (rows == 0)
            throw new ArgumentException($"{name} must have rows, but has none.");
        if (rows == missing)
            throw new ArgumentException($"{name} must have rows with a label, but column '{columns.Label}' is missing in all {rows}.");
        var text = $"{name} has {missing} of {rows} rows without a label in column '{columns.Label}'";
        if (missing > 0 && isKept)
            channel.Info(MessageSensitivity.Schema, "{0}", $"{text}; they learn from the teacher alone.");
        else if (missing > 0)
            channel.Warning(MessageSensitivity.Schema, "{0}", $"{text}; they are left out.");
    }

    /// <summary>What a row of the data takes.</summary>
    private sealed record RowSize(string Data, int Columns, long Bytes);
}
