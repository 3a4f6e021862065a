using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Retort;

/// <summary>One teacher's scores of one view, read in step with its rows.</summary>
internal sealed class TeacherRows(
    TeacherScores scores, IDataView data, string? name, IDataView scored, DataViewSchema.Column column, int width, ScoreCache? cache, IChannel channel) : IDisposable
{
    private readonly Finite _finite = new(column.Name, name);
    private readonly float[] _row = new float[width];
    private ScoreFeed _feed = null!;

    /// <summary>The columns that must be active in the data itself.</summary>
    public IEnumerable<DataViewSchema.Column> Needed => scores.Source.Model is null ? [column] : [];

    public void Attach(DataViewRow rows) => _feed =
        scores.Source.Model is not { } model ? new ColumnFeed(rows, column, width)
        : cache?.Feed(model, data, column.Name, width, rows, channel) ?? new ModelFeed(rows, scored, column, width);

    /// <summary>Follows the data to its next row.</summary>
    /// <exception cref="ArgumentException">The teacher does not keep the rows of the data.</exception>
    public void MoveNext(long row) => _feed.MoveNext(row);

    /// <summary>Keeps the scores of the current row.</summary>
    public void Keep(long row)
    {
        _feed.Read(_row);
        _finite.Check(_row, row);
        scores.Keep(_row);
    }

    /// <exception cref="ArgumentException">The teacher has more rows, or scores that are not finite.</exception>
    public void Conclude(long rows)
    {
        _feed.Conclude(rows);
        _finite.Conclude();
    }

    public void Dispose() => _feed?.Dispose();
}
