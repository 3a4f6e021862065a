namespace Retort;

/// <summary>The columns on which predictions should depend little, row by row beside them. They are never features of their own accord.</summary>
public sealed class ProtectedColumns
{
    private ProtectedColumns(IReadOnlyList<ProtectedColumn> columns, Tensor cells, long cellCount) => (Columns, Cells, CellCount) = (columns, cells, cellCount);

    /// <summary>The columns, at least one.</summary>
    public IReadOnlyList<ProtectedColumn> Columns { get; }

    /// <summary>The cell of each row, int64 [rows]: rows share a cell where they share the group of every column. Cells are numbered from 0 as they occur in all rows that this was made of.</summary>
    public Tensor Cells { get; }

    /// <summary>How many cells have rows, among all rows that this was made of.</summary>
    public long CellCount { get; }

    /// <summary>The rows that there are values for.</summary>
    public long Rows => Cells.shape[0];

    /// <summary>Columns side by side.</summary>
    /// <param name="columns">At least one, all with the same rows.</param>
    /// <exception cref="ArgumentException">There is no column, one has other rows, or two have one name.</exception>
    public static ProtectedColumns Of(params IReadOnlyList<ProtectedColumn> columns)
    {
        Check.AtLeast(columns.Count, 1, "The number of protected columns");
        var rows = columns[0].Values.shape[0];
        foreach (var column in columns)
        {
            if (column.Values.shape[0] != rows)
                throw Check.Wrong($"The rows of the protected column '{column.Name}'", $"be {rows}, as those of '{columns[0].Name}'", $"{column.Values.shape[0]}");
            if (columns.Count(other => other.Name == column.Name) > 1)
                throw Check.Wrong("Names of protected columns", "differ", $"'{column.Name}' twice");
        }

        using var scope = NewDisposeScope();
        var (cells, count) = (zeros_like(columns[0].Groups), 1L);
        foreach (var column in columns)
        {
            var (seen, place, _) = (cells * column.GroupCount + column.Groups).unique(sorted: true, return_inverse: true);
            (cells, count) = (place!, seen.shape[0]); // numbered anew each time, so that products stay small
        }

        return new([.. columns], cells.MoveToOuterDisposeScope(), count);
    }

    /// <summary>The columns at some rows; groups and cells keep their numbers.</summary>
    /// <param name="rows">Row numbers, int64.</param>
    public ProtectedColumns Take(Tensor rows) => new([.. Columns.Select(column => column.Take(rows))], Cells.index_select(0, rows), CellCount);

    /// <summary>The same columns, taken out of the scope that they are in.</summary>
    internal ProtectedColumns Owned() => Map(tensor => tensor.DetachFromDisposeScope());

    /// <summary>The same columns, each of their tensors changed.</summary>
    internal ProtectedColumns Map(Func<Tensor, Tensor> change) => new([.. Columns.Select(column => column.Map(change))], change(Cells), CellCount);
}
