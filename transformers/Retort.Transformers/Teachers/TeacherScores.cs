using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using static TorchSharp.torch;

namespace Retort;

/// <summary>One teacher's scores of the rows that a dataset keeps.</summary>
/// <param name="source">The teacher.</param>
/// <param name="task">What the student is to predict.</param>
/// <param name="classes">How many classes the student has.</param>
/// <param name="values">What they are called, where anybody says.</param>
/// <param name="reading">What is wanted.</param>
/// <param name="channel">Hears how the scores are read.</param>
internal sealed class TeacherScores(TeacherSource source, LearningTask task, int classes, ClassValues? values, TeacherReading reading, IChannel channel) : IDisposable
{
    private RowBuffer<float>? _scores;
    private ScoreKind _kind;
    private string _column = "";
    private int[]? _classOf;

    public TeacherSource Source => source;

    /// <summary>For each score the number of its class among the student's; null where they are the same.</summary>
    public int[]? ClassOf => _classOf is null || _classOf.Length == classes && _classOf.SequenceEqual(Enumerable.Range(0, classes)) ? null : _classOf;

    /// <summary>Finds this teacher's scores of a view.</summary>
    /// <param name="data">The view.</param>
    /// <param name="name">What the view is called where it is not the data itself.</param>
    /// <param name="count">How many rows will be kept in all, where that is known.</param>
    /// <exception cref="ArgumentException">The teacher does not fit the task or the classes.</exception>
    public TeacherRows Bind(IDataView data, string? name, long? count)
    {
        var scored = source.Model is null ? data : Transform(source.Model, data);
        var column = Find(scored.Schema);
        var width = ValueRows.Size(column);
        var classOf = task == LearningTask.Multiclass ? Match(scored.Schema, column, width) : null;
        if (_scores is null)
        {
            (_scores, _column, _classOf) = (new RowBuffer<float>(width, count), column.Name, classOf);
            _kind = source.Kind == ScoreKind.Auto && source is { Model: not null, Column: null } && task == LearningTask.Binary && width == 1
                ? column.Name == ScoreNames.Probability ? ScoreKind.Probabilities : ScoreKind.Logits
                : source.Kind;
        }
        else if (width != _scores.Width || !(classOf ?? []).SequenceEqual(_classOf ?? []))
            throw new ArgumentException($"The teacher's column '{column.Name}' must have the same classes in the unlabelled data as in the training data, but has others.");

        return new TeacherRows(this, data, name, scored, column, width, reading.Cache, channel);
    }

    /// <summary>Keeps the scores of a row.</summary>
    public void Keep(ReadOnlySpan<float> scores) => scores.CopyTo(_scores!.Add());

    /// <summary>Makes probabilities of the scores, where the task has them.</summary>
    /// <exception cref="ArgumentException">The scores are not what they must be.</exception>
    public void Conclude()
    {
        if (task == LearningTask.Regression)
            return;

        var probabilities = AreProbabilities(out var row);
        if (_kind == ScoreKind.Probabilities && !probabilities)
            throw new ArgumentException($"Column '{_column}' of the teacher must hold probabilities (non-negative, sum 1 within {ScoreKinds.Tolerance}), but the row that is kept as number {row} (counted from 0) does not.");
        var logits = _kind == ScoreKind.Logits || !probabilities;
        for (row = 0; row < _scores!.Rows; row++)
            if (logits)
                Softmax(_scores[row]);
            else if (_scores.Width > 1)
                Normalize(_scores[row]);
        channel.Info(MessageSensitivity.Schema, "{0}", $"The teacher's column '{_column}' is read as {(logits ? "logits" : "probabilities")}.");
    }

    /// <summary>Adds this teacher's share to the targets [rows, classes], in the order of the student's classes.</summary>
    public void AddTo(RowBuffer<float> targets, float share)
    {
        for (long row = 0; row < _scores!.Rows; row++)
        {
            var scores = _scores[row];
            var target = targets[row];
            if (task == LearningTask.Binary && scores.Length == 1)
            {
                target[0] += share * (1 - scores[0]);
                target[1] += share * scores[0];
            }
            else
                for (var slot = 0; slot < scores.Length; slot++)
                    target[_classOf is null ? slot : _classOf[slot]] += share * scores[slot];
        }
    }

