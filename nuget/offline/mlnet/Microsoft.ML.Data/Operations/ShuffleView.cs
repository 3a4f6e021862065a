namespace Microsoft.ML.Data;

/// <summary>Rows in random order: the source's own where it can, then through a pool that gives out one of its rows at random and takes the next in.</summary>
internal sealed class ShuffleView(IDataView input, int poolSize, bool shuffleSource, int seed) : SourceView(input.Schema)
{
    public override bool CanShuffle => true;

    public override long? GetRowCount() => input.GetRowCount();

    protected override DataViewRowCursor Cursor(bool[] active, Random rand)
    {
        rand ??= new Random(seed);
        var source = input.GetRowCursor(Columns(Schema, active), shuffleSource && input.CanShuffle ? new Random(rand.Next()) : null);
        return poolSize <= 1 ? source : new PoolCursor(source, active, poolSize, rand);
    }

    private sealed class PoolCursor : SourceCursor
    {
        private readonly DataViewRowCursor _input;
        private readonly Random _rand;
        private readonly Slots[] _columns;
        private readonly DataViewRowId[] _ids;
        private readonly ValueGetter<DataViewRowId> _id;
        private int _filled, _current = -1;

        public PoolCursor(DataViewRowCursor input, bool[] active, int poolSize, Random rand) : base(input.Schema, active)
        {
            (_input, _rand, _id, _ids) = (input, rand, input.GetIdGetter(), new DataViewRowId[poolSize]);
            _columns = new Slots[active.Length];
            foreach (var column in Columns(input.Schema, active))
                _columns[column.Index] = Rows.Call<Slots>(null, typeof(PoolCursor), nameof(MakeSlots), column.Type.RawType, input, column, poolSize);
        }

        protected override bool Advance()
        {
            if (_current < 0)
                while (_filled < _ids.Length && Take(_filled)) _filled++;
            else if (!Take(_current)) // the source is at its end: the last one fills the gap
            {
                _filled--;
                foreach (var column in _columns) column?.Move(_filled, _current);
                _ids[_current] = _ids[_filled];
            }
            if (_filled == 0) return false;
            _current = _rand.Next(_filled);
            return true;
        }

        protected override DataViewRowId Id() => _ids[_current];

        protected override Delegate MakeGetter(int column) => _columns[column].Getter(this);

        protected override void Dispose(bool disposing)
        {
            if (disposing) _input.Dispose();
            base.Dispose(disposing);
        }

        private bool Take(int slot)
        {
            if (!_input.MoveNext()) return false;
            foreach (var column in _columns) column?.Take(slot);
            _id(ref _ids[slot]);
            return true;
        }

        private static Slots MakeSlots<T>(DataViewRow input, DataViewSchema.Column column, int size) => new Slots<T>(input.GetGetter<T>(column), size);

        private abstract class Slots
        {
            public abstract void Take(int slot);
            public abstract void Move(int from, int to);
            public abstract Delegate Getter(PoolCursor cursor);
        }

        private sealed class Slots<T>(ValueGetter<T> source, int size) : Slots
        {
            private readonly T[] _values = new T[size];

            public override void Take(int slot) => source(ref _values[slot]);

            public override void Move(int from, int to) => (_values[from], _values[to]) = (_values[to], _values[from]);

            public override Delegate Getter(PoolCursor cursor)
            {
                var copy = ValueCopy<T>.Copy;
                return (ValueGetter<T>)((ref T value) =>
                {
                    copy(ref _values[Math.Max(0, cursor._current)], ref value);
                });
            }
        }
    }
}

/// <summary>Copies a value into one that the caller owns: vectors into the caller's arrays.</summary>
internal static class ValueCopy<T>
{
    public delegate void Copier(ref T from, ref T to);

    public static readonly Copier Copy = typeof(T).IsGenericType && typeof(T).GetGenericTypeDefinition() == typeof(VBuffer<>)
        ? (Copier)Delegate.CreateDelegate(typeof(Copier), typeof(ValueCopy<T>).GetMethod(nameof(CopyVector), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)
            .MakeGenericMethod(typeof(T).GetGenericArguments()[0]))
        : (ref T from, ref T to) => to = from;

    private static void CopyVector<TItem>(ref VBuffer<TItem> from, ref VBuffer<TItem> to) => from.CopyTo(ref to);
}

internal static class Permutation
{
    public static int[] Of(int count, Random rand)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++)
        {
            var j = rand.Next(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
