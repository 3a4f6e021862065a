using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>A column bound to ranges of fields; makes the readers that parse them.</summary>
internal sealed class TextColumn
{
    private readonly (int Min, int Lim)[] _segments;
    private readonly DataKind _kind;
    private readonly ulong _keyCount; // 0: no key
    private readonly bool _isVariable;

    public TextColumn(string name, DataKind kind, KeyCount key, (int Min, int Lim)[] segments, bool isVector, bool variable)
    {
        (Name, _kind, _segments, _isVariable) = (name, kind, segments, variable);
        var item = TypedColumns.TypeOf(kind) ?? throw Contracts.ExceptUserArg("Type", "Bad item type");
        if (key != null)
        {
            Contracts.CheckUserArg(KeyDataViewType.IsValidDataType(item.RawType), "Type", "Bad item type for Key");
            _keyCount = key.Count ?? TypedColumns.MaxCount(item.RawType);
            item = new KeyDataViewType(item.RawType, _keyCount);
        }
        Size = variable ? 0 : segments.Sum(s => s.Lim - s.Min);
        Type = isVector ? new VectorDataViewType(item, Size) : item;
        Limit = segments.Length == 0 ? 0 : segments.Max(s => s.Lim);
    }

    public string Name { get; }
    public DataViewType Type { get; }
    public int Size { get; }

    /// <summary>One more than the last field that the column reads.</summary>
    public int Limit { get; }

    public bool IsText => _kind == DataKind.String;

    public IEnumerable<int> Indices() => _segments.SelectMany(s => Enumerable.Range(s.Min, s.Lim - s.Min));

