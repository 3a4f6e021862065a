using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>Reads protected columns row by row, over one view or several, and makes groups of them.</summary>
internal sealed class GroupReading
{
    private const int MostCells = 1_000_000;

    private readonly IReadOnlyList<string> _names;
    private readonly int _numberGroups;
    private readonly Values[] _values;

    /// <param name="names">The columns, at least one.</param>
    /// <param name="numberGroups">Into how many groups numbers are cut.</param>
    /// <exception cref="ArgumentException">There is no column, or one is named twice.</exception>
    public GroupReading(IReadOnlyList<string> names, int numberGroups)
    {
        CheckNames(names);
        (_names, _numberGroups, _values) = (names, numberGroups, [.. names.Select(name => new Values(name))]);
    }

    /// <exception cref="ArgumentException">There is no column, or one is named twice.</exception>
    public static void CheckNames(IReadOnlyList<string> protectedColumnNames)
    {
        Check.AtLeast(Check.Given(protectedColumnNames).Count, 1, "The number of protected columns");
        if (protectedColumnNames.GroupBy(name => Check.Given(name, "A protected column's name")).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw Check.Wrong("Names of protected columns", "differ", $"'{twice.Key}' twice");
    }

    /// <summary>The columns of a view.</summary>
    /// <exception cref="ArgumentException">One is missing or of a type that has no groups.</exception>
    public IReadOnlyList<DataViewSchema.Column> Find(DataViewSchema schema) => [.. _names.Select(schema.Find)];

    /// <summary>Goes on with the rows of a view.</summary>
    /// <exception cref="ArgumentException">A column is of a type that has no groups, or of another than in the view before.</exception>
    public void Attach(DataViewRow row, DataViewSchema schema)
    {
        foreach (var (values, column) in _values.Zip(Find(schema)))
            values.Attach(row, column);
    }

    /// <summary>Keeps the current row.</summary>
    public void Keep(long row)
    {
        foreach (var values in _values)
            values.Keep(row);
    }

    /// <summary>The columns, with the combination of their groups for each row that was kept, the last column's changing fastest.</summary>
    /// <exception cref="ArgumentException">A number is not finite, or there are too many combinations.</exception>
    public (GroupedColumn[] Columns, int[] Cells, int Count) Conclude()
    {
        var (columns, cells, count) = (new GroupedColumn[_values.Length], Array.Empty<int>(), 1L);
        for (var i = 0; i < columns.Length; i++)
        {
            (columns[i], var groups) = _values[i].Conclude(_numberGroups);
            if ((count *= columns[i].Count) > MostCells)
                throw Check.Wrong($"The combinations of groups of {string.Join(", ", _names.Take(i + 1).Select(name => $"'{name}'"))}", $"be at most {MostCells}", $"{count}");
            if (i == 0)
                cells = new int[groups.Count];
            for (var row = 0; row < cells.Length; row++)
                cells[row] = cells[row] * columns[i].Count + groups[row];
        }

        return (columns, cells, (int)count);
    }

    /// <summary>Groups of the rows that were kept, where small ones are taken together.</summary>
    /// <param name="counts">How many rows count of each combination, given the combination of each row and how many there are.</param>
    /// <param name="minRows">How many are enough for a group.</param>
    /// <param name="minRest">How many are enough for those that are taken together.</param>
    /// <param name="fewest">How many groups are asked for.</param>
    /// <param name="warn">Hears which are taken together.</param>
    /// <returns>The groups, and that of each row.</returns>
    /// <exception cref="ArgumentException">There are too few groups.</exception>
    public (GroupMap Groups, int[] OfRow) Pool(Func<int[], int, int[]> counts, int minRows, int minRest, int fewest, Action<string> warn)
    {
        var (columns, cells, count) = Conclude();
        var seen = new bool[count];
        foreach (var cell in cells)
            seen[cell] = true;
        var groups = GroupMap.Of(columns, counts(cells, count), seen, minRows, minRest, warn);
        if (groups.Count < fewest)
            throw new ArgumentException($"Protected columns ({string.Join(", ", _names.Select(name => $"'{name}'"))}) must tell at least {fewest} groups apart that have {minRows} rows to learn from, but tell {groups.Count}.");
        return (groups, [.. cells.Select(groups.OfCell)]);
    }

    /// <summary>One column's values.</summary>
    private sealed class Values(string name)
    {
        private readonly List<float> _numbers = [];
        private readonly List<int> _kept = [];
        private readonly CategoryNumbers _categories = new();
        private readonly Finite _finite = new(name);
        private ValueGetter<float>? _number;
        private Func<int>? _category;

        public void Attach(DataViewRow row, DataViewSchema.Column column)
        {
            var isNumber = column.Type.Equals(NumberDataViewType.Single);
            if (isNumber ? _kept.Count > 0 : _numbers.Count > 0)
                throw Columns.WrongType(name, "be of the same type in every fold", column.Type);
            _number = isNumber ? row.GetGetter<float>(column) : null;
            _category = isNumber ? null : _categories.TryReader(row, column, grows: true) ?? throw Columns.WrongType(name, "be Single, Boolean, a key, a text or an integer to be protected", column.Type);
        }

        public void Keep(long row)
        {
            if (_number is null)
            {
                _kept.Add(_category!());
                return;
            }

            var number = 0f;
            _number(ref number);
            _finite.Check([number], row);
            _numbers.Add(number);
        }

        public (GroupedColumn, IReadOnlyList<int>) Conclude(int numberGroups)
        {
            _finite.Conclude();
            if (_numbers.Count == 0)
                return (new(name, _categories), _kept);
            var column = new GroupedColumn(name, GroupedColumn.Edges(_numbers, numberGroups));
            return (column, [.. _numbers.Select(column.Of)]);
        }
    }
}
