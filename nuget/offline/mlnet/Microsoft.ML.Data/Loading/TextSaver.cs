using System.Globalization;
using System.Text;

namespace Microsoft.ML.Data;

/// <summary>Writes a view as delimited text that the loader reads back.</summary>
internal static class TextSaver
{
    public static void Save(IDataView data, Stream stream, char separator, bool header, bool schema, bool keepHidden, bool dense)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true);
        writer.NewLine = "\n";
        var columns = data.Schema.Where(c => keepHidden || !c.IsHidden).ToArray();
        foreach (var column in columns)
            if (column.Type is VectorDataViewType { IsKnownSize: false }) throw new NotSupportedException($"Saving column '{column.Name}' of variable length needs the package Microsoft.ML itself.");
        if (schema) WriteSchema(writer, columns, separator, header);
        if (header) writer.WriteLine(string.Join(separator, columns.SelectMany(Names).Select(name => Quote(name, separator))));
        using var cursor = data.GetRowCursor(columns);
        var getters = columns.Select(c => Rows.Call<Action<List<string>>>(null, typeof(TextSaver),
            c.Type is VectorDataViewType ? nameof(Vector) : nameof(Scalar), c.Type.GetItemType().RawType, cursor, c, separator)).ToArray();
        var line = new List<string>();
        while (cursor.MoveNext())
        {
            line.Clear();
            foreach (var getter in getters) getter(line);
            writer.WriteLine(string.Join(separator, line));
        }
    }

    private static void WriteSchema(StreamWriter writer, DataViewSchema.Column[] columns, char separator, bool header)
    {
        writer.WriteLine("#@ TextLoader{");
        if (header) writer.WriteLine("#@   header+");
        writer.WriteLine($"#@   sep={(separator == '\t' ? "tab" : separator == ',' ? "comma" : separator == ';' ? "semicolon" : separator == ' ' ? "space" : separator)}");
        var at = 0;
        foreach (var column in columns)
        {
            var size = column.Type is VectorDataViewType vector ? vector.Size : 1;
            var item = column.Type.GetItemType();
            var kind = item.RawType.Name switch
            {
                "Single" => "R4", "Double" => "R8", "Boolean" => "BL", "SByte" => "I1", "Byte" => "U1", "Int16" => "I2", "UInt16" => "U2",
                "Int32" => "I4", "UInt32" => "U4", "Int64" => "I8", "UInt64" => "U8", "TimeSpan" => "TS", "DateTime" => "DT", "DateTimeOffset" => "DZ", _ => "TX",
            };
            var key = item is KeyDataViewType k ? $"[{k.Count}]" : "";
            writer.WriteLine($"#@   col={column.Name}:{kind}{key}:{at}{(column.Type is VectorDataViewType ? "-" + (at + size - 1) : "")}");
            at += size;
        }
        writer.WriteLine("#@ }");
    }

    private static IEnumerable<string> Names(DataViewSchema.Column column)
    {
        if (column.Type is not VectorDataViewType vector) return [column.Name];
        if (column.Annotations.Schema.GetColumnOrNull("SlotNames") == null) return Enumerable.Repeat("", vector.Size);
        VBuffer<ReadOnlyMemory<char>> names = default;
        column.Annotations.GetValue("SlotNames", ref names);
        return names.DenseValues().Select(n => n.ToString()).ToArray();
    }

    private static Action<List<string>> Scalar<T>(DataViewRow row, DataViewSchema.Column column, char separator)
    {
        var (getter, key) = (row.GetGetter<T>(column), column.Type is KeyDataViewType);
        T value = default;
        return line =>
        {
            getter(ref value);
            line.Add(Text(value, key, separator));
        };
    }

    private static Action<List<string>> Vector<T>(DataViewRow row, DataViewSchema.Column column, char separator)
    {
        var (getter, key) = (row.GetGetter<VBuffer<T>>(column), column.Type.GetItemType() is KeyDataViewType);
        VBuffer<T> value = default;
        return line =>
        {
            getter(ref value);
            foreach (var item in value.DenseValues()) line.Add(Text(item, key, separator));
        };
    }

    private static string Text<T>(T value, bool key, char separator) => value switch
    {
        ReadOnlyMemory<char> text => Quote(text.ToString(), separator),
        bool b => b ? "1" : "0",
        float f when float.IsNaN(f) => "?",
        double d when double.IsNaN(d) => "?",
        float f => f.ToString("R", CultureInfo.InvariantCulture),
        double d => d.ToString("R", CultureInfo.InvariantCulture),
        IConvertible c when key => c.ToUInt64(null) is var raw and > 0 ? (raw - 1).ToString() : "",
        DateTime t => t.ToString("o", CultureInfo.InvariantCulture),
        DateTimeOffset t => t.ToString("o", CultureInfo.InvariantCulture),
        IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    private static string Quote(string text, char separator) =>
        text.Length == 0 || text.IndexOfAny(['"', separator, '\n', '\r']) >= 0 ? "\"" + text.Replace("\"", "\"\"") + "\"" : text;
}
