using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Retort;

/// <summary>One teacher's scores of the rows that a dataset keeps, read in step with them.</summary>
internal sealed class TeacherScores : IDisposable
{
    private readonly TeacherSource _source;
    private readonly IDataView _data;
    private readonly DataViewSchema.Column _column;
    private readonly ScoreKind _kind;
    private readonly LearningTask _task;
    private readonly int[]? _classOf;
    private readonly RowBuffer<float> _scores;
    private readonly Finite _finite;
    private DataViewRowCursor? _cursor;
    private ValueGetter<DataViewRowId>? _id, _ownId;
    private ValueGetter<float>? _scalar;
    private ValueGetter<VBuffer<float>>? _vector;
    private VBuffer<float> _values;

    /// <exception cref="ArgumentException">The teacher does not fit the task or the classes.</exception>
    public TeacherScores(TeacherSource source, IDataView data, LearningTask task, int classes, ClassValues? values, IChannel channel, long? count)
    {
        _source = source;
        _task = task;
        _data = source.Model is null ? data : Transform(source.Model, data);
        _column = Find(_data.Schema, source, task);
        _kind = source.Kind == ScoreKind.Auto && source.Model is not null && task == LearningTask.Binary && _column.Type is not VectorDataViewType
            ? _column.Name == ScoreNames.Probability ? ScoreKind.Probabilities : ScoreKind.Logits
            : source.Kind;
        var width = _column.Type is VectorDataViewType vector ? vector.Size : 1;
        if (task == LearningTask.Multiclass)
            _classOf = Match(width, classes, values, channel);
        _scores = new RowBuffer<float>(width, count);
        _finite = new Finite(_column.Name);
    }

    /// <summary>The columns that must be active in the data itself.</summary>
    public IEnumerable<DataViewSchema.Column> Needed => _source.Model is null ? [_column] : [];

    public void Attach(DataViewRowCursor rows)
    {
        DataViewRow scored = rows;
        if (_source.Model is not null)
        {
            scored = _cursor = _data.GetRowCursor([_column]);
            (_id, _ownId) = (rows.GetIdGetter(), _cursor.GetIdGetter());
        }

        if (_column.Type is VectorDataViewType)
            _vector = scored.GetGetter<VBuffer<float>>(_column);
        else
            _scalar = scored.GetGetter<float>(_column);
    }

    /// <summary>Follows the data to its next row.</summary>
    /// <exception cref="ArgumentException">The teacher does not keep the rows of the data.</exception>
    public void MoveNext(long row)
    {
        if (_cursor is null)
            return;

        DataViewRowId id = default, ownId = default;
        var present = _cursor.MoveNext();
        if (present)
        {
            _id!(ref id);
            _ownId!(ref ownId);
        }

        if (!present || !id.Equals(ownId))
            throw Parted(row);
    }

    /// <summary>Keeps the scores of the current row.</summary>
    public void Keep(long row)
    {
        var kept = _scores.Add();
        if (_vector is null)
            _scalar!(ref kept[0]);
        else
        {
            _vector(ref _values);
            _values.CopyTo(kept);
        }

        _finite.Check(kept, row);
    }

    /// <exception cref="ArgumentException">The scores are not what they must be.</exception>
    public void Conclude(long rows, IChannel channel)
    {
        if (_cursor is not null && _cursor.MoveNext())
            throw Parted(rows);
        _finite.Conclude();
        if (_task == LearningTask.Regression)
            return;

        var probabilities = AreProbabilities(out var row);
        if (_kind == ScoreKind.Probabilities && !probabilities)
            throw new ArgumentException($"Column '{_column.Name}' of the teacher must hold probabilities (non-negative, sum 1 within {ScoreKinds.Tolerance}), but the row that is kept as number {row} (counted from 0) does not.");
        var logits = _kind == ScoreKind.Logits || !probabilities;
        for (row = 0; row < _scores.Rows; row++)
            if (logits)
                Softmax(_scores[row]);
            else if (_scores.Width > 1)
                Normalize(_scores[row]);
        channel.Info(MessageSensitivity.Schema, "{0}", $"The teacher's column '{_column.Name}' is read as {(logits ? "logits" : "probabilities")}.");
    }

    /// <summary>Adds this teacher's share to the targets [rows, classes], in the order of the student's classes.</summary>
    public void AddTo(RowBuffer<float> targets, float share)
    {
        for (long row = 0; row < _scores.Rows; row++)
        {
            var scores = _scores[row];
            var target = targets[row];
            if (_task == LearningTask.Binary && scores.Length == 1)
            {
                target[0] += share * (1 - scores[0]);
                target[1] += share * scores[0];
            }
            else
                for (var slot = 0; slot < scores.Length; slot++)
                    target[_classOf is null ? slot : _classOf[slot]] += share * scores[slot];
        }
    }

    public void Dispose() => _cursor?.Dispose();

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

    private static ArgumentException Parted(long row) =>
        new($"The teacher must keep every row of the data in order, but parts from it at row {row} (counted from 0).");

    private static DataViewSchema.Column Find(DataViewSchema schema, TeacherSource source, LearningTask task)
    {
        var column = schema.Find(source.Column ?? (task == LearningTask.Binary ? ScoreInput.BinaryName(schema, ScoreNames.Score) : ScoreNames.Score));

        if (source.Model is not null && ScoreAnnotations.KindOf(column) is { } kind && kind != ScoreAnnotations.Kind(task))
            throw new ArgumentException($"The teacher must be a {ScoreAnnotations.Kind(task)} model, but its column '{column.Name}' is of kind {kind}.");

        ScoreInput.CheckType(column, task, " to teach");
        return column;
    }

    private int[]? Match(int width, int classes, ClassValues? values, IChannel channel)
    {
        var own = (_source.Model is null ? null : _data.Schema.GetColumnOrNull(ScoreNames.PredictedLabel)) is { Type: KeyDataViewType } predicted
            ? ClassValues.Of(predicted, ScoreAnnotations.KeyValues) : null;
        own ??= ClassValues.Of(_column, ScoreAnnotations.TrainingLabelValues) ?? ClassValues.Of(_column, ScoreAnnotations.SlotNames);
        if (own is not null && own.Names.Count == width && values is not null)
            return ClassMatch.Of(values.Names, own.Names)
                ?? throw new ArgumentException($"The teacher must know the classes of the label ({ClassMatch.Say(values.Names)}), but knows {ClassMatch.Say(own.Names)}.");

        if (width != classes)
            throw new ArgumentException($"The teacher must have a score for each of the label's {classes} classes, but has {width}.");
        channel.Warning(MessageSensitivity.Schema, "{0}", $"The classes of the teacher's column '{_column.Name}' have no names; they are taken in the order of the label's.");
        return null;
    }

    private bool AreProbabilities(out long row)
    {
        for (row = 0; row < _scores.Rows; row++)
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
