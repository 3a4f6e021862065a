using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>A column whose values are in groups: categories, or numbers between edges.</summary>
internal sealed class GroupedColumn
{
    private readonly CategoryNumbers? _categories;
    private readonly float[] _edges;

    public GroupedColumn(string name, CategoryNumbers categories) => (Name, _categories, _edges) = (name, categories, []);

    /// <param name="name">What it is called.</param>
    /// <param name="edges">Ascending: a number belongs to the group above the last edge that it reaches.</param>
    public GroupedColumn(string name, float[] edges) => (Name, _edges) = (name, edges);

    public string Name { get; }

    /// <summary>How many groups there are.</summary>
    public int Count => _categories?.Names.Count ?? _edges.Length + 1;

    /// <summary>Edges between groups of about the same size, equal numbers together; numbers of which there are no more than groups have a group each.</summary>
    public static float[] Edges(IReadOnlyCollection<float> numbers, int groups) => [.. QuantileCuts.Groups([.. numbers.Select(number => (double)number)], groups).Select(cut => (float)cut)];

    /// <summary>The group of a number; -1 where it is NaN.</summary>
    public int Of(float number)
    {
        if (float.IsNaN(number))
            return -1;
        var place = Array.BinarySearch(_edges, number);
        return place >= 0 ? place + 1 : ~place;
    }

    /// <summary>Gives the group of the current row, -1 where it is none of those that were seen.</summary>
    /// <exception cref="ArgumentException">The column has another type than the one that was seen.</exception>
    public Func<int> Reader(DataViewRow row, DataViewSchema.Column column)
    {
        CheckType(column);
        if (_categories is not null)
            return _categories.TryReader(row, column, grows: false)!;
        var (get, number) = (row.GetGetter<float>(column), 0f);
        return () =>
        {
            get(ref number);
            return Of(number);
        };
    }

    /// <exception cref="ArgumentException">The column has another type than the one that was seen.</exception>
    public void CheckType(DataViewSchema.Column column)
    {
        if (_categories is null ? !column.Type.Equals(NumberDataViewType.Single) : !HasCategories(column.Type))
            throw Columns.WrongType(Name, _categories is null ? "be Single, as it was when groups were learned" : "be Boolean, a key, a text or an integer, as it was when groups were learned", column.Type);
    }

    /// <summary>Whether a column of the type has categories.</summary>
    public static bool HasCategories(DataViewType type) =>
        type is BooleanDataViewType or KeyDataViewType or TextDataViewType || type.RawType == typeof(int) || type.RawType == typeof(uint) || type.RawType == typeof(long) || type.RawType == typeof(ulong);

    /// <summary>Whether a group is that of rows without a value.</summary>
    public bool IsNone(int group) => _categories?.Names[group].Length == 0;

    /// <summary>What a group is called.</summary>
    public string Say(int group) =>
        _categories is not null ? $"{Name}={(_categories.Names[group] is { Length: > 0 } name ? name : "(none)")}"
        : Count == 1 ? $"{Name}=any"
        : group == 0 ? $"{Name}<{Check.Text(_edges[0])}"
        : group == _edges.Length ? $"{Name}>={Check.Text(_edges[^1])}"
        : $"{Check.Text(_edges[group - 1])}<={Name}<{Check.Text(_edges[group])}";

    public void Write(BinaryWriter writer)
    {
        writer.Write(Name);
        writer.Write(_categories is not null);
        writer.Write(_categories?.Names.Count ?? _edges.Length);
        foreach (var name in _categories?.Names ?? [])
            writer.Write(name);
        foreach (var edge in _edges)
            writer.Write(edge);
    }

    public static GroupedColumn Read(BinaryReader reader)
    {
        var (name, hasCategories, count) = (reader.ReadString(), reader.ReadBoolean(), reader.ReadInt32());
        Check.InRange(count, 0, reader.BaseStream.Length - reader.BaseStream.Position, $"The number of saved groups of column '{name}'"); // each takes a byte at least
        if (!hasCategories)
        {
            var edges = new float[count];
            for (var i = 0; i < count; i++)
                if (!((edges[i] = reader.ReadSingle()) > (i == 0 ? float.NegativeInfinity : edges[i - 1])))
                    throw Check.Wrong($"The saved edges of column '{name}'", "ascend", Check.Text(edges[i]));
            return new(name, edges);
        }

        var categories = new CategoryNumbers();
        for (var i = 0; i < count; i++)
            categories.Add(reader.ReadString());
        return new(name, categories);
    }
}
