using System.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>A column of a table whose rows are mixed: its values in memory, and those of mixed rows.</summary>
internal abstract class MixedColumn
{
    private MixedColumn(DataViewSchema.Column column, ColumnRole role, int place) => (Column, Role, Place) = (column, role, place);

    public DataViewSchema.Column Column { get; }

    /// <summary>Whether its values are in memory.</summary>
    public bool IsRead { get; set; }

    /// <summary>How many bytes they take.</summary>
    public long Bytes { get; private set; }

    /// <summary>How many numbers of a row are mixed.</summary>
    public virtual int Numbers => 0;

    protected ColumnRole Role { get; }

    protected int Place { get; }

    /// <summary>Keeps one row after the other.</summary>
    public abstract Action Reader(DataViewRow row);

    /// <summary>Forgets what was kept.</summary>
    public abstract void Clear();

    /// <summary>Gets the value of a made row.</summary>
    public abstract Delegate Getter(MadeRow made);

    /// <summary>Whether a column's values are numbers that can be mixed: Single and Double, and vectors of them of known size.</summary>
    public static bool IsNumbers(DataViewType type) => type is VectorDataViewType vector ? vector.IsKnownSize && IsNumbers(vector.ItemType) : type.Equals(NumberDataViewType.Single) || type.Equals(NumberDataViewType.Double);

    /// <summary>A column of any type.</summary>
    /// <param name="column">The column.</param>
    /// <param name="role">What becomes of it.</param>
    /// <param name="place">Where its numbers begin among the mixed ones; or which of the columns of other values it is.</param>
    public static MixedColumn Of(DataViewSchema.Column column, ColumnRole role, int place)
    {
        var vector = column.Type as VectorDataViewType;
        var type = IsNumbers(column.Type) ? vector is null ? typeof(NumberColumn<>) : typeof(NumbersColumn<>) : vector is null ? typeof(ValueColumn<>) : typeof(VectorColumn<>);
        return (MixedColumn)Activator.CreateInstance(type.MakeGenericType((vector?.ItemType ?? column.Type).RawType), column, role, place)!;
    }

    // a number that either row lacks cannot be mixed, and an infinite one would swallow the other
    private static T Mix<T>(T own, T other, float share) where T : unmanaged, IFloatingPoint<T> => share == 1 || !T.IsFinite(own) || !T.IsFinite(other)
        ? own
        : T.CreateChecked(share) * own + T.CreateChecked(1 - share) * other;

    private static ReadOnlyMemory<char> Copy(ReadOnlyMemory<char> text) => text.ToString().AsMemory(); // the memory of a text is its reader's

    private sealed class NumberColumn<T>(DataViewSchema.Column column, ColumnRole role, int place) : MixedColumn(column, role, place) where T : unmanaged, IFloatingPoint<T>
    {
        private readonly List<T> _values = [];

        public override int Numbers => 1;

        public override Action Reader(DataViewRow row)
        {
            var (get, value) = (row.GetGetter<T>(Column), default(T));
            return () =>
            {
                get(ref value);
                _values.Add(value);
                Bytes += 8;
            };
        }

        public override void Clear() => _values.Clear();

        public override Delegate Getter(MadeRow made) => (ValueGetter<T>)((ref T value) => value = Mix(_values[made.Row], _values[made.Partner], made.Share(Role, Place)));
    }

    private sealed class NumbersColumn<T>(DataViewSchema.Column column, ColumnRole role, int place) : MixedColumn(column, role, place) where T : unmanaged, IFloatingPoint<T>
    {
        private readonly List<VBuffer<T>> _values = [];

        public override int Numbers => ValueRows.Size(Column);

        public override Action Reader(DataViewRow row)
        {
            var get = row.GetGetter<VBuffer<T>>(Column);
            return () =>
            {
                VBuffer<T> value = default;
                get(ref value);
                _values.Add(value);
                Bytes += 64 + value.GetValues().Length * (value.IsDense ? 8 : 12);
            };
        }

        public override void Clear() => _values.Clear();

