using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

public sealed partial class DataOperationsCatalog
{
    public struct TrainTestData
    {
        public readonly IDataView TrainSet;
        public readonly IDataView TestSet;

        internal TrainTestData(IDataView train, IDataView test) => (TrainSet, TestSet) = (train, test);
    }

    public IDataView LoadFromEnumerable<TRow>(IEnumerable<TRow> data, SchemaDefinition schemaDefinition = null) where TRow : class
    {
        Contracts.CheckValue(data, nameof(data));
        return new EnumerableView<TRow>(data, new InputColumns<TRow>(schemaDefinition));
    }

    public IDataView LoadFromEnumerable<TRow>(IEnumerable<TRow> data, DataViewSchema schema) where TRow : class
    {
        Contracts.CheckValue(data, nameof(data));
        Contracts.CheckValue(schema, nameof(schema));
        return LoadFromEnumerable(data, SchemaDefinition.Create(typeof(TRow), schema));
    }

    public IEnumerable<TRow> CreateEnumerable<TRow>(IDataView data, bool reuseRowObject, bool ignoreMissingColumns = false, SchemaDefinition schemaDefinition = null)
        where TRow : class, new()
    {
        Contracts.CheckValue(data, nameof(data));
        var reader = new RowReader<TRow>(data.Schema, ignoreMissingColumns, schemaDefinition);
        return Rows();

        IEnumerable<TRow> Rows()
        {
            using var cursor = data.GetRowCursor(reader.Columns);
            var fill = reader.Bind(cursor);
            var row = new TRow();
            while (cursor.MoveNext())
            {
                if (!reuseRowObject) row = new TRow();
                fill(row);
                yield return row;
            }
        }
    }

    public IDataView BootstrapSample(IDataView input, int? seed = null, bool complement = false) =>
        throw Contracts.ExceptNotSupp("BootstrapSample needs the package Microsoft.ML itself; this stand-in has none.");

    public IDataView Cache(IDataView input, params string[] columnsToPrefetch)
    {
        Contracts.CheckValue(input, nameof(input));
        var prefetch = (columnsToPrefetch ?? []).Select(name => Find(input.Schema, name, nameof(columnsToPrefetch), "prefetch").Index).ToArray();
        return new CacheView(input, prefetch);
    }

    public IDataView ShuffleRows(IDataView input, int? seed = null, int shufflePoolSize = 1000, bool shuffleSource = true)
    {
        Contracts.CheckValue(input, nameof(input));
        Contracts.CheckUserArg(shufflePoolSize > 0, nameof(shufflePoolSize), "Must be positive");
        return new ShuffleView(input, shufflePoolSize, shuffleSource, seed ?? NextSeed());
    }

    public IDataView TakeRows(IDataView input, long count)
    {
        Contracts.CheckValue(input, nameof(input));
        Contracts.CheckUserArg(count > 0, nameof(count), "Must be greater than zero.");
        return new SkipTakeView(input, 0, count);
    }

    public IDataView SkipRows(IDataView input, long count)
    {
        Contracts.CheckValue(input, nameof(input));
        Contracts.CheckUserArg(count > 0, nameof(count), "Must be greater than zero.");
        return new SkipTakeView(input, count, long.MaxValue);
    }

    public IDataView FilterRowsByMissingValues(IDataView input, params string[] columns)
    {
        Contracts.CheckValue(input, nameof(input));
        if (columns is not { Length: > 0 }) throw new ArgumentOutOfRangeException(nameof(columns));
        var tested = columns.Select(name => input.Schema.GetColumnOrNull(name) ?? throw Contracts.ExceptUserArg("Columns", $"Source column '{name}' not found")).ToArray();
        foreach (var column in tested)
            if (!MissingValues.CanBeMissing(column.Type)) throw Contracts.ExceptUserArg("Columns", $"Column '{column.Name}' has type {column.Type} which does not support missing values, so we cannot filter on them");
        return new FilterView(input, tested.Select(c => c.Index).ToArray(), cursor =>
        {
            var missing = tested.Select(column => MissingValues.Test(cursor, column)).ToArray();
            return () =>
            {
                foreach (var test in missing) if (test()) return false;
                return true;
            };
        });
    }

    public IDataView FilterRowsByColumn(IDataView input, string columnName, double lowerBound = double.NegativeInfinity, double upperBound = double.PositiveInfinity)
    {
        Contracts.CheckValue(input, nameof(input));
        Contracts.CheckNonEmpty(columnName, nameof(columnName));
        Contracts.CheckParam(lowerBound < upperBound, nameof(upperBound), "Must be less than lowerBound");
        var column = input.Schema[columnName];
        if (column.Type is not NumberDataViewType) throw Contracts.ExceptSchemaMismatch(nameof(columnName), "filter", columnName, "number", column.Type.ToString());
        Contracts.CheckUserArg(column.Type == NumberDataViewType.Single || column.Type == NumberDataViewType.Double, "Column", $"Column '{columnName}' does not have compatible type");
        return new FilterView(input, [column.Index], cursor =>
        {
            var value = Number(cursor, column);
            return () => value() is var v && lowerBound <= v && v < upperBound;
        });
    }

