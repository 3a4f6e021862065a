using System.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>A column of a table that synthetic rows are made from: its values, those of the pass under way, and those that were made.</summary>
internal abstract class MungedColumn
{
    /// <summary>More different values than these make a number continuous.</summary>
    protected const int FewValues = 20;

    private MungedColumn(DataViewSchema.Column column) => Column = column;

    public DataViewSchema.Column Column { get; }

    /// <summary>How many numbers of a row are compared.</summary>
    public virtual int Numbers => 0;

    /// <summary>How many other values of a row are compared.</summary>
    public virtual int Categories => 0;

    /// <summary>Keeps one row after the other.</summary>
    public abstract Action Reader(DataViewRow row);

    /// <summary>There are no more rows.</summary>
    public virtual void Conclude()
    {
    }

    /// <summary>Writes each row's <see cref="Numbers"/>, with deviation 1, into rows of a width, from a place on.</summary>
    public virtual void Compare(Span<float> numbers, int width, int at)
    {
    }

    /// <summary>Writes each row's <see cref="Categories"/> likewise.</summary>
    public virtual void Compare(Span<long> categories, int width, int at)
    {
    }

    /// <summary>A pass begins at the table.</summary>
    public abstract void Begin();

    /// <summary>Changes values of two rows of the pass.</summary>
    public abstract void Mix(long row, long other, Munge munge, Generator random);

    /// <summary>Keeps what the pass made of some rows.</summary>
    public abstract void Make(IReadOnlyList<int> rows);

    /// <summary>Gives the made row that a number names.</summary>
    public abstract Delegate Getter(Func<long> row);

    /// <summary>A column of any type.</summary>
    public static MungedColumn Of(DataViewSchema.Column column)
    {
        var isVector = column.Type is VectorDataViewType;
        var item = isVector ? ((VectorDataViewType)column.Type).ItemType : column.Type;
        var type = item is NumberDataViewType && (!isVector || ((VectorDataViewType)column.Type).IsKnownSize) ? typeof(NumberColumn<>) : isVector ? typeof(VectorColumn<>) : typeof(ValueColumn<>);
        return (MungedColumn)Activator.CreateInstance(type.MakeGenericType(item.RawType), column)!;
    }

    /// <summary>A label, which no made row has; null where its type knows no missing value.</summary>
    public static MungedColumn? Missing(DataViewSchema.Column column) =>
        column.Type is KeyDataViewType or TextDataViewType ? (MungedColumn)Activator.CreateInstance(typeof(MissingColumn<>).MakeGenericType(column.Type.RawType), column, null)!
        : column.Type.Equals(NumberDataViewType.Single) ? new MissingColumn<float>(column, float.NaN)
        : column.Type.Equals(NumberDataViewType.Double) ? new MissingColumn<double>(column, double.NaN)
        : null;

    /// <summary>Numbers, or vectors of them.</summary>
    private sealed class NumberColumn<T>(DataViewSchema.Column column) : MungedColumn(column) where T : unmanaged, INumber<T>
    {
        private readonly int _width = ValueRows.Size(column);
        private readonly List<T> _read = [], _made = [];
        private readonly bool _isWhole = T.CreateTruncating(0.5) == T.Zero;
        private T[] _table = [], _pass = [];
        private (bool IsContinuous, T Least, T Most, double Mean, double Deviation)[] _slots = [];

        public override int Numbers => _width;

        public override Action Reader(DataViewRow row)
        {
            if (Column.Type is not VectorDataViewType)
            {
                var (get, value) = (row.GetGetter<T>(Column), default(T));
                return () =>
                {
                    get(ref value);
                    _read.Add(value);
                };
            }

            var (getVector, values) = (row.GetGetter<VBuffer<T>>(Column), default(VBuffer<T>));
            return () =>
            {
                getVector(ref values);
                _read.AddRange(values.DenseValues());
            };
        }

        public override void Conclude()
        {
            _table = [.. _read];
            _read.Clear();
            _slots = [.. Enumerable.Range(0, _width).Select(Slot)];
        }

        private (bool, T, T, double, double) Slot(int slot)
        {
            var distinct = new HashSet<T>();
            var (least, most, count, sum) = (T.Zero, T.Zero, 0L, 0.0);
            foreach (var value in Slots(slot))
            {
                if (distinct.Count <= FewValues)
                    distinct.Add(value);
                (least, most) = count == 0 ? (value, value) : (T.Min(least, value), T.Max(most, value));
                (count, sum) = (count + 1, sum + double.CreateSaturating(value));
            }

            var mean = count == 0 ? 0 : sum / count;
            var squares = Slots(slot).Sum(value => Math.Pow(double.CreateSaturating(value) - mean, 2));
            return (distinct.Count > FewValues, least, most, mean, count == 0 ? 0 : Math.Sqrt(squares / count));
        }

        private IEnumerable<T> Slots(int slot)
        {
            for (var i = slot; i < _table.Length; i += _width)
                if (T.IsFinite(_table[i]))
                    yield return _table[i];
        }

