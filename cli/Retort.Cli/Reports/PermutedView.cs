using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort.Cli.Reports;

/// <summary>Some rows of a table held in memory, of which one column can be dealt anew to the rows.</summary>
internal sealed class PermutedView : IDataView
{
    private readonly Array[] _columns;
    private readonly int _rows, _permuted;
    private readonly int[]? _order;

    private PermutedView(DataViewSchema schema, Array[] columns, int rows, int permuted = -1, int[]? order = null) =>
        (Schema, _columns, _rows, _permuted, _order) = (schema, columns, rows, permuted, order);

    public DataViewSchema Schema { get; }

    public bool CanShuffle => false;

    public int Rows => _rows;

    /// <summary>Reads rows of a view, with all their columns of single values.</summary>
    /// <param name="view">The view.</param>
    /// <param name="names">The columns to read.</param>
    /// <param name="isTaken">Which rows, by their number.</param>
    public static PermutedView Of(IDataView view, IEnumerable<string> names, Func<long, bool> isTaken)
    {
        DataViewSchema.Column[] columns = [.. names.Select(name => view.Schema[name])];
        var builder = new DataViewSchema.Builder();
        foreach (var column in columns)
            builder.AddColumn(column.Name, column.Type, column.Annotations);
        using var cursor = view.GetRowCursor(columns);
        var readers = columns.Select(column => Reader(cursor, column)).ToArray();
        var rows = 0;
        while (cursor.MoveNext())
        {
            if (!isTaken(cursor.Position))
                continue;
            rows++;
            foreach (var (add, _) in readers)
                add();
        }

        return new(builder.ToSchema(), [.. readers.Select(reader => reader.Finish())], rows);
    }

    /// <summary>The same rows, but each with another row's value in one column.</summary>
    /// <param name="column">The column.</param>
    /// <param name="order">For each row the row whose value it gets.</param>
    public PermutedView With(string column, int[] order) => new(Schema, _columns, _rows, Schema[column].Index, order);

    public long? GetRowCount() => _rows;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(this, [.. columnsNeeded.Select(column => column.Index)]);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded)];

    private static (Action Add, Func<Array> Finish) Reader(DataViewRow row, DataViewSchema.Column column) => column.Type.RawType switch
    {
        var type when type == typeof(float) => Of<float>(row, column, null),
        var type when type == typeof(double) => Of<double>(row, column, null),
        var type when type == typeof(bool) => Of<bool>(row, column, null),
        var type when type == typeof(int) => Of<int>(row, column, null),
        var type when type == typeof(long) => Of<long>(row, column, null),
        var type when type == typeof(short) => Of<short>(row, column, null),
        var type when type == typeof(sbyte) => Of<sbyte>(row, column, null),
        var type when type == typeof(uint) => Of<uint>(row, column, null),
        var type when type == typeof(ulong) => Of<ulong>(row, column, null),
        var type when type == typeof(ushort) => Of<ushort>(row, column, null),
        var type when type == typeof(byte) => Of<byte>(row, column, null),
        var type when type == typeof(DateTime) => Of<DateTime>(row, column, null),
        var type when type == typeof(ReadOnlyMemory<char>) => Of<ReadOnlyMemory<char>>(row, column, text => text.ToArray()), // the source may reuse its memory
        _ => throw new NotSupportedException($"Column '{column.Name}' must hold single values to be dealt anew, but holds {column.Type}."),
    };

    private static (Action, Func<Array>) Of<T>(DataViewRow row, DataViewSchema.Column column, Func<T, T>? copy)
    {
        var (getter, values, value) = (row.GetGetter<T>(column), new List<T>(), default(T)!);
        return (() =>
        {
            getter(ref value);
            values.Add(copy is null ? value : copy(value));
        }, values.ToArray);
    }

    private sealed class Cursor(PermutedView view, HashSet<int> active) : DataViewRowCursor
    {
        private long _position = -1;

        public override DataViewSchema Schema => view.Schema;

        public override long Position => _position;

        public override long Batch => 0;

        public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);

        public override bool MoveNext() => _position < view._rows && ++_position < view._rows;

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new((ulong)_position, 0);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            var values = (TValue[])view._columns[column.Index];
            var order = column.Index == view._permuted ? view._order : null;
            return (ref TValue value) => value = values[order is null ? _position : order[_position]];
        }
    }
}
