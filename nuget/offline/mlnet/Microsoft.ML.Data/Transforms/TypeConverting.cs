using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

[assembly: LoadableClass(typeof(TypeConvertingTransformer), typeof(TypeConvertingTransformer), null, typeof(SignatureLoadModel), "Convert Transform", TypeConvertingTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms;

public sealed class TypeConvertingEstimator : TrivialEstimator<TypeConvertingTransformer>
{
    internal TypeConvertingEstimator(IHostEnvironment env, DataKind outputKind, params (string outputColumnName, string inputColumnName)[] columns)
        : base(env.Register(nameof(TypeConvertingEstimator)), new TypeConvertingTransformer(env, columns, outputKind)) { }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        var type = Transformer.Kind.ToDataViewType();
        return Shapes.With(inputSchema, Transformer.Columns.Select(pair =>
        {
            var source = Shapes.Find(Host, inputSchema, pair.inputColumnName);
            if (!Conversion.Exists(source.ItemType.RawType, type.RawType))
                throw Host.ExceptParam(nameof(inputSchema), $"Don't know how to convert {source.Name} into {type}");
            var annotations = Shapes.Kept(source, AnnotationUtils.Kinds.SlotNames, source.IsKey ? AnnotationUtils.Kinds.KeyValues : "", type is TextDataViewType ? "" : AnnotationUtils.Kinds.IsNormalized);
            return new SchemaShape.Column(pair.outputColumnName, source.Kind, type, false, new SchemaShape(annotations));
        }).ToArray());
    }
}

public sealed class TypeConvertingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "ConvertTransform";

    internal TypeConvertingTransformer(IHostEnvironment env, (string outputColumnName, string inputColumnName)[] columns, DataKind kind)
        : base(env.Register(nameof(TypeConvertingTransformer)), columns) => Kind = kind;

    private TypeConvertingTransformer(IHostEnvironment env, ModelLoadContext ctx) : base(env.Register(nameof(TypeConvertingTransformer)), ctx) =>
        Kind = (DataKind)ctx.Reader.ReadByte();

    internal (string outputColumnName, string inputColumnName)[] Columns => ColumnPairs;
    internal DataKind Kind { get; }

    private static VersionInfo Version() => new("CONVTSTD", 1, 1, 1, typeof(TypeConvertingTransformer).Assembly.FullName, LoaderSignature);

    internal static TypeConvertingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version());
        return new TypeConvertingTransformer(env, ctx);
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Version());
        SaveColumns(ctx);
        ctx.Writer.Write((byte)Kind);
    }

    private protected override MappedColumn MapColumn(DataViewSchema inputSchema, int col, int srcCol)
    {
        var source = inputSchema[srcCol];
        var (from, target) = (source.Type.GetItemType(), Kind.ToDataViewType());
        if (from is KeyDataViewType && !Conversion.Exists(from.RawType, target.RawType))
            throw Host.ExceptParam(nameof(inputSchema), $"Don't know how to convert {source.Name} into {target}");
        var convertible = from is KeyDataViewType ? KeyDataViewType.IsValidDataType(target.RawType) : Conversion.Exists(from.RawType, target.RawType);
        if (!convertible)
            throw Host.ExceptParam(nameof(inputSchema), $"source column '{source.Name}' with item type '{source.Type}' is not compatible with destination type '{target}'");
        PrimitiveDataViewType item = from is KeyDataViewType key ? new KeyDataViewType(target.RawType, key.Count) : target;
        DataViewType type = source.Type is VectorDataViewType vector ? new VectorDataViewType(item, vector.Dimensions) : item;

        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add(source.Annotations, kind => kind == AnnotationUtils.Kinds.SlotNames
            || kind == AnnotationUtils.Kinds.KeyValues && item is KeyDataViewType
            || kind == AnnotationUtils.Kinds.IsNormalized && from is NumberDataViewType && item is NumberDataViewType);
        if (from is BooleanDataViewType && item is NumberDataViewType)
            annotations.AddPrimitiveValue(AnnotationUtils.Kinds.IsNormalized, BooleanDataViewType.Instance, true);
        return new MappedColumn(new(ColumnPairs[col].outputColumnName, type, annotations.ToAnnotations()), [srcCol],
            row => (Delegate)Typed.Call(typeof(TypeConvertingTransformer), nameof(Getter), [from.RawType, item.RawType], row, srcCol));
    }

    private static Delegate Getter<TIn, TOut>(DataViewRow row, int source)
    {
        var convert = Conversion.Of<TIn, TOut>();
        var (zero, nothing) = (convert(default), default(TOut));
        return Typed.MapGetter<TIn, TOut>(row, row.Schema[source], (value, _) => convert(value), EqualityComparer<TOut>.Default.Equals(zero, nothing));
    }
}

