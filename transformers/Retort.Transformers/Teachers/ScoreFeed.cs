using Microsoft.ML;

namespace Retort;

/// <summary>A teacher's scores of one row after the other.</summary>
internal abstract class ScoreFeed : IDisposable
{
    /// <summary>Follows the data to its next row.</summary>
    /// <exception cref="ArgumentException">The teacher does not keep the rows of the data.</exception>
    public virtual void MoveNext(long row)
    {
    }

    /// <summary>The scores of the current row.</summary>
    public abstract void Read(Span<float> scores);

    /// <summary>There are no more rows.</summary>
    /// <exception cref="ArgumentException">The teacher has more.</exception>
    public virtual void Conclude(long rows)
    {
    }

    public virtual void Dispose()
    {
    }
}

/// <summary>Scores from a column of the data itself.</summary>
internal sealed class ColumnFeed(DataViewRow row, DataViewSchema.Column column, int width) : ScoreFeed
{
    private readonly RowFiller _read = ScoreInput.Reader(row, column, width);

    public override void Read(Span<float> scores) => _read(scores);
}

/// <summary>Scores from what a model makes of the data.</summary>
internal sealed class ModelFeed : ScoreFeed
{
    private readonly RowsInStep _rows;
    private readonly RowFiller _read;

    public ModelFeed(DataViewRow data, IDataView scored, DataViewSchema.Column column, int width)
    {
        _rows = new RowsInStep(data, scored.GetRowCursor([column]));
        _read = ScoreInput.Reader(_rows.Row, column, width);
    }

    public override void MoveNext(long row) => _rows.MoveNext(row);

    public override void Read(Span<float> scores) => _read(scores);

    public override void Conclude(long rows) => _rows.Conclude(rows);

    public override void Dispose() => _rows.Dispose();
}
