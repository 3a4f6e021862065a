using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>One protected column of the rows that a dataset keeps: numbers, or values of which equal ones are one category.</summary>
internal sealed class ProtectedRows(string name) : IDisposable
{
    private readonly RowBuffer<float> _numbers = new(1);
    private readonly RowBuffer<long> _categories = new(1);
    private readonly GroupNumbers _groups = new();
    private readonly Finite _finite = new(name);
    private ValueGetter<float>? _number;
    private Func<long>? _category;
    private IReadOnlyList<string>? _keyNames;

    /// <exception cref="ArgumentException">The column's type is not one that can be protected.</exception>
    public void Attach(DataViewRow cursor, DataViewSchema.Column column)
    {
        (_number, _category) = (null, null);
        _keyNames = column.Type is KeyDataViewType ? ClassValues.Of(column, ScoreAnnotations.KeyValues)?.Names : null;
        if (column.Type.Equals(NumberDataViewType.Single))
            _number = cursor.GetGetter<float>(column);
        else if (column.Type is BooleanDataViewType)
            _category = _groups.Of(Truths(cursor, column));
        else
            _category = GroupReader.TryOf(cursor, column, _groups) ?? throw Columns.WrongType(name, "be Single, Boolean, a key, a text or an integer to be protected", column.Type);
    }

    public void Keep(long row)
    {
        if (_number is null)
        {
            _categories.Add()[0] = _category!();
            return;
        }

        var kept = _numbers.Add();
        _number(ref kept[0]);
        _finite.Check(kept, row);
    }

    /// <exception cref="ArgumentException">A number is not finite.</exception>
    public void Conclude() => _finite.Conclude();

    /// <summary>The column. Its tensors belong to whoever calls.</summary>
    public ProtectedColumn ToColumn()
    {
        if (_numbers.Rows > 0)
            return ProtectedColumn.Numbers(name, _numbers.ToTensor(flat: true));
        var categories = _categories.ToTensor(flat: true);
        return ProtectedColumn.OfCategories(name, categories, Memory.Of<long>(categories).ToArray().Max() + 1, [.. _groups.Values.Select(Say)]);
    }

    private string Say(object value) =>
        value is ulong key && _keyNames is not null && key <= (ulong)_keyNames.Count ? key == 0 ? "(missing)" : _keyNames[(int)key - 1]
        : Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : "(missing)";

    public void Dispose()
    {
        _numbers.Dispose();
        _categories.Dispose();
    }

    private static Func<bool> Truths(DataViewRow cursor, DataViewSchema.Column column)
    {
        var get = cursor.GetGetter<bool>(column);
        var value = false;
        return () =>
        {
            get(ref value);
            return value;
        };
    }
}