/// The standard conversions between values.
internal static class Conversion
{
    private static bool IsSigned(Type type) => type == typeof(sbyte) || type == typeof(short) || type == typeof(int) || type == typeof(long);
    private static bool IsUnsigned(Type type) => type == typeof(byte) || type == typeof(ushort) || type == typeof(uint) || type == typeof(ulong);
    private static bool IsReal(Type type) => type == typeof(float) || type == typeof(double);
    private static bool IsText(Type type) => type == typeof(ReadOnlyMemory<char>);

    public static bool Exists(Type from, Type to) =>
        from == to || IsText(to)
        || IsText(from)
        || IsSigned(from) && (IsSigned(to) || IsReal(to) || to == typeof(bool))
        || IsUnsigned(from) && (IsUnsigned(to) || IsReal(to) || to == typeof(bool))
        || IsReal(from) && (IsReal(to) || to == typeof(bool))
        || from == typeof(bool) && (IsSigned(to) || IsReal(to));

    public static Func<TIn, TOut> Of<TIn, TOut>()
    {
        if (typeof(TIn) == typeof(TOut))
            return value => (TOut)(object)value;
        if (IsText(typeof(TOut)))
            return value => (TOut)(object)(value is IFormattable number ? number.ToString(null, CultureInfo.InvariantCulture) : value.ToString()).AsMemory();
        if (IsText(typeof(TIn)))
            return value => Parse<TOut>(((ReadOnlyMemory<char>)(object)value).Span);
        if (typeof(TOut) == typeof(bool))
            return value => (TOut)(object)!EqualityComparer<TIn>.Default.Equals(value, default);
        if (typeof(TOut) == typeof(double) || typeof(TOut) == typeof(float))
            return value => (TOut)(typeof(TOut) == typeof(float) ? (object)AsSingle(value) : AsDouble(value));
        return value => (TOut)Narrow<TOut>(AsLong(value));
    }

    private static double AsDouble<T>(T value) => value switch
    {
        bool flag => flag ? 1 : 0, float x => x, double x => x, sbyte x => x, short x => x, int x => x, long x => x, byte x => x, ushort x => x, uint x => x, ulong x => x, _ => double.NaN,
    };

    private static float AsSingle<T>(T value) => value switch { long x => x, ulong x => x, int x => x, uint x => x, _ => (float)AsDouble(value) };

    private static long AsLong<T>(T value) => value switch
    {
        bool flag => flag ? 1 : 0, sbyte x => x, short x => x, int x => x, long x => x, byte x => x, ushort x => x, uint x => x, ulong x => unchecked((long)x), _ => 0,
    };

    private static object Narrow<T>(long value) => unchecked(default(T) switch
    {
        sbyte => (sbyte)value, short => (short)value, int => (int)value, long => (object)value,
        byte => (byte)((ulong)value <= byte.MaxValue ? value : 0), ushort => (ushort)((ulong)value <= ushort.MaxValue ? value : 0),
        uint => (uint)((ulong)value <= uint.MaxValue ? value : 0), ulong => (ulong)value, _ => throw new InvalidOperationException(),
    });

    private static T Parse<T>(ReadOnlySpan<char> text)
    {
        var culture = CultureInfo.InvariantCulture;
        const NumberStyles Real = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (typeof(T) == typeof(bool))
            return (T)(object)(text.ToString().ToLowerInvariant() is "true" or "t" or "yes" or "y" or "1" or "+1");
        if (text.IsEmpty)
            return default;
        if (typeof(T) == typeof(float))
            return (T)(object)(char.IsAsciiLetter(text[^1]) || !float.TryParse(text, Real, culture, out var real) ? float.NaN : real);
        if (typeof(T) == typeof(double))
            return (T)(object)(char.IsAsciiLetter(text[^1]) || !double.TryParse(text, Real, culture, out var real) ? double.NaN : real);
        if (IsSigned(typeof(T)))
        {
            if (long.TryParse(text, NumberStyles.AllowLeadingSign, culture, out var number) && text[0] != '+' && Fits(number))
                return (T)Narrow<T>(number);
            throw Contracts.Except($"Could not parse value {text} in line as {typeof(T).Name}");
        }
        if (IsUnsigned(typeof(T)))
            return ulong.TryParse(text, NumberStyles.None, culture, out var number) && (unchecked((ulong)AsLong((T)Narrow<T>(unchecked((long)number)))) == number) ? (T)Narrow<T>(unchecked((long)number)) : default;
        if (typeof(T) == typeof(TimeSpan))
            return (T)(object)(TimeSpan.TryParse(text, culture, out var span) ? span : default);
        if (typeof(T) == typeof(DateTime))
            return (T)(object)(DateTime.TryParse(text, culture, DateTimeStyles.None, out var time) ? time : default);
        return (T)(object)(DateTimeOffset.TryParse(text, culture, DateTimeStyles.None, out var offset) ? offset : default);

        static bool Fits(long number) => AsLong((T)Narrow<T>(number)) == number;
    }
}
