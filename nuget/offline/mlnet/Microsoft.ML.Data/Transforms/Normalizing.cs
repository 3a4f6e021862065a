using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

[assembly: LoadableClass(typeof(NormalizingTransformer), typeof(NormalizingTransformer), null, typeof(SignatureLoadModel), "Normalizer", NormalizingTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms;

/// How a normaliser learns its numbers.
internal enum NormalizationMode : byte
{
    MinMax,
    MeanVariance,
    RobustScaling,
}

internal sealed record NormalizationOptions(NormalizationMode Mode, long MaximumExamples, bool FixZero = true, bool UseCdf = false, bool Center = true, uint QuantileMin = 25, uint QuantileMax = 75);

public sealed class NormalizingEstimator : IEstimator<NormalizingTransformer>
{
    private readonly IHost _host;
    private readonly NormalizationOptions _options;
    private readonly (string outputColumnName, string inputColumnName)[] _columns;

    internal NormalizingEstimator(IHostEnvironment env, NormalizationOptions options, params (string outputColumnName, string inputColumnName)[] columns)
    {
        _host = env.Register(nameof(NormalizingEstimator));
        _host.CheckValue(columns, nameof(columns));
        _host.CheckUserArg(options.MaximumExamples > 1, "MaximumExampleCount", "Must be greater than 1");
        if (options.Mode == NormalizationMode.RobustScaling)
            _host.CheckUserArg(options.QuantileMin < options.QuantileMax && options.QuantileMax <= 100, "QuantileMin", "The quantiles must lie between 0 and 100, and the first must be the smaller one");
        (_options, _columns) = (options, columns);
    }

    public NormalizingTransformer Fit(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        var sources = _columns.Select(pair => input.Schema.GetColumnOrNull(pair.inputColumnName) ?? throw _host.ExceptSchemaMismatch("data", "input", pair.inputColumnName)).ToArray();
        foreach (var source in sources)
            if (source.Type.GetItemType() is not NumberDataViewType number || number.RawType != typeof(float) && number.RawType != typeof(double) || source.Type is VectorDataViewType { IsKnownSize: false })
                throw _host.ExceptParam("srcType", $"Wrong column type for input column. Expected: Single, Double, Vector of Single or Vector of Double. Got: {source.Type}.");

        using var cursor = input.GetRowCursor(sources);
        var statistics = sources.Select(source => new SlotStatistics(source.Type.GetValueCount(), _options.Mode == NormalizationMode.RobustScaling)).ToArray();
        var readers = sources.Select((source, i) => (Action)Typed.Call(typeof(NormalizingEstimator), nameof(Reader), [source.Type.GetItemType().RawType], cursor, source, statistics[i])).ToArray();
        for (long row = 0; row < _options.MaximumExamples && cursor.MoveNext(); row++)
            foreach (var read in readers)
                read();
        return new NormalizingTransformer(_host, _columns, sources.Select((source, i) => ColumnNormalizer.Learn(source.Type, statistics[i], _options)).ToArray());
    }

    private static Action Reader<T>(DataViewRow row, DataViewSchema.Column source, SlotStatistics statistics)
    {
        var getter = Typed.VectorGetter<T>(row, source);
        VBuffer<T> buffer = default;
        return () =>
        {
            getter(ref buffer);
            var values = buffer.GetValues();
            for (var i = 0; i < values.Length; i++)
                statistics.Add(buffer.IsDense ? i : buffer.GetIndices()[i], values[i] is float single ? single : (double)(object)values[i]);
            statistics.Rows++;
        };
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        _host.CheckValue(inputSchema, nameof(inputSchema));
        return Shapes.With(inputSchema, _columns.Select(pair =>
        {
            var source = Shapes.Find(_host, inputSchema, pair.inputColumnName);
            if (source.Kind == SchemaShape.Column.VectorKind.VariableVector)
                throw Shapes.Mismatch(_host, "input", source, "known-size vector or scalar");
            if (source.IsKey || !source.ItemType.Equals(NumberDataViewType.Single) && !source.ItemType.Equals(NumberDataViewType.Double))
                throw Shapes.Mismatch(_host, "input", source, "vector or scalar of Single or Double");
            var annotations = Shapes.Kept(source, AnnotationUtils.Kinds.SlotNames).Append(Shapes.Normalized);
            return new SchemaShape.Column(pair.outputColumnName, source.Kind, source.ItemType, false, new SchemaShape(annotations));
        }).ToArray());
    }
}

/// What is counted of each slot; zeros that a sparse vector leaves out are counted at the end.
internal sealed class SlotStatistics(int slots, bool keepValues)
{
    private readonly long[] _seen = new long[slots];
    private readonly long[] _finite = new long[slots];
    private readonly double[] _mean = new double[slots];
    private readonly double[] _squares = new double[slots];
    private readonly double[] _min = Enumerable.Repeat(double.PositiveInfinity, slots).ToArray();
    private readonly double[] _max = Enumerable.Repeat(double.NegativeInfinity, slots).ToArray();
    private readonly List<double>[] _values = keepValues ? Enumerable.Range(0, slots).Select(_ => new List<double>()).ToArray() : null;

    public long Rows;

    public void Add(int slot, double value)
    {
        _seen[slot]++;
        _values?[slot].Add(value);
        if (double.IsNaN(value))
            return;
        _min[slot] = Math.Min(_min[slot], value);
        _max[slot] = Math.Max(_max[slot], value);
        if (!double.IsFinite(value))
            return;
        var difference = value - _mean[slot];
        _mean[slot] += difference / ++_finite[slot];
        _squares[slot] += difference * (value - _mean[slot]);
    }

    private long Zeros(int slot) => Rows - _seen[slot];

    public (double Min, double Max) Range(int slot) =>
        Zeros(slot) == 0 ? (_min[slot], _max[slot]) : (Math.Min(_min[slot], 0), Math.Max(_max[slot], 0));

    /// Mean and population variance of the finite values.
    public (double Mean, double Variance) Moments(int slot)
    {
        double seen = _finite[slot], zeros = Zeros(slot), count = seen + zeros;
        if (count == 0)
            return (0, 0);
        var squares = _squares[slot] + _mean[slot] * _mean[slot] * seen * zeros / count;
        return (_mean[slot] * seen / count, squares / count);
    }

    public double Median(int slot)
    {
        var values = _values[slot];
        values.AddRange(Enumerable.Repeat(0.0, (int)Zeros(slot)));
        if (values.Count == 0)
            return double.NaN;
        values.Sort();
        var middle = values.Count / 2;
        return values.Count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}

public sealed class NormalizingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "Normalizer";
    private readonly ColumnNormalizer[] _normalizers;

    internal NormalizingTransformer(IHostEnvironment env, (string outputColumnName, string inputColumnName)[] columns, ColumnNormalizer[] normalizers)
        : base(env.Register(nameof(NormalizingTransformer)), columns) => _normalizers = normalizers;

    private NormalizingTransformer(IHostEnvironment env, ModelLoadContext ctx) : base(env.Register(nameof(NormalizingTransformer)), ctx) =>
        _normalizers = ColumnPairs.Select(_ => ColumnNormalizer.Load(ctx.Reader)).ToArray();

    private static VersionInfo Version() => new("NORMLSTD", 1, 1, 1, typeof(NormalizingTransformer).Assembly.FullName, LoaderSignature);

    internal static NormalizingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version());
        return new NormalizingTransformer(env, ctx);
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Version());
        SaveColumns(ctx);
        foreach (var normalizer in _normalizers)
            normalizer.Save(ctx.Writer);
    }

    private protected override void CheckInputColumn(DataViewSchema inputSchema, int col, int srcCol)
    {
        var type = _normalizers[col].Type;
        if (!inputSchema[srcCol].Type.Equals(type))
            throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", inputSchema[srcCol].Name, type.ToString(), inputSchema[srcCol].Type.ToString());
    }

    private protected override MappedColumn MapColumn(DataViewSchema inputSchema, int col, int srcCol)
    {
        var (source, normalizer) = (inputSchema[srcCol], _normalizers[col]);
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.AddPrimitiveValue(AnnotationUtils.Kinds.IsNormalized, BooleanDataViewType.Instance, true);
        if (Typed.SlotNames(source) != null)
            annotations.Add(source.Annotations, kind => kind == AnnotationUtils.Kinds.SlotNames);
        return new MappedColumn(new(ColumnPairs[col].outputColumnName, source.Type, annotations.ToAnnotations()), [srcCol], row => normalizer.Getter(row, row.Schema[srcCol]));
    }

    public NormalizerModelParametersBase GetNormalizerModelParameters(int index) => _normalizers[index].Parameters();

    public abstract class NormalizerModelParametersBase
    {
        private protected NormalizerModelParametersBase() { }
    }

    public sealed class AffineNormalizerModelParameters<TData> : NormalizerModelParametersBase
    {
        internal AffineNormalizerModelParameters(TData scale, TData offset) => (Scale, Offset) = (scale, offset);
        public TData Scale { get; }
        public TData Offset { get; }
    }

    public sealed class CdfNormalizerModelParameters<TData> : NormalizerModelParametersBase
    {
        internal CdfNormalizerModelParameters(TData mean, TData standardDeviation, bool useLog) => (Mean, StandardDeviation, UseLog) = (mean, standardDeviation, useLog);
        public TData Mean { get; }
        public TData StandardDeviation { get; }
        public bool UseLog { get; }
    }
}