        public override void Compare(Span<float> numbers, int width, int at)
        {
            for (var i = 0; i < _table.Length; i++)
            {
                var (_, _, _, mean, deviation) = _slots[i % _width];
                var value = double.CreateSaturating(_table[i]);
                numbers[i / _width * width + at + i % _width] = deviation > 0 && double.IsFinite(value) ? (float)((value - mean) / deviation) : 0;
            }
        }

        public override void Begin() => _pass = (T[])_table.Clone();

        public override void Mix(long row, long other, Munge munge, Generator random)
        {
            for (var slot = 0; slot < _width; slot++)
            {
                if (random.Uniform() >= munge.SwapProbability)
                    continue;
                ref var own = ref _pass[row * _width + slot];
                ref var others = ref _pass[other * _width + slot];
                if (own == others || !_slots[slot].IsContinuous)
                {
                    (own, others) = (others, own);
                    continue;
                }

                var (first, second) = munge.Draw(double.CreateSaturating(own), double.CreateSaturating(others), random);
                (own, others) = (Number(first, slot), Number(second, slot));
            }
        }

        // whole numbers stay whole, and among those that were seen: a count below 0 would be none
        private T Number(double value, int slot) => _isWhole
            ? T.Clamp(T.CreateSaturating(Math.Round(value)), _slots[slot].Least, _slots[slot].Most)
            : T.CreateSaturating(value);

        public override void Make(IReadOnlyList<int> rows)
        {
            foreach (var row in rows)
                _made.AddRange(_pass.AsSpan(row * _width, _width));
        }

        public override Delegate Getter(Func<long> row) => Column.Type is not VectorDataViewType
            ? (ValueGetter<T>)((ref T value) => value = _made[(int)row()])
            : (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) =>
            {
                var editor = VBufferEditor.Create(ref value, _width);
                System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_made).Slice((int)row() * _width, _width).CopyTo(editor.Values);
                value = editor.Commit();
            });
    }

    /// <summary>Values that can only be swapped.</summary>
    private sealed class ValueColumn<T>(DataViewSchema.Column column) : MungedColumn(column) where T : notnull
    {
        private readonly List<T> _table = [], _made = [];
        private T[] _pass = [];

        public override int Categories => 1;

        public override Action Reader(DataViewRow row)
        {
            var get = row.GetGetter<T>(Column);
            return () =>
            {
                T value = default!;
                get(ref value);
                _table.Add(value is ReadOnlyMemory<char> text ? (T)(object)text.ToString().AsMemory() : value); // the memory of a text is its reader's
            };
        }

        public override void Compare(Span<long> categories, int width, int at)
        {
            var numbers = new Dictionary<object, long>();
            for (var row = 0; row < _table.Count; row++)
            {
                object value = _table[row] is ReadOnlyMemory<char> text ? text.ToString() : _table[row];
                if (!numbers.TryGetValue(value, out var number))
                    numbers.Add(value, number = numbers.Count);
                categories[row * width + at] = number;
            }
        }

        public override void Begin() => _pass = [.. _table];

        public override void Mix(long row, long other, Munge munge, Generator random)
        {
            if (random.Uniform() < munge.SwapProbability)
                (_pass[row], _pass[other]) = (_pass[other], _pass[row]);
        }

        public override void Make(IReadOnlyList<int> rows) => _made.AddRange(rows.Select(row => _pass[row]));

        public override Delegate Getter(Func<long> row) => (ValueGetter<T>)((ref T value) => value = _made[(int)row()]);
    }

    /// <summary>Vectors that can only be swapped as a whole, and are not compared.</summary>
    private sealed class VectorColumn<T>(DataViewSchema.Column column) : MungedColumn(column)
    {
        private readonly List<VBuffer<T>> _table = [], _made = [];
        private VBuffer<T>[] _pass = [];

        public override Action Reader(DataViewRow row)
        {
            var get = row.GetGetter<VBuffer<T>>(Column);
            return () =>
            {
                VBuffer<T> value = default;
                get(ref value);
                if (value is VBuffer<ReadOnlyMemory<char>> texts)
                    value = (VBuffer<T>)(object)new VBuffer<ReadOnlyMemory<char>>(texts.Length, [.. texts.DenseValues().Select(text => text.ToString().AsMemory())]);
                _table.Add(value);
            };
        }

        public override void Begin() => _pass = [.. _table];

        public override void Mix(long row, long other, Munge munge, Generator random)
        {
            if (random.Uniform() < munge.SwapProbability)
                (_pass[row], _pass[other]) = (_pass[other], _pass[row]);
        }

        public override void Make(IReadOnlyList<int> rows) => _made.AddRange(rows.Select(row => _pass[row]));

        public override Delegate Getter(Func<long> row) => (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) => _made[(int)row()].CopyTo(ref value));
    }

    /// <summary>The same value, that of none, in every row.</summary>
    private sealed class MissingColumn<T>(DataViewSchema.Column column, T? missing) : MungedColumn(column)
    {
        public override Action Reader(DataViewRow row) => () => { };

        public override void Begin()
        {
        }

        public override void Mix(long row, long other, Munge munge, Generator random)
        {
        }

        public override void Make(IReadOnlyList<int> rows)
        {
        }

        public override Delegate Getter(Func<long> row) => (ValueGetter<T?>)((ref T? value) => value = missing);
    }
}
