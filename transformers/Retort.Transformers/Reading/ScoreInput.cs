using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>The column that holds a model's scores, in one schema.</summary>
internal sealed class ScoreInput
{
    /// <exception cref="ArgumentException">The column is missing, or does not hold the scores of such a task.</exception>
    public ScoreInput(DataViewSchema schema, string name, LearningTask task)
    {
        Column = schema.Find(name);
        if (ScoreAnnotations.KindOf(Column) is { } kind && kind != ScoreAnnotations.Kind(task))
            throw new ArgumentException($"Column '{name}' must hold the scores of a {ScoreAnnotations.Kind(task)} model, but is of kind {kind}.");
        CheckType(Column, task, "");
        Width = Column.Type is VectorDataViewType vector ? vector.Size : 1;
        Classes = task == LearningTask.Binary ? 2 : Width;
        Values = task == LearningTask.Multiclass ? ClassesOf(schema, Column) : null;
    }

    public DataViewSchema.Column Column { get; }

    /// <summary>How many scores a row has.</summary>
    public int Width { get; }

    /// <summary>How many classes they tell apart; meaningless for regression.</summary>
    public int Classes { get; }

    /// <summary>Which class each score belongs to, where the data says so.</summary>
    public ClassValues? Values { get; private set; }

    /// <summary>Where nothing is said of the scores, they are in the order of the label's classes.</summary>
    public ScoreInput Named(DataViewSchema schema, string label)
    {
        if (Values is null && Column.Type is VectorDataViewType && schema.GetColumnOrNull(label) is { Type: KeyDataViewType } key
            && ClassValues.Of(key, ScoreAnnotations.KeyValues) is { } values && values.Names.Count == Classes)
            Values = values;
        return this;
    }

    /// <summary>What a single score is by the name of its column; Auto where that says nothing.</summary>
    public ScoreKind Usual => Width > 1 ? ScoreKind.Auto : Column.Name switch
    {
        ScoreNames.Probability => ScoreKind.Probabilities,
        ScoreNames.Score => ScoreKind.Logits,
        _ => ScoreKind.Auto,
    };

    /// <summary>Of a binary model the probability, where there is one; else its score.</summary>
    public static string BinaryName(DataViewSchema schema, string score) =>
        score == ScoreNames.Score && schema.GetColumnOrNull(ScoreNames.Probability) is { } probability && probability.Type.Equals(NumberDataViewType.Single) ? ScoreNames.Probability : score;

    /// <exception cref="ArgumentException">The column has another type than scores of the task.</exception>
    public static void CheckType(DataViewSchema.Column column, LearningTask task, string purpose)
    {
        var isVector = column.Type is VectorDataViewType { IsKnownSize: true } vector && vector.ItemType.Equals(NumberDataViewType.Single);
        var isScalar = column.Type.Equals(NumberDataViewType.Single);
        var (fits, rule) = task switch
        {
            LearningTask.Binary => (isScalar || isVector && ((VectorDataViewType)column.Type).Size == 2, "be Single, or a vector of two"),
            LearningTask.Multiclass => (isVector, "be a vector of Single with a value a class"),
            _ => (isScalar, "be Single"),
        };
        if (!fits)
            throw Columns.WrongType(column.Name, rule + purpose, column.Type);
    }

    /// <exception cref="ArgumentException">There are other classes than those that something was fitted for.</exception>
    public void CheckClasses(int classes, ClassValues? values)
    {
        if (Classes != classes)
            throw new ArgumentException($"Column '{Column.Name}' must have a score for each of the {classes} classes that were there when the calibration was fitted, but has {Classes}.");
        if (values is not null && Values is not null && !values.Names.SequenceEqual(Values.Names))
            throw new ArgumentException($"Column '{Column.Name}' must have the classes that were there when the calibration was fitted ({ClassMatch.Say(values.Names)}), but has {ClassMatch.Say(Values.Names)}.");
    }

    /// <summary>Reads the scores [Width] of one row after the other.</summary>
    public RowFiller Reader(DataViewRow row) => Reader(row, Column, Width);

    /// <summary>Reads a number, or a vector of them, of one row after the other.</summary>
    public static RowFiller Reader(DataViewRow row, DataViewSchema.Column column, int width)
    {
        if (column.Type is not VectorDataViewType)
        {
            var get = row.GetGetter<float>(column);
            return scores => get(ref scores[0]);
        }

        var (getVector, values) = (row.GetGetter<VBuffer<float>>(column), default(VBuffer<float>));
        return scores =>
        {
            getVector(ref values);
            if (values.Length != width)
                throw new InvalidOperationException($"Column '{column.Name}' must have {width} values, but a row has {values.Length}.");
            values.CopyTo(scores);
        };
    }

    /// <summary>The classes by what is said of the scores themselves, or of the label that was predicted from them.</summary>
    private static ClassValues? ClassesOf(DataViewSchema schema, DataViewSchema.Column score)
    {
        var size = ((VectorDataViewType)score.Type).Size;
        return Fitting(ClassValues.Of(score, ScoreAnnotations.TrainingLabelValues))
            ?? Fitting(score.Name == ScoreNames.Score && schema.GetColumnOrNull(ScoreNames.PredictedLabel) is { Type: KeyDataViewType } predicted ? ClassValues.Of(predicted, ScoreAnnotations.KeyValues) : null)
            ?? Fitting(ClassValues.Of(score, ScoreAnnotations.SlotNames));

        ClassValues? Fitting(ClassValues? values) => values?.Names.Count == size ? values : null;
    }
}
