using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>Numbers the categories of a column by their values as text, so that keys are known again however they are numbered.</summary>
internal sealed class CategoryNumbers
{
    private readonly List<string> _names = [];
    private readonly Dictionary<int, List<int>> _byHash = [];

    /// <summary>The values, by their numbers.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The number of a category; -1 where it is not known.</summary>
    public int Find(ReadOnlySpan<char> name)
    {
        if (_byHash.TryGetValue(string.GetHashCode(name), out var places))
            foreach (var place in places)
                if (name.SequenceEqual(_names[place]))
                    return place;
        return -1;
    }

    /// <summary>The number of a category, which is made known where it is not.</summary>
    public int Add(ReadOnlySpan<char> name)
    {
        if (Find(name) is var known and >= 0)
            return known;
        var hash = string.GetHashCode(name);
        if (!_byHash.TryGetValue(hash, out var places))
            _byHash.Add(hash, places = []);
        places.Add(_names.Count);
        _names.Add(name.ToString());
        return _names.Count - 1;
    }

    /// <summary>Gives the number of the current row's category, of a Boolean, a key, a text or an integer; a missing key is the category without a name. Null where the column is of another type.</summary>
    /// <param name="row">Where it is read.</param>
    /// <param name="column">The column.</param>
    /// <param name="grows">Whether categories that are not known are made known; else they are -1.</param>
    public Func<int>? TryReader(DataViewRow row, DataViewSchema.Column column, bool grows) =>
        column.Type is BooleanDataViewType ? Cached<bool, bool>(row, column, grows, value => value, value => value ? "True" : "False")
        : column.Type is KeyDataViewType ? Keyed(row, column, grows)
        : column.Type is TextDataViewType ? Texts(row, column, grows)
        : column.Type.RawType == typeof(int) ? Cached<int, long>(row, column, grows, value => value, Text)
        : column.Type.RawType == typeof(uint) ? Cached<uint, long>(row, column, grows, value => value, Text)
        : column.Type.RawType == typeof(long) ? Cached<long, long>(row, column, grows, value => value, Text)
        : column.Type.RawType == typeof(ulong) ? Cached<ulong, ulong>(row, column, grows, value => value, value => value.ToString(CultureInfo.InvariantCulture))
        : null;

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private Func<int> Texts(DataViewRow row, DataViewSchema.Column column, bool grows)
    {
        var (get, text) = (row.GetGetter<ReadOnlyMemory<char>>(column), default(ReadOnlyMemory<char>));
        return () =>
        {
            get(ref text);
            return grows ? Add(text.Span) : Find(text.Span);
        };
    }

    private Func<int> Keyed(DataViewRow row, DataViewSchema.Column column, bool grows)
    {
        var (read, names, count) = (Keys.Reader(row, column), ClassValues.Of(column, ScoreAnnotations.KeyValues)?.Names, ((KeyDataViewType)column.Type).Count);
        return Cached(read, grows, key => key == 0 || key > count ? "" : names is not null && key <= (ulong)names.Count ? names[(int)key - 1] : key.ToString(CultureInfo.InvariantCulture));
    }

    private Func<int> Cached<T, TKey>(DataViewRow row, DataViewSchema.Column column, bool grows, Func<T, TKey> widen, Func<TKey, string> name) where TKey : notnull
    {
        var get = row.GetGetter<T>(column);
        T value = default!;
        return Cached(() =>
        {
            get(ref value);
            return widen(value);
        }, grows, name);
    }

    // values that were named once are not named again; those that are not known are not kept, for there may be any number
    private Func<int> Cached<T>(Func<T> read, bool grows, Func<T, string> name) where T : notnull
    {
        var places = new Dictionary<T, int>();
        return () =>
        {
            var value = read();
            if (!places.TryGetValue(value, out var place) && (place = grows ? Add(name(value)) : Find(name(value))) >= 0)
                places.Add(value, place);
            return place;
        };
    }
}
