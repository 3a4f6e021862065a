using System.Reflection;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Reads delimited text. Lines are found and split while a cursor moves; a field is parsed when its getter is called.</summary>
public sealed partial class TextLoader : IDataLoader<IMultiStreamSource>
{
    private readonly IHostEnvironment _env;
    private readonly Options _options;
    private readonly TextColumn[] _columns;
    private readonly DataViewSchema _schema;

    internal TextLoader(IHostEnvironment env, Options options, IMultiStreamSource dataSample)
    {
        _env = env;
        _options = options = (options ?? new Options()).Copy();
        Check(options);
        if (options.Columns is not { Length: > 0 } && dataSample is { Count: > 0 })
            using (var reader = dataSample.OpenTextReader(0))
                if (reader.ReadLine()?.StartsWith("#@ TextLoader{", StringComparison.Ordinal) == true)
                    throw new NotSupportedException("Columns from the comment at the head of a text file need the package Microsoft.ML itself; this stand-in must be given the columns.");
        if (options.Columns is not { Length: > 0 })
            options.Columns = [new Column("Label", DataKind.Single, 0), new Column("Features", DataKind.Single, [new Range(1, null)])];
        var width = options.InputSize is { } size and > 0 ? size : options.Columns.Any(c => c.Source.Any(s => s.AutoEnd)) ? Width(options, dataSample) : 0;
        _columns = Bind(options.Columns, width);

        var header = Header(options, dataSample);
        var builder = new DataViewSchema.Builder();
        foreach (var column in _columns) builder.AddColumn(column.Name, column.Type, SlotNames(column, header));
        if (_columns.DistinctBy(c => c.Name).Count() < _columns.Length)
            using (var channel = env.Start("TextLoader")) channel.Info(MessageSensitivity.All, "Duplicate name(s) specified - later columns will hide earlier ones");
        _schema = builder.ToSchema();
    }

    public DataViewSchema GetOutputSchema() => _schema;

    public IDataView Load(IMultiStreamSource source) => new TextView(_env, _schema, _columns, _options, source);

    void ICanSaveModel.Save(ModelSaveContext ctx) =>
        throw new NotSupportedException("Saving a text loader needs the package Microsoft.ML itself; this stand-in does not write it.");

    /// <summary>One column a member of TInput, each of which must carry LoadColumn. The fields named there, not the member's type, say whether it is a vector.</summary>
    internal static Column[] ColumnsOf<TInput>()
    {
        var members = typeof(TInput).GetFields(BindingFlags.Public | BindingFlags.Instance).Cast<MemberInfo>()
            .Concat(typeof(TInput).GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(p => p is { CanRead: true, GetMethod.IsPublic: true } && p.GetIndexParameters().Length == 0)).ToArray();
        Contracts.CheckParam(members.Length > 0, nameof(TInput), "Should define at least one public, readable field or property in TInput.");
        return members.Select(member =>
        {
            var what = member is FieldInfo ? "Field" : "Property";
            var load = member.GetCustomAttribute<LoadColumnAttribute>() ?? throw Contracts.Except($"{what} '{member.Name}' is missing the {nameof(LoadColumnAttribute)} attribute");
            var type = member is FieldInfo field ? field.FieldType : ((PropertyInfo)member).PropertyType;
            var kind = TypedColumns.KindOf(type.IsArray ? type.GetElementType() : type) ?? throw Contracts.Except($"{what} {member.Name} is of unsupported type.");
            var key = member.GetCustomAttribute<KeyTypeAttribute>();
            if (key is { Count: null }) throw Contracts.ExceptNotSupp("Using KeyType without the Count parameter is not supported");
            return new Column
            {
                Name = member.GetCustomAttribute<ColumnNameAttribute>()?.Name ?? member.Name,
                DataKind = kind,
                Source = load.Sources.ToArray(),
                KeyCount = key == null ? null : new KeyCount(key.Count.Value),
            };
        }).ToArray();
    }

    private static void Check(Options options)
    {
        foreach (var separator in options.Separators)
        {
            if (separator is '\0' or '\r' or '\n' or '"' or >= '0' and <= '9')
                throw Contracts.ExceptUserArg("Separator", $"Illegal separator: '{(separator == '\n' ? "\\n" : separator.ToString())}'");
            if (separator == ':' && options.AllowSparse) throw Contracts.ExceptUserArg("Separator", "When the separator is colon, turn off allowSparse");
        }
        if (options.Separators.Length == 0) throw new IndexOutOfRangeException();
        Contracts.CheckUserArg(options.DecimalMarker is '.' or ',', "DecimalMarker", $"Decimal marker cannot be the '{options.DecimalMarker}' character. It must be '.' or ','.");
        Contracts.CheckUserArg(options.DecimalMarker == '.' || !options.Separators.Contains(',') || options.AllowQuoting, "AllowQuoting",
            "Quoting must be allowed if decimal marker and separator are the ',' character.");
        if (options.MaxRows < 0) throw new ArgumentOutOfRangeException("MaxRows");
        if (options.InputSize < 0) throw Contracts.Except("inputSize");
        foreach (var column in options.Columns ?? [])
        {
            Contracts.CheckUserArg(!string.IsNullOrWhiteSpace(column.Name), "Name", "Name cannot be null or white space");
            Contracts.CheckUserArg(column.Source is { Length: > 0 }, "Source", "Must specify some source column indices");
        }
        Contracts.CheckUserArg((options.Columns ?? []).SelectMany(c => c.Source).Count(s => s.AllOther) <= 1, "AllOther", "At most one all other range can be specified");
    }

