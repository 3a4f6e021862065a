using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>Reads the protected value of one row after the other, as the metrics compare them: numbers, or categories in their natural order with a group for rows that have none.</summary>
internal abstract class GroupValues
{
    /// <summary>Keeps the value of the current row.</summary>
    public abstract void Keep(long row);

    /// <exception cref="ArgumentException">A number is infinite.</exception>
    public abstract GroupColumn ToColumn(int quantileGroups);

    /// <exception cref="ArgumentException">The column's type is not one that can be protected.</exception>
    public static GroupValues Of(DataViewRow cursor, DataViewSchema.Column column)
    {
        var name = column.Name;
        if (column.Type.Equals(NumberDataViewType.Single))
            return new Numbers<float>(name, cursor.GetGetter<float>(column), value => value);
        if (column.Type.Equals(NumberDataViewType.Double))
            return new Numbers<double>(name, cursor.GetGetter<double>(column), value => value);
        if (column.Type is BooleanDataViewType)
            return new Categories<bool, bool>(name, cursor.GetGetter<bool>(column), value => value, _ => false, value => value ? "True" : "False", Comparer<bool>.Default);
        if (column.Type is TextDataViewType)
            return new Categories<ReadOnlyMemory<char>, string>(name, cursor.GetGetter<ReadOnlyMemory<char>>(column), text => text.ToString(), text => text.Length == 0, text => text, StringComparer.Ordinal);
        if (column.Type is KeyDataViewType)
        {
            var values = ClassValues.Of(column, ScoreAnnotations.KeyValues)?.Names;
            var count = Math.Min((ulong)(values?.Count ?? int.MaxValue), ((KeyDataViewType)column.Type).Count);
            var read = Keys.Reader(cursor, column);
            return new Categories<ulong, ulong>(name, (ref ulong value) => value = read(), key => key, key => key == 0 || key > count, key => values?[(int)key - 1] ?? Text(key), Comparer<ulong>.Default);
        }

        return column.Type.RawType == typeof(int) ? Whole<int>(cursor, column)
            : column.Type.RawType == typeof(uint) ? Whole<uint>(cursor, column)
            : column.Type.RawType == typeof(long) ? Whole<long>(cursor, column)
            : column.Type.RawType == typeof(ulong) ? Whole<ulong>(cursor, column)
            : column.Type.RawType == typeof(short) ? Whole<short>(cursor, column)
            : column.Type.RawType == typeof(ushort) ? Whole<ushort>(cursor, column)
            : column.Type.RawType == typeof(sbyte) ? Whole<sbyte>(cursor, column)
            : column.Type.RawType == typeof(byte) ? Whole<byte>(cursor, column)
            : throw Columns.WrongType(name, "be a single number, Boolean, key or text to be compared by groups", column.Type);
    }

    private static Categories<T, T> Whole<T>(DataViewRow cursor, DataViewSchema.Column column) where T : struct, IFormattable =>
        new(column.Name, cursor.GetGetter<T>(column), value => value, _ => false, value => Text(value), Comparer<T>.Default);

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    private sealed class Numbers<T>(string name, ValueGetter<T> get, Func<T, double> convert) : GroupValues where T : struct
    {
        private readonly List<double> _numbers = [];

        public override void Keep(long row)
        {
            T value = default;
            get(ref value);
            _numbers.Add(convert(value));
            if (double.IsInfinity(_numbers[^1]))
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Column '{name}' must hold finite numbers, or NaN where one is missing, but is {_numbers[^1]} in row {row} (counted from 0)."));
        }

        public override GroupColumn ToColumn(int quantileGroups) => GroupColumn.OfNumbers(name, [.. _numbers], quantileGroups);
    }

    private sealed class Categories<T, TValue>(string name, ValueGetter<T> get, Func<T, TValue> convert, Func<T, bool> isMissing, Func<TValue, string> text, IComparer<TValue> order) : GroupValues where TValue : notnull
    {
        private const int None = -1;

        private readonly Dictionary<TValue, int> _places = [];
        private readonly List<int> _rows = [];
        private T _value = default!;

        public override void Keep(long row)
        {
            get(ref _value);
            if (isMissing(_value))
            {
                _rows.Add(None);
                return;
            }

            var value = convert(_value);
            if (!_places.TryGetValue(value, out var place))
                _places.Add(value, place = _places.Count);
            _rows.Add(place);
        }

        public override GroupColumn ToColumn(int quantileGroups)
        {
            TValue[] values = [.. _places.Keys.Order(order)];
            var groups = new int[values.Length];
            for (var group = 0; group < values.Length; group++)
                groups[_places[values[group]]] = group;
            List<string> names = [.. values.Select(text)];
            if (_rows.Contains(None))
                names.Add(GroupColumn.Missing);
            return new(name, names, [.. _rows.Select(place => place == None ? names.Count - 1 : groups[place])]);
        }
    }
}