/// The fitted normaliser of one column: (x - offset) * scale in each slot, or the normal distribution function of (x - mean) / deviation.
internal sealed class ColumnNormalizer
{
    private readonly bool _cdf;
    private readonly bool _shifts;
    private readonly double[] _offset;
    private readonly double[] _scale;

    private ColumnNormalizer(DataViewType type, bool cdf, double[] offset, double[] scale)
    {
        (Type, _cdf, _offset, _scale) = (type, cdf, offset, scale);
        _shifts = cdf || offset.Any(value => value != 0);
    }

    public DataViewType Type { get; }

    public static ColumnNormalizer Learn(DataViewType type, SlotStatistics statistics, NormalizationOptions options)
    {
        var offset = new double[type.GetValueCount()];
        var scale = new double[offset.Length];
        var cdf = options is { Mode: NormalizationMode.MeanVariance, UseCdf: true };
        for (var slot = 0; slot < offset.Length; slot++)
        {
            var (min, max) = statistics.Range(slot);
            var (mean, variance) = statistics.Moments(slot);
            (offset[slot], scale[slot]) = options.Mode switch
            {
                NormalizationMode.RobustScaling => (options.Center ? statistics.Median(slot) : 0, 1 / ((max - min) * (options.QuantileMax - options.QuantileMin) / 100)),
                NormalizationMode.MinMax when !(max > min) => (0, 0),
                NormalizationMode.MinMax => options.FixZero ? (0, 1 / Math.Max(Math.Abs(min), Math.Abs(max))) : (min, 1 / (max - min)),
                _ when cdf => (mean, Math.Sqrt(variance)),
                _ when !(variance > 0) => (0, 0),
                _ => options.FixZero ? (0, 1 / Math.Sqrt(variance + mean * mean)) : (mean, 1 / Math.Sqrt(variance)),
            };
        }
        return new ColumnNormalizer(type, cdf, offset, scale);
    }

