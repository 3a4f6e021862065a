using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// What every estimator does with the shape of a schema.
internal static class Shapes
{
    public static SchemaShape.Column Find(IExceptionContext ctx, SchemaShape inputSchema, string name, string role = "input") =>
        inputSchema.TryFindColumn(name, out var column) ? column : throw ctx.ExceptSchemaMismatch(nameof(inputSchema), role, name);

    public static Exception Mismatch(IExceptionContext ctx, string role, SchemaShape.Column column, string expected) =>
        ctx.ExceptSchemaMismatch("inputSchema", role, column.Name, expected, column.GetTypeString());

    /// The input with columns added; one of the same name takes the old one's place.
    public static SchemaShape With(SchemaShape inputSchema, IEnumerable<SchemaShape.Column> outputs)
    {
        var columns = inputSchema.ToDictionary(column => column.Name);
        foreach (var output in outputs)
            columns[output.Name] = output;
        return new SchemaShape(columns.Values);
    }

    public static SchemaShape Annotations(params SchemaShape.Column[] columns) => new(columns.Where(column => column.IsValid));

    public static SchemaShape.Column Normalized =>
        new(AnnotationUtils.Kinds.IsNormalized, SchemaShape.Column.VectorKind.Scalar, BooleanDataViewType.Instance, false);

    public static SchemaShape.Column SlotNames =>
        new(AnnotationUtils.Kinds.SlotNames, SchemaShape.Column.VectorKind.Vector, TextDataViewType.Instance, false);

    public static SchemaShape.Column Categorical =>
        new(AnnotationUtils.Kinds.CategoricalSlotRanges, SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Int32, false);

    /// The source's annotations of these kinds.
    public static IEnumerable<SchemaShape.Column> Kept(SchemaShape.Column source, params string[] kinds) =>
        source.Annotations.Where(annotation => kinds.Contains(annotation.Name));
}
