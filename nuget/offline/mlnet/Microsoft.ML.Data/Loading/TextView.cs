using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>The rows of text files.</summary>
internal sealed class TextView(IHostEnvironment env, DataViewSchema schema, TextColumn[] columns, TextLoader.Options options, IMultiStreamSource files) : SourceView(schema)
{
    public override bool CanShuffle => false;

    public override long? GetRowCount() => null;

    protected override DataViewRowCursor Cursor(bool[] active, Random rand) => new TextCursor(env, Schema, columns, options, files, active);

    private sealed class TextCursor : SourceCursor
    {
        private const int MostMessages = 10;
        private readonly IHostEnvironment _env;
        private readonly LineReader _lines;
        private readonly FieldTable _fields;
        private readonly Delegate[] _getters;
        private readonly Action[] _parse;
        private readonly long _most;
        private long _rows, _bad, _malformed;

        public TextCursor(IHostEnvironment env, DataViewSchema schema, TextColumn[] columns, TextLoader.Options options, IMultiStreamSource files, bool[] active) : base(schema, active)
        {
            (_env, _most) = (env, options.MaxRows ?? long.MaxValue);
            var used = columns.Where((_, i) => active[i]).ToArray();
            _lines = new LineReader(files, options.HasHeader, used.Any(c => c.IsText), options.ReadMultilines && options.AllowQuoting ? options.EscapeChar : '\0', options.Separators);
            _fields = new FieldTable(options, used.Length == 0 ? 0 : used.Max(c => c.Limit), Malformed);
            var readers = columns.Select((c, i) => active[i] ? c.Reader(_fields, options, Bad) : default).ToArray();
            _getters = readers.Select(r => r.Getter).ToArray();
            _parse = readers.Select(r => r.Parse).Where(p => p != null).ToArray();
        }

        public override long Batch => -1;

        protected override bool Advance()
        {
            try
            {
                if (_rows >= _most || !_lines.Next()) return false;
                _fields.Read(_lines.Buffer, _lines.Start, _lines.End);
                foreach (var parse in _parse) parse();
            }
            catch (Exception e)
            {
                throw new FormatException("Parsing failed with an exception: " + e.Message, e);
            }
            _rows++;
            return true;
        }

        protected override Exception NotActive() => new InvalidOperationException();

        protected override Exception WrongType(DataViewSchema.Column column, Type asked) =>
            Contracts.Except($"Invalid TValue in GetGetter: '{asked}', expected type: '{column.Type.RawType}'.");

        protected override Delegate MakeGetter(int column) => _getters[column];

        private void Bad(TextColumn column, int slot, string text, bool hasMissing)
        {
            if (!hasMissing) throw Contracts.Except($"Could not parse value {text} in line {_lines.Number}, column {column.Name}");
            Report(++_bad, ChannelMessageKind.Info, slot < 0 ? $"  Bad value at line {_lines.Number} in column {column.Name}" : $"  Bad value at line {_lines.Number} in column {column.Name} at slot {slot}",
                "  Suppressing further bad value messages");
        }

        private void Malformed(int from, int to, string what) =>
            Report(++_malformed, ChannelMessageKind.Warning, $"Format error at {_lines.Path}({_lines.Number},{from + 1})-({_lines.Number},{to + 1}): {what}", "Suppressing further format error messages");

        private void Report(long count, ChannelMessageKind kind, string message, string last)
        {
            if (count > MostMessages + 1) return;
            using var channel = _env.Start("Cursor");
            var text = count <= MostMessages ? message : last;
            if (kind == ChannelMessageKind.Info) channel.Info(MessageSensitivity.All, text); else channel.Warning(MessageSensitivity.All, text);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _lines.Dispose();
                _fields.Close();
                if (_bad + _malformed > 0)
                    using (var channel = _env.Start("Cursor"))
                        channel.Info(MessageSensitivity.All, $"Processed {_rows} rows with {_bad} bad values and {_malformed} format errors");
                _bad = _malformed = 0;
            }
            base.Dispose(disposing);
        }
    }
}
