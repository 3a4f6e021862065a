using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// The annotations and getters of score columns.
internal static class Scoring
{
    public static uint NextSetId(DataViewSchema schema) => schema.GetMaxAnnotationKind(out _, AnnotationUtils.Kinds.ScoreColumnSetId) + 1;

    public static DataViewSchema.Annotations.Builder SetId(this DataViewSchema.Annotations.Builder builder, uint id)
    {
        builder.AddPrimitiveValue(AnnotationUtils.Kinds.ScoreColumnSetId, AnnotationUtils.ScoreColumnSetIdType, id);
        return builder;
    }

    public static DataViewSchema.Annotations.Builder ColumnKind(this DataViewSchema.Annotations.Builder builder, string kind)
    {
        builder.AddPrimitiveValue(AnnotationUtils.Kinds.ScoreColumnKind, TextDataViewType.Instance, kind.AsMemory());
        return builder;
    }

    public static DataViewSchema.Annotations.Builder ValueKind(this DataViewSchema.Annotations.Builder builder, string kind)
    {
        builder.AddPrimitiveValue(AnnotationUtils.Kinds.ScoreValueKind, TextDataViewType.Instance, kind.AsMemory());
        return builder;
    }

    /// Runs the model once a row, whichever of its columns is asked for first.
    public static Action OncePerRow(DataViewRow row, Action compute)
    {
        var last = -1L;
        return () =>
        {
            if (row.Position == last && last >= 0) return;
            compute();
            last = row.Position;
        };
    }

    public static IValueMapper MapperOf(object model, IExceptionContext ctx) =>
        model as IValueMapper ?? throw ctx.Except($"The model of type {model?.GetType()} does not map a feature vector to a score");
}
