using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>A row with its scores, computed once a position by the managed forward pass.</summary>
internal sealed class ScoredRow : DataViewRow
{
    private readonly ScoreBinding _binding;
    private readonly bool[] _active;
    private readonly DataViewRow _input;
    private readonly RowOutputs? _outputs;

    public ScoredRow(ScoreBinding binding, bool[] active, DataViewRow input)
    {
        (_binding, _active, _input) = (binding, active, input);
        if (binding.Output.Any(column => binding.IsAdded(column) && active[column.Index]))
            _outputs = new RowOutputs(binding, input);
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

    private sealed class RowOutputs : ScoreSource
    {
        private readonly DataViewRow _input;
        private readonly FeatureReader _reader;
        private readonly NetworkTransformer _transformer;
        private readonly float[] _features, _outputs;
        private readonly long[] _categories;
        private long _position = -1;

        public RowOutputs(ScoreBinding binding, DataViewRow input)
        {
            _input = input;
            _reader = binding.Reader(input);
            _transformer = binding.Transformer;
            var network = _transformer.Fitted;
            (_features, _categories, _outputs) = (new float[network.Features], new long[network.Cardinalities.Count], new float[network.Outputs]);
        }

        public override ReadOnlySpan<float> Current
        {
            get
            {
                if (_position != _input.Position || _position < 0)
                {
                    _reader.Read(_features, _categories);
                    _transformer.Fitted.ForwardRow(_features, _categories, _outputs);
                    _transformer.Fitted.Finish(_outputs);
                    _position = _input.Position;
                }

                return _outputs;
            }
        }
    }
}