    public IDataView FilterRowsByKeyColumnFraction(IDataView input, string columnName, double lowerBound = 0, double upperBound = 1)
    {
        Contracts.CheckValue(input, nameof(input));
        Contracts.CheckNonEmpty(columnName, nameof(columnName));
        Contracts.CheckParam(0 <= lowerBound && lowerBound <= 1, nameof(lowerBound), "Must be in [0, 1]");
        Contracts.CheckParam(0 <= upperBound && upperBound <= 1, nameof(upperBound), "Must be in [0, 1]");
        Contracts.CheckParam(lowerBound <= upperBound, nameof(upperBound), "Must be no less than lowerBound");
        var column = input.Schema[columnName];
        if (column.Type is not KeyDataViewType key)
            throw Contracts.ExceptSchemaMismatch(nameof(columnName), "filter", columnName, "KeyType", column.Type.ToString());
        return new FilterView(input, [column.Index], cursor =>
        {
            var value = Number(cursor, column);
            return () => value() is var raw && raw > 0 && (raw - 0.5) / key.Count is var share && lowerBound <= share && share < upperBound;
        });
    }

    public TrainTestData TrainTestSplit(IDataView data, double testFraction = 0.1, string samplingKeyColumnName = null, int? seed = null)
    {
        Contracts.CheckValue(data, nameof(data));
        Contracts.CheckParam(0 < testFraction && testFraction < 1, nameof(testFraction), "Must be between 0 and 1 exclusive");
        if (samplingKeyColumnName != null) Find(data.Schema, samplingKeyColumnName, "samplingKeyColumn", "SamplingKeyColumn");
        var of = SplitSeed(_env, seed);
        return new TrainTestData(
            Shares.Filter(data, samplingKeyColumnName, of, 0, testFraction, complement: true),
            Shares.Filter(data, samplingKeyColumnName, of, 0, testFraction, complement: false));
    }

    public IReadOnlyList<TrainTestData> CrossValidationSplit(IDataView data, int numberOfFolds = 5, string samplingKeyColumnName = null, int? seed = null)
    {
        Contracts.CheckValue(data, nameof(data));
        Contracts.CheckParam(numberOfFolds > 1, nameof(numberOfFolds), "Must be more than 1");
        return Split(_env, data, numberOfFolds, samplingKeyColumnName, seed);
    }

    internal static TrainTestData[] Split(IHostEnvironment env, IDataView data, int folds, string key, int? seed)
    {
        if (key != null) Find(data.Schema, key, "samplingKeyColumn", "SamplingKeyColumn");
        return Folds(data, folds, key, SplitSeed(env, seed)).ToArray();
    }

    private static IEnumerable<TrainTestData> Folds(IDataView data, int folds, string key, ulong seed)
    {
        for (var fold = 0; fold < folds; fold++)
        {
            var (from, to) = ((double)fold / folds, fold == folds - 1 ? double.PositiveInfinity : (fold + 1.0) / folds);
            yield return new TrainTestData(Shares.Filter(data, key, seed, from, to, complement: true), Shares.Filter(data, key, seed, from, to, complement: false));
        }
    }

    private int NextSeed() => _env.Register("Rows").Rand.Next();

    /// <summary>Without a seed of its own a split takes the context's, and without that a constant: all calls split alike.</summary>
    private static ulong SplitSeed(IHostEnvironment env, int? seed) => (ulong)(uint)(seed ?? (env as IHostEnvironmentInternal)?.Seed ?? 0);

    private static DataViewSchema.Column Find(DataViewSchema schema, string name, string parameter = "schema", string role = "source") =>
        schema.GetColumnOrNull(name) ?? throw Contracts.ExceptSchemaMismatch(parameter, role, name);

    private static Func<double> Number(DataViewRow row, DataViewSchema.Column column)
    {
        var raw = column.Type.RawType;
        if (raw == typeof(double)) return Of<double>(v => v);
        if (raw == typeof(float)) return Of<float>(v => v);
        if (raw == typeof(byte)) return Of<byte>(v => v);
        if (raw == typeof(ushort)) return Of<ushort>(v => v);
        if (raw == typeof(uint)) return Of<uint>(v => v);
        return Of<ulong>(v => v);

        Func<double> Of<T>(Func<T, double> convert)
        {
            var (getter, value) = (row.GetGetter<T>(column), default(T));
            return () =>
            {
                getter(ref value);
                return convert(value);
            };
        }
    }
}
