using Microsoft.ML;
using Microsoft.ML.Runtime;
using static TorchSharp.torch;

namespace Retort;

/// <summary>A dataset and what its columns say about themselves. The owner disposes the dataset.</summary>
internal sealed record TrainingData(Dataset Rows, ClassValues? Classes);

/// <summary>Reads the columns of a view into tensors, in one pass.</summary>
internal sealed class DatasetReader(NetworkColumns columns, LearningTask task, IChannel channel, Action checkCanceled, MemoryLimit? limit = null)
{
    private const int RowsBetweenChecks = 1024;

    private readonly MemoryLimit _limit = limit ?? MemoryLimit.OfMachine;

    /// <summary>All rows that have a label; those without are left out, and the channel says how many.</summary>
    /// <param name="data">Where the rows come from.</param>
    /// <param name="teacher">Whose scores of the same rows are read along, if any.</param>
    /// <param name="training">For validation data: the data that the network is trained on. Its classes and categories hold.</param>
    /// <exception cref="ArgumentException">The data cannot be learned from.</exception>
    public TrainingData Read(IDataView data, Teacher? teacher, TrainingData? training = null)
    {
        var schema = data.Schema;
        var input = new FeatureColumns(schema, columns.Features, columns.Categories);
        var label = LabelReader.Of(schema.Find(columns.Label), task);
        var weight = Optional(schema, columns.Weight);
        var group = Optional(schema, columns.Group);
        if (training is not null && training.Rows.Features.shape[1] != input.Width)
            throw new ArgumentException($"Column '{columns.Features}' of the validation data must have {training.Rows.Features.shape[1]} values as in the training data, but has {input.Width}.");

        var size = new RowSize(
            training is null ? "The data" : "The validation data", input.Width + input.Cardinalities.Length,
            4L * input.Width + 8L * input.Cardinalities.Length + 8 + (weight is null ? 0 : 4) + (group is null ? 0 : 8) + (teacher is null ? 0 : 4L * label.Classes));
        var count = data.GetRowCount();
        if (count is not null)
            _limit.CheckAll(size.Data, count.Value, size.Columns, size.Bytes);

        var teachers = new List<TeacherScores>();
        try
        {
            foreach (var source in teacher?.Sources ?? [])
                teachers.Add(new TeacherScores(source, data, task, label.Classes, label.Values, channel, count));

            DataViewSchema.Column?[] needed = [.. input.Needed.Select(column => (DataViewSchema.Column?)column), schema.Find(columns.Label), weight, group];
            using var cursor = data.GetRowCursor(needed.OfType<DataViewSchema.Column>().Concat(teachers.SelectMany(t => t.Needed)).DistinctBy(column => column.Index));
            return Read(cursor, count, size, input, label, weight, group, teacher, teachers, training);
        }
        finally
        {
            teachers.ForEach(t => t.Dispose());
        }
    }

    private TrainingData Read(
        DataViewRowCursor cursor, long? count, RowSize size, FeatureColumns input, LabelReader label, DataViewSchema.Column? weight, DataViewSchema.Column? group,
        Teacher? teacher, List<TeacherScores> teachers, TrainingData? training)
    {
        var cardinalities = training?.Rows.Cardinalities ?? input.Cardinalities;
        var reader = input.Reader(cursor, cardinalities);
        label.Attach(cursor, training?.Classes);
        var weights = weight is null ? null : new WeightReader(cursor, weight.Value);
        var groupOf = group is null ? null : GroupReader.Of(cursor, group.Value);
        teachers.ForEach(t => t.Attach(cursor));

        using var features = new RowBuffer<float>(input.Width, count);
        using var categories = new RowBuffer<long>(cardinalities.Length, count);
        var groups = new RowBuffer<long>(1);
        var finite = new Finite(columns.Features);
        var (row, unlabelled) = (0L, 0L);
        for (; cursor.MoveNext(); row++)
        {
            if (row % RowsBetweenChecks == 0)
            {
                checkCanceled();
                _limit.CheckFirst(size.Data, features.Rows, size.Columns, size.Bytes);
            }

            foreach (var t in teachers)
                t.MoveNext(row);
            if (!label.TryKeep(row))
            {
                unlabelled++;
                continue;
            }

            var values = features.Add();
            reader.Read(values, categories.Add());
            finite.Check(values, row);
            weights?.Keep(row);
            if (groupOf is not null)
                groups.Add()[0] = groupOf();
            foreach (var t in teachers)
                t.Keep(row);
        }

        Conclude(row, unlabelled, size.Data);
        finite.Conclude();
        if (training is null)
        {
            label.Conclude();
            weights?.Conclude();
        }

        teachers.ForEach(t => t.Conclude(row, channel));
        var kept = features.Rows;
        return new TrainingData(
            new Dataset
            {
                Features = features.ToTensor(),
                Categories = cardinalities.Length == 0 ? null : categories.ToTensor(),
                Cardinalities = cardinalities,
                Labels = label.ToTensor(),
                Weights = weights?.ToTensor(),
                Teacher = teacher is null ? null : Average(teacher, teachers, kept, label.Classes),
                Groups = groupOf is null ? null : groups.ToTensor(flat: true),
                Classes = label.Classes,
            },
            training?.Classes ?? label.Values);
    }

    private void Conclude(long rows, long unlabelled, string name)
    {
        if (rows == 0)
            throw new ArgumentException($"{name} must have rows, but has none.");
        if (rows == unlabelled)
            throw new ArgumentException($"{name} must have rows with a label, but column '{columns.Label}' is missing in all {rows}.");
        if (unlabelled > 0)
            channel.Warning(MessageSensitivity.Schema, "{0}", $"{name} has {unlabelled} of {rows} rows without a label in column '{columns.Label}'; they are left out.");
    }

    private Tensor Average(Teacher teacher, List<TeacherScores> teachers, long rows, int classes)
    {
        var targets = new RowBuffer<float>(classes, rows);
        for (var row = 0L; row < rows; row++)
            targets.Add().Clear();
        var total = teacher.Sources.Sum(source => source.Weight);
        for (var i = 0; i < teachers.Count; i++)
            teachers[i].AddTo(targets, (float)(teacher.Sources[i].Weight / total));
        return targets.ToTensor();
    }

    private static DataViewSchema.Column? Optional(DataViewSchema schema, string? name) => name is null ? null : schema.Find(name);

    /// <summary>What a row of the data takes.</summary>
    private sealed record RowSize(string Data, int Columns, long Bytes);
}