    public void Dispose() => _scores?.Dispose();

    /// <summary>The mean of several teachers' scores by their weights, float32 [rows, classes].</summary>
    public static Tensor Mean(IReadOnlyList<TeacherScores> teachers, long rows, int classes)
    {
        using var targets = new RowBuffer<float>(classes, rows);
        for (var row = 0L; row < rows; row++)
            targets.Add().Clear();
        var total = teachers.Sum(teacher => teacher.Source.Weight);
        foreach (var teacher in teachers)
            teacher.AddTo(targets, (float)(teacher.Source.Weight / total));
        return targets.ToTensor();
    }

    // what a model says of a missing column reads as if the network's own were missing
    private static IDataView Transform(ITransformer teacher, IDataView data)
    {
        try
        {
            return teacher.Transform(data);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            var text = e is ArgumentException { ParamName: { } name } ? e.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal) : e.Message;
            throw new ArgumentException($"The teacher must be able to score the training data, but cannot: {text.ReplaceLineEndings("\n").Split('\n')[0]}", e);
        }
    }

    private DataViewSchema.Column Find(DataViewSchema schema)
    {
        var column = schema.Find(source.Column ?? (task == LearningTask.Binary ? ScoreInput.BinaryName(schema, ScoreNames.Score) : ScoreNames.Score));

        if (source.Model is not null && ScoreAnnotations.KindOf(column) is { } kind && kind != ScoreAnnotations.Kind(task))
            throw new ArgumentException($"The teacher must be a {ScoreAnnotations.Kind(task)} model, but its column '{column.Name}' is of kind {kind}.");

        // ONNX models have no scalars
        if (task == LearningTask.Multiclass || !(column.Type is VectorDataViewType { Size: 1 } vector && vector.ItemType.Equals(NumberDataViewType.Single)))
            ScoreInput.CheckType(column, task, " to teach");
        return column;
    }

    private int[]? Match(DataViewSchema schema, DataViewSchema.Column column, int width)
    {
        var own = (source.Model is null || source.Column is not null ? null : schema.GetColumnOrNull(ScoreNames.PredictedLabel)) is { Type: KeyDataViewType } predicted
            ? ClassValues.Of(predicted, ScoreAnnotations.KeyValues) : null;
        own ??= ClassValues.Of(column, ScoreAnnotations.TrainingLabelValues) ?? ClassValues.Of(column, ScoreAnnotations.SlotNames);
        if (own is not null && own.Names.Count == width && values is not null)
            return ClassMatch.Of(values.Names, own.Names, reading.AllowsFewerClasses)
                ?? throw new ArgumentException($"The teacher must know the classes of the label, but {ClassMatch.Differ(values.Names, own.Names, "the label", "the teacher")}.");

        if (width != classes)
            throw new ArgumentException($"The teacher must have a score for each of the label's {classes} classes, but has {width}.");
        if (_scores is null)
            channel.Warning(MessageSensitivity.Schema, "{0}", $"The classes of the teacher's column '{column.Name}' have no names; they are taken in the order of the label's.");
        return null;
    }

    private bool AreProbabilities(out long row)
    {
        for (row = 0; row < _scores!.Rows; row++)
            if (!ScoreKinds.AreProbabilities(_scores[row]))
                return false;

        return true;
    }

    private static void Normalize(Span<float> scores)
    {
        var sum = 0f;
        foreach (var score in scores)
            sum += score;
        foreach (ref var score in scores)
            score /= sum;
    }

    private static void Softmax(Span<float> logits)
    {
        if (logits.Length == 1)
            logits[0] = Logits.Sigmoid(logits[0]);
        else
            Logits.Softmax(logits);
    }
}
