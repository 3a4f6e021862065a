using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>The input's rows under the output's schema, each computed alone where an added column is wanted.</summary>
internal sealed class RowwiseCursor : DataViewRowCursor
{
    private readonly ScoreBinding _binding;
    private readonly bool[] _active;
    private readonly DataViewRowCursor _source;
    private readonly Delegate?[] _added;

    public RowwiseCursor(ScoreBinding binding, bool[] active, DataViewRowCursor source)
    {
        (_binding, _active, _source) = (binding, active, source);
        var outputs = binding.AnyAdded(active) ? binding.Source(source) : null;
        _added = [.. binding.Output.Skip(binding.Input.Count).Select(column => active[column.Index] ? binding.Getter(column, outputs!) : null)];
    }

    public override DataViewSchema Schema => _binding.Output;

    public override long Position => _source.Position;

    public override long Batch => _source.Batch;

    public override bool MoveNext() => _source.MoveNext();

    public override bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

    public override ValueGetter<DataViewRowId> GetIdGetter() => _source.GetIdGetter();

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
        !_active[column.Index] ? throw Getters.Inactive(column)
        : _binding.IsAdded(column) ? _added[column.Index - _binding.Input.Count]!.As<TValue>(column)
        : _source.GetGetter<TValue>(_binding.Input[column.Index]);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _source.Dispose();
        base.Dispose(disposing);
    }
}
