using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>A row with its scores, computed once a position.</summary>
internal sealed class ScoredRow : DataViewRow
{
    private readonly ScoreBinding _binding;
    private readonly bool[] _active;
    private readonly DataViewRow _input;
    private readonly ScoreSource? _outputs;

    public ScoredRow(ScoreBinding binding, bool[] active, DataViewRow input)
    {
        (_binding, _active, _input) = (binding, active, input);
        if (binding.AnyAdded(active))
            _outputs = binding.Source(input);
    }

    public override DataViewSchema Schema => _binding.Output;

    public override long Position => _input.Position;

    public override long Batch => _input.Batch;

    public override bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

    public override ValueGetter<DataViewRowId> GetIdGetter() => _input.GetIdGetter();

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
        !_active[column.Index] ? throw Getters.Inactive(column)
        : _binding.IsAdded(column) ? _binding.Getter(column, _outputs!).As<TValue>(column)
        : _input.GetGetter<TValue>(_binding.Input[column.Index]);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _input.Dispose();
        base.Dispose(disposing);
    }
}