    public static ColumnNormalizer Load(BinaryReader reader)
    {
        var (isVector, isSingle, cdf) = (reader.ReadBoolean(), reader.ReadBoolean(), reader.ReadBoolean());
        var dimensions = Typed.Read<int>(reader);
        double[] offset = Typed.Read<double>(reader), scale = Typed.Read<double>(reader);
        PrimitiveDataViewType item = isSingle ? NumberDataViewType.Single : NumberDataViewType.Double;
        return new ColumnNormalizer(isVector ? new VectorDataViewType(item, dimensions) : item, cdf, offset, scale);
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write(Type is VectorDataViewType);
        writer.Write(Type.GetItemType().RawType == typeof(float));
        writer.Write(_cdf);
        Typed.Write(writer, Type is VectorDataViewType vector ? vector.Dimensions.ToArray() : []);
        Typed.Write(writer, _offset);
        Typed.Write(writer, _scale);
    }

    public Delegate Getter(DataViewRow row, DataViewSchema.Column column)
    {
        if (Type.GetItemType().RawType == typeof(double))
            return Typed.MapGetter<double, double>(row, column, _cdf ? Cdf : (value, slot) => (value - _offset[slot]) * _scale[slot], !_shifts);
        if (_cdf)
            return Typed.MapGetter<float, float>(row, column, (value, slot) => (float)Cdf(value, slot), false);
        float[] offset = Array.ConvertAll(_offset, x => (float)x), scale = Array.ConvertAll(_scale, x => (float)x);
        if (!_shifts)
            return Typed.MapGetter<float, float>(row, column, (value, slot) => value * scale[slot], true);
        return Typed.MapGetter<float, float>(row, column, (value, slot) => (value - offset[slot]) * scale[slot], false);
    }

