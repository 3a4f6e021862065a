using Microsoft.ML;

namespace Retort;

/// <summary>The groups that rows belong to by the values of their protected columns: those that share the group of every column. Small ones are taken together.</summary>
internal sealed class GroupMap
{
    private readonly GroupedColumn[] _columns;
    private readonly int[] _cells, _strides; // of each combination of the columns' groups, its group; -1 where it has none
    private readonly int _rest;

    private GroupMap(GroupedColumn[] columns, int[] cells, int count, int rest)
    {
        (_columns, _cells, Count, _rest) = (columns, cells, count, rest);
        _strides = new int[columns.Length];
        var stride = 1;
        for (var i = columns.Length - 1; i >= 0; i--)
            (_strides[i], stride) = (stride, stride * columns[i].Count);
    }

    /// <summary>How many groups there are.</summary>
    public int Count { get; }

    /// <summary>The protected columns.</summary>
    public IReadOnlyList<string> Names => [.. _columns.Select(column => column.Name)];

    /// <summary>Groups of cells that have enough rows; the others are together one group where they have enough, else none.</summary>
    /// <param name="columns">The columns.</param>
    /// <param name="rows">How many rows count of each combination of the columns' groups, the last column's changing fastest.</param>
    /// <param name="seen">Whether the combination has any row at all.</param>
    /// <param name="minRows">How many are enough.</param>
    /// <param name="minRest">How many are enough for those that are taken together.</param>
    /// <param name="warn">Hears which are taken together.</param>
    public static GroupMap Of(GroupedColumn[] columns, int[] rows, bool[] seen, int minRows, int minRest, Action<string> warn)
    {
        var (cells, count) = (new int[rows.Length], 0);
        for (var cell = 0; cell < cells.Length; cell++)
            cells[cell] = seen[cell] && rows[cell] >= minRows ? count++ : -1;
        int[] small = [.. Enumerable.Range(0, cells.Length).Where(cell => seen[cell] && cells[cell] < 0)];
        var together = small.Sum(cell => rows[cell]);
        var rest = small.Length > 0 && together >= minRest ? count++ : -1;
        foreach (var cell in small)
            cells[cell] = rest;
        var groups = new GroupMap(columns, cells, count, small.Length > 1 ? rest : -1);
        if (small.Length > 1 || small.Length == 1 && rest < 0)
            warn($"{(small.Length == 1 ? "1 group has" : $"{small.Length} groups have")} fewer than {minRows} rows to learn from ({string.Join("; ", small.Take(5).Select(cell => $"{groups.SayCell(cell)}: {rows[cell]}"))}{(small.Length > 5 ? "; ..." : "")}); "
                + (rest >= 0 ? $"with {together} together they are taken for one." : "they get what all rows together say."));
        return groups;
    }

    /// <summary>Gives the group of the current row, -1 where it has none.</summary>
    /// <exception cref="ArgumentException">A column is missing or of another type.</exception>
    public Func<int> Reader(DataViewRow row, IReadOnlyList<DataViewSchema.Column> columns)
    {
        var readers = _columns.Select((column, i) => column.Reader(row, columns[i])).ToArray();
        return () =>
        {
            var cell = 0;
            for (var i = 0; i < readers.Length; i++)
            {
                var group = readers[i]();
                if (group < 0)
                    return -1;
                cell += group * _strides[i];
            }

            return _cells[cell];
        };
    }

    /// <summary>The group of a combination of the columns' groups; -1 where it has none.</summary>
    public int OfCell(int cell) => _cells[cell];

    /// <summary>The protected columns of a schema.</summary>
    /// <param name="schema">Where they are looked for.</param>
    /// <param name="purpose">What they are needed for.</param>
    /// <exception cref="ArgumentException">A column is missing or of another type.</exception>
    public DataViewSchema.Column[] Find(DataViewSchema schema, string purpose)
    {
        DataViewSchema.Column[] found = [.. _columns.Select(column => schema.GetColumnOrNull(column.Name) ?? throw new ArgumentException(
            $"The protected column '{column.Name}' must be there when rows are scored, for {purpose}, but the data has only {string.Join(", ", schema.Where(other => !other.IsHidden).Select(other => $"'{other.Name}'"))}."))];
        foreach (var (column, own) in found.Zip(_columns))
            own.CheckType(column);
        return found;
    }

    /// <summary>What the groups are called.</summary>
    public IReadOnlyList<string> Say() => [.. Enumerable.Range(0, Count).Select(group => group == _rest
        ? "small groups" : SayCell(Array.IndexOf(_cells, group)))];

    private string SayCell(int cell) => string.Join(", ", _columns.Select((column, i) => column.Say(cell / _strides[i] % column.Count)));

    public void Write(BinaryWriter writer)
    {
        writer.Write(_columns.Length);
        foreach (var column in _columns)
            column.Write(writer);
        writer.Write(Count);
        writer.Write(_rest);
        foreach (var cell in _cells)
            writer.Write(cell);
    }

    /// <exception cref="ArgumentException">The data is not what <see cref="Write"/> writes.</exception>
    /// <exception cref="EndOfStreamException">The data ends early.</exception>
    public static GroupMap Read(BinaryReader reader)
    {
        var names = reader.ReadInt32();
        Check.InRange(names, 1, reader.BaseStream.Length - reader.BaseStream.Position, "The number of saved protected columns");
        var columns = new List<GroupedColumn>();
        while (columns.Count < names)
            columns.Add(GroupedColumn.Read(reader));
        var (count, rest) = (reader.ReadInt32(), reader.ReadInt32());
        var size = columns.Aggregate(1.0, (product, column) => product * column.Count);
        Check.InRange(size, 1, (reader.BaseStream.Length - reader.BaseStream.Position) / sizeof(int), "The number of saved groups");
        var cells = new int[(int)size];
        for (var cell = 0; cell < cells.Length; cell++)
            Check.InRange(cells[cell] = reader.ReadInt32(), -1, count - 1, "The number of a saved group");
        return new([.. columns], cells, count, rest);
    }
}
