using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// Input columns passed through, computed columns added: the schema, its dependencies and its rows.
internal sealed class RowToRowMapper : IRowToRowMapper
{
    private readonly IRowMapper _mapper;
    private readonly int _computed;
    private readonly (bool Added, int Index)[] _map;

    private readonly bool _scores;

    /// Scorers refuse inactive columns with an exception of their own.
    public RowToRowMapper(DataViewSchema input, IRowMapper mapper, bool scores = false)
    {
        (InputSchema, _mapper, _scores) = (input, mapper, scores);
        var columns = mapper.GetOutputColumns();
        _computed = columns.Length;
        var map = new List<(bool, int)>();
        foreach (var column in input)
        {
            map.Add((false, column.Index));
            if (column.IsHidden) continue;
            for (var i = 0; i < columns.Length; i++)
                if (columns[i].Name == column.Name) map.Add((true, i));
        }
        for (var i = 0; i < columns.Length; i++)
            if (input.GetColumnOrNull(columns[i].Name) == null) map.Add((true, i));
        _map = map.ToArray();
        var builder = new DataViewSchema.Builder();
        foreach (var (added, index) in _map)
            if (added) builder.AddColumn(columns[index].Name, columns[index].Type, columns[index].Annotations);
            else builder.AddColumn(input[index].Name, input[index].Type, input[index].Annotations);
        OutputSchema = builder.ToSchema();
    }

    public DataViewSchema InputSchema { get; }

    public DataViewSchema OutputSchema { get; }

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        var passed = new bool[InputSchema.Count];
        var computed = new bool[_computed];
        foreach (var column in dependingColumns)
        {
            var (added, index) = _map[Own(column).Index];
            (added ? computed : passed)[index] = true;
        }
        var read = _mapper.GetDependencies(i => computed[i]);
        return InputSchema.Where(c => passed[c.Index] || read(c.Index)).ToArray();
    }

    private DataViewSchema.Column Own(DataViewSchema.Column column) =>
        column.Index < OutputSchema.Count && OutputSchema[column.Index].Name == column.Name ? column : throw Contracts.ExceptParam(nameof(column), $"The column '{column.Name}' is not of this schema");

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        Contracts.CheckValue(input, nameof(input));
        Contracts.CheckValue(activeColumns, nameof(activeColumns));
        Contracts.CheckParam(ReferenceEquals(input.Schema, InputSchema) || SameColumns(input.Schema), nameof(input), "Schema of input row must be the same as the schema the mapper is bound to");
        return new Row(input, new Bound(this, input, activeColumns));
    }

    private bool SameColumns(DataViewSchema other) => other.Count == InputSchema.Count && other.All(c => c.Name == InputSchema[c.Index].Name && c.Type.Equals(InputSchema[c.Index].Type));

    /// The computed and the passed columns of one input row or cursor.
    internal sealed class Bound : IDisposable
    {
        private readonly RowToRowMapper _parent;
        private readonly DataViewRow _input;
        private readonly bool[] _active;
        private readonly Delegate[] _getters;
        private Action _disposer;

        public Bound(RowToRowMapper parent, DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
        {
            (_parent, _input) = (parent, input);
            _active = new bool[parent.OutputSchema.Count];
            foreach (var column in activeColumns) _active[parent.Own(column).Index] = true;
            var computed = new bool[parent._computed];
            for (var i = 0; i < _active.Length; i++)
                if (_active[i] && parent._map[i].Added) computed[parent._map[i].Index] = true;
            _getters = parent._mapper.CreateGetters(input, i => computed[i], out _disposer);
        }

        /// The end of the row stream.
        public void Dispose()
        {
            _disposer?.Invoke();
            _disposer = null;
            _input.Dispose();
        }

        public DataViewSchema Schema => _parent.OutputSchema;

        public bool IsActive(DataViewSchema.Column column)
        {
            Contracts.CheckParam(column.Index < _active.Length, nameof(column), "column is not of this schema");
            return _active[column.Index];
        }

        public ValueGetter<TValue> Getter<TValue>(DataViewSchema.Column column)
        {
            if (!IsActive(column)) throw _parent._scores ? Contracts.ExceptParam(nameof(column), "requested column not active.") : new InvalidOperationException();
            var (added, index) = _parent._map[column.Index];
            return added ? Rows.Typed<TValue>(_getters[index]) : _input.GetGetter<TValue>(_input.Schema[index]);
        }
    }

    private sealed class Row(DataViewRow input, Bound bound) : DataViewRow
    {
        public override DataViewSchema Schema => bound.Schema;
        public override long Position => input.Position;
        public override long Batch => input.Batch;
        public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();
        public override bool IsColumnActive(DataViewSchema.Column column) => bound.IsActive(column);
        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => bound.Getter<TValue>(column);

        protected override void Dispose(bool disposing)
        {
            if (disposing) bound.Dispose();
        }
    }
}

/// A lazy view of what a transformer makes of another view.
internal sealed class MappedView(IDataView source, RowToRowMapper mapper) : IDataView, IRowToRowMapper
{
    public IDataView Source => source;
    public DataViewSchema Schema => mapper.OutputSchema;
    public bool CanShuffle => source.CanShuffle;
    public long? GetRowCount() => source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        var needed = columnsNeeded.ToArray();
        return new Cursor(mapper, source.GetRowCursor(mapper.GetDependencies(needed), rand), needed);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
    {
        var needed = columnsNeeded.ToArray();
        return source.GetRowCursorSet(mapper.GetDependencies(needed), n, rand).Select(c => (DataViewRowCursor)new Cursor(mapper, c, needed)).ToArray();
    }

    DataViewSchema IRowToRowMapper.InputSchema => mapper.InputSchema;
    DataViewSchema IRowToRowMapper.OutputSchema => mapper.OutputSchema;
    IEnumerable<DataViewSchema.Column> IRowToRowMapper.GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns) => mapper.GetDependencies(dependingColumns);
    DataViewRow IRowToRowMapper.GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns) => mapper.GetRow(input, activeColumns);

    private sealed class Cursor(RowToRowMapper mapper, DataViewRowCursor input, DataViewSchema.Column[] active) : DataViewRowCursor
    {
        private readonly RowToRowMapper.Bound _bound = new(mapper, input, active);

        public override DataViewSchema Schema => _bound.Schema;
        public override long Position => input.Position;
        public override long Batch => input.Batch;
        public override bool MoveNext() => input.MoveNext();
        public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();
        public override bool IsColumnActive(DataViewSchema.Column column) => _bound.IsActive(column);
        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => _bound.Getter<TValue>(column);

        protected override void Dispose(bool disposing)
        {
            if (disposing) _bound.Dispose();
        }
    }
}
