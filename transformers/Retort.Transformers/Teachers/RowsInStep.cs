using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>Rows that a model made of others, followed in step with them.</summary>
internal sealed class RowsInStep : IDisposable
{
    private readonly DataViewRowCursor _made;
    private readonly ValueGetter<DataViewRowId> _id, _madeId;

    /// <param name="rows">Where the caller stands.</param>
    /// <param name="made">What the model made of them; belongs to this object.</param>
    public RowsInStep(DataViewRow rows, DataViewRowCursor made) => (_made, _id, _madeId) = (made, rows.GetIdGetter(), made.GetIdGetter());

    public DataViewRow Row => _made;

    /// <summary>Follows to the next row.</summary>
    /// <exception cref="ArgumentException">The model does not keep the rows of the data.</exception>
    public void MoveNext(long row)
    {
        DataViewRowId id = default, madeId = default;
        var present = _made.MoveNext();
        if (present)
        {
            _id(ref id);
            _madeId(ref madeId);
        }

        if (!present || !id.Equals(madeId))
            throw Parted(row);
    }

    /// <exception cref="ArgumentException">There are more rows than those followed.</exception>
    public void Conclude(long rows)
    {
        if (_made.MoveNext())
            throw Parted(rows);
    }

    public void Dispose() => _made.Dispose();

    public static ArgumentException Parted(long row) =>
        new($"The teacher must keep every row of the data in order, but parts from it at row {row} (counted from 0).");
}
