using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Leaves out the first rows, takes some, and ends.</summary>
internal sealed class SkipTakeView(IDataView input, long skip, long take) : SourceView(input.Schema)
{
    public override bool CanShuffle => false;

    public override long? GetRowCount() => input.GetRowCount() is { } count ? Math.Min(Math.Max(0, count - skip), take) : null;

    protected override DataViewRowCursor Cursor(bool[] active, Random rand) => new SkipTakeCursor(input.GetRowCursor(Columns(Schema, active)), active, skip, take);

    private sealed class SkipTakeCursor(DataViewRowCursor input, bool[] active, long skip, long take) : FilterCursor(input, active)
    {
        private long _skip = skip;

        protected override bool Advance()
        {
            if (Position + 1 >= take) return false;
            for (; _skip > 0; _skip--)
                if (!Input.MoveNext()) return false;
            return Input.MoveNext();
        }
    }
}

/// <summary>The rows for which a test over some columns, or over the row's id, holds.</summary>
internal sealed class FilterView(IDataView input, int[] tested, Func<DataViewRowCursor, Func<bool>> test, bool canShuffle = true) : SourceView(input.Schema)
{
    public override bool CanShuffle => canShuffle && input.CanShuffle;

    public override long? GetRowCount() => null;

    protected override DataViewRowCursor Cursor(bool[] active, Random rand)
    {
        var needed = (bool[])active.Clone();
        foreach (var column in tested) needed[column] = true;
        return new TestCursor(input.GetRowCursor(Columns(Schema, needed), canShuffle ? rand : null), active, test);
    }

    private sealed class TestCursor(DataViewRowCursor input, bool[] active, Func<DataViewRowCursor, Func<bool>> test) : FilterCursor(input, active)
    {
        private readonly Func<bool> _test = test(input);

        // What only the test reads is not there for others.
        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
            IsColumnActive(column) ? base.GetGetter<TValue>(column) : throw new InvalidOperationException();

        protected override bool Advance()
        {
            while (Input.MoveNext())
                if (_test()) return true;
            return false;
        }
    }
}

/// <summary>Tests for rows with missing values.</summary>
internal static class MissingValues
{
    /// <summary>What tells for the row of a cursor whether its value, or any of its vector's, is missing.</summary>
    public static Func<bool> Test(DataViewRow row, DataViewSchema.Column column)
    {
        var item = column.Type.GetItemType();
        if (item is KeyDataViewType)
        {
            if (item.RawType == typeof(byte)) return Make<byte>((in byte v) => v == 0);
            if (item.RawType == typeof(ushort)) return Make<ushort>((in ushort v) => v == 0);
            if (item.RawType == typeof(uint)) return Make<uint>((in uint v) => v == 0);
            return Make<ulong>((in ulong v) => v == 0);
        }
        return item.RawType == typeof(float) ? Make<float>((in float v) => float.IsNaN(v)) : Make<double>((in double v) => double.IsNaN(v));

        Func<bool> Make<T>(IsMissing<T> missing) where T : struct
        {
            if (column.Type is not VectorDataViewType)
            {
                var (getter, value) = (row.GetGetter<T>(column), default(T));
                return () =>
                {
                    getter(ref value);
                    return missing(in value);
                };
            }
            var (vector, buffer, zeroIsMissing) = (row.GetGetter<VBuffer<T>>(column), default(VBuffer<T>), missing(default));
            return () =>
            {
                vector(ref buffer);
                if (zeroIsMissing && !buffer.IsDense) return true;
                foreach (ref readonly var value in buffer.GetValues()) if (missing(in value)) return true;
                return false;
            };
        }
    }

    public static bool CanBeMissing(DataViewType type) => type.GetItemType() is KeyDataViewType || type.GetItemType() == NumberDataViewType.Single || type.GetItemType() == NumberDataViewType.Double;

    private delegate bool IsMissing<T>(in T value);
}
