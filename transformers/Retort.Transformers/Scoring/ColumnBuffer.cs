using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>Keeps a column's values of the rows of a block, while the source cursor runs ahead.</summary>
internal abstract class ColumnBuffer
{
    /// <summary>A buffer of the column's own type.</summary>
    /// <param name="row">The cursor that runs ahead.</param>
    /// <param name="column">The column to keep.</param>
    /// <param name="current">Gives the place, in the block, of the row that is served.</param>
    public static ColumnBuffer Of(DataViewRow row, DataViewSchema.Column column, Func<int> current)
    {
        var type = column.Type is VectorDataViewType vector
            ? typeof(Vectors<>).MakeGenericType(vector.ItemType.RawType)
            : typeof(Values<>).MakeGenericType(column.Type.RawType);
        return (ColumnBuffer)Activator.CreateInstance(type, row, column, current)!;
    }

    /// <summary>The row id is kept like a column.</summary>
    public static ColumnBuffer OfId(DataViewRow row, Func<int> current) => new Values<DataViewRowId>(row.GetIdGetter(), current);

    /// <summary>Serves the current row's value.</summary>
    public abstract Delegate Getter { get; }

    public abstract void Grow(int rows);

    /// <summary>Keeps the source's value at a place in the block.</summary>
    public abstract void Take(int place);

    private sealed class Values<T> : ColumnBuffer
    {
        private readonly ValueGetter<T> _source;
        private T[] _values = [];

        public Values(DataViewRow row, DataViewSchema.Column column, Func<int> current)
            : this(row.GetGetter<T>(column), current)
        {
        }

        public Values(ValueGetter<T> source, Func<int> current)
        {
            _source = source;
            Getter = (ValueGetter<T>)((ref T value) => value = _values[current()]);
        }

        public override Delegate Getter { get; }

        public override void Grow(int rows) => _values = new T[rows];

        public override void Take(int place)
        {
            T value = default!; // fresh: a reader may still hold the object that an earlier row gave
            _source(ref value);
            _values[place] = value;
        }
    }

    private sealed class Vectors<T> : ColumnBuffer
    {
        private readonly ValueGetter<VBuffer<T>> _source;
        private VBuffer<T>[] _values = [];

        public Vectors(DataViewRow row, DataViewSchema.Column column, Func<int> current)
        {
            _source = row.GetGetter<VBuffer<T>>(column);
            Getter = (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) => _values[current()].CopyTo(ref value));
        }

        public override Delegate Getter { get; }

        public override void Grow(int rows) => Array.Resize(ref _values, rows);

        public override void Take(int place) => _source(ref _values[place]);
    }
}