    private static TextColumn[] Bind(Column[] columns, int width)
    {
        var taken = columns.SelectMany(c => c.Source).Where(s => !s.AllOther).Select(s => (s.Min, Lim: s.VariableEnd ? int.MaxValue : s.AutoEnd ? width : (s.Max ?? s.Min) + 1)).ToArray();
        var limit = width > 0 ? width : taken.Where(t => t.Lim < int.MaxValue).Select(t => t.Lim).DefaultIfEmpty(0).Max();
        return columns.Select(column =>
        {
            var segments = new List<(int Min, int Lim)>();
            var isVector = column.Source.Length > 1;
            foreach (var source in column.Source)
            {
                isVector |= source.ForceVector || source.AllOther || source.AutoEnd || source.VariableEnd || source.Max > source.Min;
                if (source.AllOther)
                {
                    for (var i = source.Min; i < limit; i++)
                    {
                        if (taken.Any(t => t.Min <= i && i < t.Lim)) continue;
                        if (segments.Count > 0 && segments[^1].Lim == i) segments[^1] = (segments[^1].Min, i + 1); else segments.Add((i, i + 1));
                    }
                }
                else if (source.AutoEnd)
                {
                    Contracts.CheckUserArg(source.Min < width, "Min", $"Column #{source.Min} not found in the dataset (it only has {width} columns)");
                    segments.Add((source.Min, width));
                }
                else segments.Add((source.Min, source.VariableEnd ? int.MaxValue : (source.Max ?? source.Min) + 1));
            }
            return new TextColumn(column.Name, column.DataKind, column.KeyCount, segments.ToArray(), isVector, column.Source.Any(s => s.VariableEnd));
        }).ToArray();
    }

    /// <summary>How many fields the lines have: those of the sample must agree.</summary>
    private static int Width(Options options, IMultiStreamSource sample)
    {
        var width = 0;
        if (sample is { Count: > 0 })
        {
            using var lines = new LineReader(sample, options.HasHeader, keepText: false);
            var table = new FieldTable(options, int.MaxValue, (_, _, _) => { });
            for (var i = 0; i < 1000 && lines.Next(); i++)
            {
                table.Read(lines.Buffer, lines.Start, lines.End);
                Contracts.CheckUserArg(width == 0 || width == table.Width, "Source", "The size of input lines is not consistent");
                width = table.Width;
            }
        }
        Contracts.CheckUserArg(width > 0, "Source", "Can't determine the number of source columns without valid data");
        return width;
    }

    private static string[] Header(Options options, IMultiStreamSource sample)
    {
        if (string.IsNullOrWhiteSpace(options.HeaderFile) && !options.HasHeader) return null;
        var source = string.IsNullOrWhiteSpace(options.HeaderFile) ? sample : new MultiFileSource(options.HeaderFile);
        if (source is not { Count: > 0 }) return null;
        using var lines = new LineReader(source, hasHeader: false, keepText: false);
        if (!lines.Next()) return null;
        var dense = options.Copy();
        (dense.AllowSparse, dense.InputSize) = (false, null);
        var table = new FieldTable(dense, int.MaxValue, (_, _, _) => { });
        table.Read(lines.Buffer, lines.Start, lines.End);
        return Enumerable.Range(0, table.Width).Select(i => table[i].TrimEnd(' ').ToString()).ToArray();
    }

    private static DataViewSchema.Annotations SlotNames(TextColumn column, string[] header)
    {
        if (header == null || column.Type is not VectorDataViewType { IsKnownSize: true } type) return null;
        var (names, indices) = (new List<ReadOnlyMemory<char>>(), new List<int>());
        foreach (var (field, slot) in column.Indices().Select((field, slot) => (field, slot)))
        {
            if (field >= header.Length || header[field].Length == 0) continue;
            names.Add(header[field].AsMemory());
            indices.Add(slot);
        }
        if (names.Count == 0) return null;
        VBuffer<ReadOnlyMemory<char>> values = default;
        values = TextColumn.Pack(ref values, type.Size, names, indices);
        var builder = new DataViewSchema.Annotations.Builder();
        builder.Add("SlotNames", new VectorDataViewType(TextDataViewType.Instance, type.Size),
            (ref VBuffer<ReadOnlyMemory<char>> dst) => values.CopyTo(ref dst));
        return builder.ToAnnotations();
    }
}
