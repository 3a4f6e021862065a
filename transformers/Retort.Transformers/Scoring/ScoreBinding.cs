using Microsoft.ML;

namespace Retort;

/// <summary>A fitted transformer bound to the columns of one schema: what it reads there, and the schema with its own columns behind.</summary>
internal abstract class ScoreBinding
{
    private readonly ScoreColumn[] _added;

    private protected ScoreBinding(DataViewSchema input, IEnumerable<ScoreColumn> added)
    {
        Input = input;
        _added = [.. added];
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(input);
        foreach (var column in _added)
            builder.AddColumn(column.Name, column.Type, column.Annotations);
        Output = builder.ToSchema();
    }

    public DataViewSchema Input { get; }

    public DataViewSchema Output { get; }

    /// <summary>The input columns that the added ones follow from.</summary>
    protected abstract IEnumerable<DataViewSchema.Column> Read { get; }

    /// <summary>Computes the outputs of a row that moves, where they are asked for.</summary>
    public abstract ScoreSource Source(DataViewRow row);

    /// <summary>Serves the source's rows with the added columns.</summary>
    public virtual DataViewRowCursor Cursor(bool[] active, DataViewRowCursor source) => new RowwiseCursor(this, active, source);

    public bool IsAdded(DataViewSchema.Column column) => column.Index >= Input.Count;

    public Delegate Getter(DataViewSchema.Column added, ScoreSource source) => _added[added.Index - Input.Count].Getter(source);

    /// <summary>The input columns that must be active for these output columns.</summary>
    public IEnumerable<DataViewSchema.Column> Needed(IReadOnlyCollection<DataViewSchema.Column> output) => output
        .Where(column => !IsAdded(column))
        .Select(column => Input[column.Index])
        .Concat(output.Any(IsAdded) ? Read : [])
        .DistinctBy(column => column.Index);

    /// <summary>Per output column, whether it is wanted.</summary>
    public bool[] Active(IEnumerable<DataViewSchema.Column> output)
    {
        var active = new bool[Output.Count];
        foreach (var column in output)
            active[column.Index] = true;
        return active;
    }

    /// <summary>Whether one of the added columns is wanted.</summary>
    public bool AnyAdded(bool[] active) => active.AsSpan(Input.Count).Contains(true);
}