        public override Delegate Getter(MadeRow made) => (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) =>
        {
            var (own, other) = (_values[made.Row], _values[made.Partner]);
            if (made.Mix is null || Role == ColumnRole.Kept || made.Row == made.Partner)
                own.CopyTo(ref value);
            else if (own.IsDense || other.IsDense)
                MixDense(own, other, made, ref value);
            else
                MixSparse(own, other, made, ref value);
        });

        private void MixDense(VBuffer<T> own, VBuffer<T> other, MadeRow made, ref VBuffer<T> value)
        {
            var editor = VBufferEditor.Create(ref value, own.Length);
            var slot = 0;
            foreach (var number in own.DenseValues())
                editor.Values[slot++] = number;
            slot = 0;
            foreach (var number in other.DenseValues())
            {
                editor.Values[slot] = Mix(editor.Values[slot], number, made.Share(Role, Place + slot));
                slot++;
            }

            value = editor.Commit();
        }

        // the slots of either: the others are 0 in both
        private void MixSparse(VBuffer<T> own, VBuffer<T> other, MadeRow made, ref VBuffer<T> value)
        {
            ReadOnlySpan<int> ownSlots = own.GetIndices(), otherSlots = other.GetIndices();
            ReadOnlySpan<T> ownValues = own.GetValues(), otherValues = other.GetValues();
            var (indices, values) = (new List<int>(), new List<T>());
            for (int i = 0, j = 0; i < ownSlots.Length || j < otherSlots.Length;)
            {
                var slot = Math.Min(i < ownSlots.Length ? ownSlots[i] : int.MaxValue, j < otherSlots.Length ? otherSlots[j] : int.MaxValue);
                indices.Add(slot);
                values.Add(Mix(
                    i < ownSlots.Length && ownSlots[i] == slot ? ownValues[i++] : T.Zero,
                    j < otherSlots.Length && otherSlots[j] == slot ? otherValues[j++] : T.Zero,
                    made.Share(Role, Place + slot)));
            }

            var editor = VBufferEditor.Create(ref value, own.Length, indices.Count);
            for (var i = 0; i < indices.Count; i++)
                (editor.Indices[i], editor.Values[i]) = (indices[i], values[i]);
            value = editor.Commit();
        }
    }

    private sealed class ValueColumn<T>(DataViewSchema.Column column, ColumnRole role, int place) : MixedColumn(column, role, place)
    {
        private readonly List<T> _values = [];

        public override Action Reader(DataViewRow row)
        {
            var get = row.GetGetter<T>(Column);
            return () =>
            {
                T value = default!;
                get(ref value);
                if (value is ReadOnlyMemory<char> text)
                    (value, Bytes) = ((T)(object)Copy(text), Bytes + 40 + 2 * text.Length);
                _values.Add(value);
                Bytes += 16;
            };
        }

        public override void Clear() => _values.Clear();

        public override Delegate Getter(MadeRow made) => (ValueGetter<T>)((ref T value) => value = _values[made.Source(Role, Place)]);
    }

    private sealed class VectorColumn<T>(DataViewSchema.Column column, ColumnRole role, int place) : MixedColumn(column, role, place)
    {
        private readonly List<VBuffer<T>> _values = [];

        public override Action Reader(DataViewRow row)
        {
            var get = row.GetGetter<VBuffer<T>>(Column);
            return () =>
            {
                VBuffer<T> value = default;
                get(ref value);
                if (value is VBuffer<ReadOnlyMemory<char>> texts)
                {
                    ReadOnlyMemory<char>[] copies = [.. texts.DenseValues().Select(Copy)];
                    (value, Bytes) = ((VBuffer<T>)(object)new VBuffer<ReadOnlyMemory<char>>(texts.Length, copies), Bytes + copies.Sum(text => 40L + 2 * text.Length));
                }

                _values.Add(value);
                Bytes += 64 + 12L * value.GetValues().Length;
            };
        }

        public override void Clear() => _values.Clear();

        public override Delegate Getter(MadeRow made) => (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) => _values[made.Source(Role, Place)].CopyTo(ref value));
    }
}
