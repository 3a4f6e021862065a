using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>The annotations by which ML.NET knows score columns.</summary>
internal static class ScoreAnnotations
{
    public const string KeyValues = AnnotationUtils.Kinds.KeyValues;
    public const string SlotNames = AnnotationUtils.Kinds.SlotNames;
    public const string TrainingLabelValues = AnnotationUtils.Kinds.TrainingLabelValues;
    public const string ColumnKind = AnnotationUtils.Kinds.ScoreColumnKind;

    /// <summary>Kind, set and value of a score column: columns of one model share a set, one above those that exist.</summary>
    public static DataViewSchema.Annotations.Builder Start(DataViewSchema input, LearningTask task, string valueKind)
    {
        var set = AnnotationUtils.GetMaxAnnotationKind(input, out _, AnnotationUtils.Kinds.ScoreColumnSetId) + 1;
        var builder = new DataViewSchema.Annotations.Builder();
        builder.AddPrimitiveValue(AnnotationUtils.Kinds.ScoreColumnSetId, AnnotationUtils.ScoreColumnSetIdType, set);
        builder.AddPrimitiveValue(AnnotationUtils.Kinds.ScoreColumnKind, TextDataViewType.Instance, Kind(task).AsMemory());
        builder.AddPrimitiveValue(AnnotationUtils.Kinds.ScoreValueKind, TextDataViewType.Instance, valueKind.AsMemory());
        return builder;
    }

    /// <summary>Says of a column that its values lie in [0, 1].</summary>
    public static DataViewSchema.Annotations.Builder Normalized(this DataViewSchema.Annotations.Builder builder)
    {
        builder.AddPrimitiveValue(AnnotationUtils.Kinds.IsNormalized, BooleanDataViewType.Instance, true);
        return builder;
    }

    /// <summary>Names the slots of a vector.</summary>
    public static void AddSlotNames(this DataViewSchema.Annotations.Builder builder, ReadOnlyMemory<char>[] names) =>
        builder.Add(SlotNames, new VectorDataViewType(TextDataViewType.Instance, names.Length), (ref VBuffer<ReadOnlyMemory<char>> value) => VBuffer<ReadOnlyMemory<char>>.Copy(names, 0, ref value, names.Length));

    /// <summary>The task that a score column says it is of, by ML.NET's name; null where it says nothing.</summary>
    public static string? KindOf(DataViewSchema.Column column)
    {
        var kind = default(ReadOnlyMemory<char>);
        if (column.Annotations.Schema.GetColumnOrNull(ColumnKind) is { Type: TextDataViewType })
            column.Annotations.GetValue(ColumnKind, ref kind);
        return kind.IsEmpty ? null : kind.ToString();
    }

    /// <summary>The name that ML.NET gives to the task.</summary>
    public static string Kind(LearningTask task) => task switch
    {
        LearningTask.Binary => "BinaryClassification",
        LearningTask.Multiclass => "MulticlassClassification",
        _ => "Regression",
    };
}
