using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

internal static class AnnotationUtils
{
    public static class Const
    {
        public static class ScoreColumnKind
        {
            public const string BinaryClassification = "BinaryClassification";
            public const string MulticlassClassification = "MulticlassClassification";
            public const string Regression = "Regression";
            public const string Ranking = "Ranking";
            public const string Clustering = "Clustering";
            public const string AnomalyDetection = "AnomalyDetection";
            public const string QuantileRegression = "QuantileRegression";
            public const string FeatureContribution = "FeatureContribution";
        }

        public static class ScoreValueKind
        {
            public const string Score = "Score";
            public const string PredictedLabel = "PredictedLabel";
            public const string Probability = "Probability";
        }
    }

    public static class Kinds
    {
        public const string SlotNames = "SlotNames";
        public const string KeyValues = "KeyValues";
        public const string ScoreColumnSetId = "ScoreColumnSetId";
        public const string ScoreColumnKind = "ScoreColumnKind";
        public const string ScoreValueKind = "ScoreValueKind";
        public const string IsNormalized = "IsNormalized";
        public const string IsUserVisible = "IsUserVisible";
        public const string TrainingLabelValues = "TrainingLabelValues";
        public const string CategoricalSlotRanges = "CategoricalSlotRanges";
    }

    public delegate void AnnotationGetter<TValue>(int col, ref TValue dst);

    public static KeyDataViewType ScoreColumnSetIdType { get; } = new(typeof(uint), int.MaxValue);

    public static Exception ExceptGetAnnotation() => Contracts.Except("Invalid call to GetAnnotation");

    public static Exception ExceptGetAnnotation(this IExceptionContext ctx) => ctx.Except("Invalid call to GetAnnotation");

    public static void Marshal<THave, TNeed>(this AnnotationGetter<THave> getter, int col, ref TNeed dst)
    {
        Contracts.CheckValue(getter, nameof(getter));
        if (getter is not AnnotationGetter<TNeed> need) throw ExceptGetAnnotation();
        need(col, ref dst);
    }

    public static VectorDataViewType GetNamesType(int size) => new(TextDataViewType.Instance, size);

    public static VectorDataViewType GetCategoricalType(int rangeCount) => new(NumberDataViewType.Int32, rangeCount, 2);

    public static KeyValuePair<string, DataViewType> GetSlotNamesPair(int size) => GetNamesType(size).GetPair(Kinds.SlotNames);

    public static KeyValuePair<string, DataViewType> GetKeyNamesPair(int size) => GetNamesType(size).GetPair(Kinds.KeyValues);

    public static KeyValuePair<string, DataViewType> GetPair(this DataViewType type, string kind) => new(kind, type);

    public static IEnumerable<T> Prepend<T>(this IEnumerable<T> tail, params T[] head) => head.Concat(tail);

    public static uint GetMaxAnnotationKind(this DataViewSchema schema, out int colMax, string annotationKind, Func<DataViewSchema, int, bool> filterFunc = null)
    {
        uint max = 0;
        colMax = -1;
        for (var col = 0; col < schema.Count; col++)
        {
            if (schema[col].Annotations.Schema.GetColumnOrNull(annotationKind)?.Type is not KeyDataViewType { RawType: var raw } || raw != typeof(uint)) continue;
            if (filterFunc != null && !filterFunc(schema, col)) continue;
            uint value = 0;
            schema[col].Annotations.GetValue(annotationKind, ref value);
            if (max < value) (max, colMax) = (value, col);
        }
        return max;
    }

    public static IEnumerable<int> GetColumnSet(this DataViewSchema schema, string annotationKind, uint value)
    {
        for (var col = 0; col < schema.Count; col++)
        {
            uint found = 0;
            if (schema[col].Annotations.Schema.GetColumnOrNull(annotationKind)?.Type is not KeyDataViewType { RawType: var raw } || raw != typeof(uint)) continue;
            schema[col].Annotations.GetValue(annotationKind, ref found);
            if (found == value) yield return col;
        }
    }

    public static IEnumerable<int> GetColumnSet(this DataViewSchema schema, string annotationKind, string value)
    {
        for (var col = 0; col < schema.Count; col++)
        {
            ReadOnlyMemory<char> found = default;
            if (schema[col].Annotations.Schema.GetColumnOrNull(annotationKind)?.Type is not TextDataViewType) continue;
            schema[col].Annotations.GetValue(annotationKind, ref found);
            if (found.Span.SequenceEqual(value)) yield return col;
        }
    }