    /// <summary>
    /// A getter over the fields, and for kinds without a missing value what must run on every row: there a field that cannot be parsed ends the reading.
    /// bad is told the slot, -1 for scalars, and the text; it throws where nothing can stand for the value.
    /// </summary>
    public (Delegate Getter, Action Parse) Reader(FieldTable fields, TextLoader.Options options, Action<TextColumn, int, string, bool> bad)
    {
        if (_keyCount > 0)
            return _kind switch
            {
                DataKind.Byte => Make<byte, KeyParser<byte>>(new(_keyCount)),
                DataKind.UInt16 => Make<ushort, KeyParser<ushort>>(new(_keyCount)),
                DataKind.UInt32 => Make<uint, KeyParser<uint>>(new(_keyCount)),
                _ => Make<ulong, KeyParser<ulong>>(new(_keyCount)),
            };
        return _kind switch
        {
            DataKind.Single => Make<float, SingleParser>(new(options.DecimalMarker, options.MissingRealsAsNaNs)),
            DataKind.Double => Make<double, DoubleParser>(new(options.DecimalMarker, options.MissingRealsAsNaNs)),
            DataKind.SByte => Make<sbyte, IntegerParser<sbyte>>(new(128, (ulong)sbyte.MaxValue)),
            DataKind.Byte => Make<byte, IntegerParser<byte>>(new(0, byte.MaxValue)),
            DataKind.Int16 => Make<short, IntegerParser<short>>(new(32768, (ulong)short.MaxValue)),
            DataKind.UInt16 => Make<ushort, IntegerParser<ushort>>(new(0, ushort.MaxValue)),
            DataKind.Int32 => Make<int, IntegerParser<int>>(new(1UL << 31, int.MaxValue)),
            DataKind.UInt32 => Make<uint, IntegerParser<uint>>(new(0, uint.MaxValue)),
            DataKind.Int64 => Make<long, IntegerParser<long>>(new(1UL << 63, long.MaxValue)),
            DataKind.UInt64 => Make<ulong, IntegerParser<ulong>>(new(0, ulong.MaxValue)),
            DataKind.Boolean => Make<bool, BooleanParser>(new()),
            DataKind.TimeSpan => Make<TimeSpan, TimeSpanParser>(new()),
            DataKind.DateTime => Make<DateTime, DateTimeParser>(new()),
            DataKind.DateTimeOffset => Make<DateTimeOffset, DateTimeOffsetParser>(new()),
            _ => (Text(), null),
        };

        (Delegate, Action) Make<T, TParser>(TParser parser) where TParser : struct, ITextParser<T> =>
            Type is VectorDataViewType ? Eager(parser.HasMissing, Vector<T, TParser>(parser, fields, options.MissingRealsAsNaNs, bad)) : Eager(parser.HasMissing, Scalar<T, TParser>(parser, fields, bad));

        Delegate Text()
        {
            if (Type is VectorDataViewType) return Texts(fields, options.MissingRealsAsNaNs);
            var index = _segments[0].Min;
            return (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> value) => value = fields.Memory(index));
        }
    }

    private static (Delegate, Action) Eager<T>(bool hasMissing, ValueGetter<T> getter)
    {
        if (hasMissing) return (getter, null);
        T current = default;
        var copy = ValueCopy<T>.Copy;
        return ((ValueGetter<T>)((ref T value) => copy(ref current, ref value)), () => getter(ref current));
    }

    private ValueGetter<T> Scalar<T, TParser>(TParser parser, FieldTable fields, Action<TextColumn, int, string, bool> bad) where TParser : struct, ITextParser<T>
    {
        var index = _segments[0].Min;
        return (ref T value) =>
        {
            var text = fields[index];
            if (text.IsEmpty) value = parser.Empty;
            else if (!parser.TryParse(text, out value)) bad(this, -1, text.ToString(), parser.HasMissing);
        };
    }

    /// <summary>Dense where more than half of the fields hold something, as ML.NET has it.</summary>
    private ValueGetter<VBuffer<T>> Vector<T, TParser>(TParser parser, FieldTable fields, bool emptyCounts, Action<TextColumn, int, string, bool> bad) where TParser : struct, ITextParser<T>
    {
        var (segments, size, isVariable) = (_segments, Size, _isVariable);
        var empty = parser.Empty;
        var keepsEmpty = !EqualityComparer<T>.Default.Equals(empty, default);
        var filled = new int[size];
        return (ref VBuffer<T> value) =>
        {
            var present = emptyCounts ? fields.Width : 0;
            var length = isVariable ? Length(fields) : size;
            var editor = VBufferEditor.Create(ref value, length);
            var to = editor.Values;
            if (filled.Length < length) filled = new int[length];
            int slot = 0, count = 0;
            foreach (var (min, lim) in segments)
            {
                var end = isVariable ? Math.Min(lim, fields.Width) : lim;
                for (var i = min; i < end; i++, slot++)
                {
                    var text = fields[i];
                    if (text.IsEmpty)
                    {
                        to[slot] = empty;
                        if (i < present) filled[count++] = slot;
                    }
                    else
                    {
                        filled[count++] = slot;
                        if (!parser.TryParse(text, out to[slot])) bad(this, slot, text.ToString(), parser.HasMissing);
                    }
                }
            }
            if (keepsEmpty || count * 2 > length || length == 0)
            {
                value = editor.Commit();
                return;
            }
            for (var i = 0; i < count; i++) to[i] = to[filled[i]];
            value = editor.Commit();
            var sparse = VBufferEditor.Create(ref value, length, count, keepOldOnResize: true);
            filled.AsSpan(0, count).CopyTo(sparse.Indices);
            value = sparse.Commit();
        };
    }

    private Delegate Texts(FieldTable fields, bool emptyCounts) => (ValueGetter<VBuffer<ReadOnlyMemory<char>>>)((ref VBuffer<ReadOnlyMemory<char>> value) =>
    {
        var length = _isVariable ? Length(fields) : Size;
        var (texts, indices) = (new List<ReadOnlyMemory<char>>(length), new List<int>(length));
        var slot = 0;
        foreach (var (min, lim) in _segments)
            for (var i = min; i < (_isVariable ? Math.Min(lim, fields.Width) : lim); i++, slot++)
            {
                var text = fields.Memory(i);
                if (text.IsEmpty && !(emptyCounts && i < fields.Width)) continue;
                texts.Add(text);
                indices.Add(slot);
            }
        value = Pack(ref value, length, texts, indices);
    });

    /// <summary>A vector from the slots that hold something.</summary>
    public static VBuffer<T> Pack<T>(ref VBuffer<T> target, int length, List<T> values, List<int> indices)
    {
        var isDense = values.Count * 2 > length || length == 0;
        var editor = VBufferEditor.Create(ref target, length, isDense ? length : values.Count);
        if (isDense) editor.Values.Clear();
        for (var i = 0; i < values.Count; i++)
        {
            editor.Values[isDense ? indices[i] : i] = values[i];
            if (!isDense) editor.Indices[i] = indices[i];
        }
        return editor.Commit();
    }

    private int Length(FieldTable fields) => _segments.Sum(s => Math.Max(0, Math.Min(s.Lim, fields.Width) - s.Min));
}