    private double Cdf(double value, int slot)
    {
        var deviation = _scale[slot];
        return !(deviation > 0) || double.IsNaN(value) ? 0 : (1 + Erf((value - _offset[slot]) / (deviation * Math.Sqrt(2)))) / 2;
    }

    /// The error function: its power series near zero, the continued fraction of its complement elsewhere.
    private static double Erf(double x)
    {
        if (Math.Abs(x) > 6)
            return Math.Sign(x);
        if (Math.Abs(x) < 2.5)
        {
            double term = x, sum = x;
            for (var k = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum); k++)
            {
                term *= -x * x / k;
                sum += term / (2 * k + 1);
            }
            return 2 / Math.Sqrt(Math.PI) * sum;
        }
        var fraction = Math.Abs(x);
        for (var k = 60; k > 0; k--)
            fraction = Math.Abs(x) + k / 2.0 / fraction;
        return Math.Sign(x) * (1 - Math.Exp(-x * x) / (fraction * Math.Sqrt(Math.PI)));
    }

    public NormalizingTransformer.NormalizerModelParametersBase Parameters()
    {
        var single = Type.GetItemType().RawType == typeof(float);
        if (Type is VectorDataViewType)
            return single ? Parameters(_scale.Select(x => (float)x).ToImmutableArray(), _offset.Select(x => (float)x).ToImmutableArray()) : Parameters(_scale.ToImmutableArray(), _offset.ToImmutableArray());
        return single ? Parameters((float)_scale[0], (float)_offset[0]) : Parameters(_scale[0], _offset[0]);
    }

    private NormalizingTransformer.NormalizerModelParametersBase Parameters<T>(T scale, T offset) =>
        _cdf ? new NormalizingTransformer.CdfNormalizerModelParameters<T>(offset, scale, false) : new NormalizingTransformer.AffineNormalizerModelParameters<T>(scale, offset);

    private NormalizingTransformer.NormalizerModelParametersBase Parameters<T>(ImmutableArray<T> scale, ImmutableArray<T> offset) =>
        _cdf ? new NormalizingTransformer.CdfNormalizerModelParameters<ImmutableArray<T>>(offset, scale, false)
        : new NormalizingTransformer.AffineNormalizerModelParameters<ImmutableArray<T>>(scale, _shifts ? offset : ImmutableArray<T>.Empty);
}