    public static bool HasSlotNames(this DataViewSchema.Column column, int vectorSize) =>
        vectorSize > 0 && column.Annotations.Schema.GetColumnOrNull(Kinds.SlotNames)?.Type is VectorDataViewType { ItemType: TextDataViewType } type && type.Size == vectorSize;

    public static void GetSlotNames(RoleMappedSchema schema, RoleMappedSchema.ColumnRole role, int vectorSize, ref VBuffer<ReadOnlyMemory<char>> slotNames)
    {
        Contracts.CheckValueOrNull(schema);
        if (schema?.Get(role) is { } column && column.HasSlotNames(vectorSize)) column.Annotations.GetValue(Kinds.SlotNames, ref slotNames);
        else slotNames = VBufferEditor.Create(ref slotNames, vectorSize, 0).Commit();
    }

    public static bool NeedsSlotNames(this SchemaShape.Column col) =>
        col.Annotations.TryFindColumn(Kinds.KeyValues, out var values) && values is { Kind: SchemaShape.Column.VectorKind.Vector, ItemType: TextDataViewType };

    public static bool IsNormalized(this SchemaShape.Column column) =>
        column.Annotations.TryFindColumn(Kinds.IsNormalized, out var found) && found is { Kind: SchemaShape.Column.VectorKind.Scalar, ItemType: BooleanDataViewType };

    public static bool HasSlotNames(this SchemaShape.Column col) =>
        col.Annotations.TryFindColumn(Kinds.SlotNames, out var found) && found is { Kind: SchemaShape.Column.VectorKind.Vector, ItemType: TextDataViewType };

    public static bool TryGetAnnotation<T>(this DataViewSchema schema, PrimitiveDataViewType type, string kind, int col, ref T value)
    {
        if (schema[col].Annotations.Schema.GetColumnOrNull(kind)?.Type is not { } found || !found.Equals(type)) return false;
        schema[col].Annotations.GetValue(kind, ref value);
        return true;
    }

    public static bool TryGetCategoricalFeatureIndices(DataViewSchema schema, int colIndex, out int[] categoricalFeatures)
    {
        categoricalFeatures = null;
        if (schema[colIndex].Annotations.Schema.GetColumnOrNull(Kinds.CategoricalSlotRanges)?.Type is not VectorDataViewType { IsKnownSize: true } type || type.ItemType != NumberDataViewType.Int32) return false;
        VBuffer<int> ranges = default;
        schema[colIndex].Annotations.GetValue(Kinds.CategoricalSlotRanges, ref ranges);
        categoricalFeatures = ranges.DenseValues().ToArray();
        return categoricalFeatures.Length > 0;
    }

    public static IEnumerable<SchemaShape.Column> GetTrainerOutputAnnotation(bool isNormalized = false)
    {
        yield return new(Kinds.ScoreColumnSetId, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.UInt32, true);
        yield return new(Kinds.ScoreColumnKind, SchemaShape.Column.VectorKind.Scalar, TextDataViewType.Instance, false);
        yield return new(Kinds.ScoreValueKind, SchemaShape.Column.VectorKind.Scalar, TextDataViewType.Instance, false);
        if (isNormalized) yield return new(Kinds.IsNormalized, SchemaShape.Column.VectorKind.Scalar, BooleanDataViewType.Instance, false);
    }

    public static IEnumerable<SchemaShape.Column> AnnotationsForMulticlassScoreColumn(SchemaShape.Column? labelColumn = null)
    {
        foreach (var column in GetTrainerOutputAnnotation()) yield return column;
        if (labelColumn is not { IsKey: true } label || !label.Annotations.TryFindColumn(Kinds.KeyValues, out var values) || values.Kind != SchemaShape.Column.VectorKind.Vector) yield break;
        if (values.ItemType is TextDataViewType) yield return new(Kinds.SlotNames, SchemaShape.Column.VectorKind.Vector, TextDataViewType.Instance, false);
        yield return new(Kinds.TrainingLabelValues, SchemaShape.Column.VectorKind.Vector, values.ItemType, false);
    }

    internal static DataViewRow AnnotationsAsRow(DataViewSchema.Annotations annotations) => new AnnotationRow(annotations);

    private sealed class AnnotationRow(DataViewSchema.Annotations annotations) : DataViewRow
    {
        public override long Position => 0;
        public override long Batch => 0;
        public override DataViewSchema Schema => annotations.Schema;
        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => annotations.GetGetter<TValue>(column);
        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = default;
        public override bool IsColumnActive(DataViewSchema.Column column) => true;
    }
}
