using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace Retort;

/// <summary>Reads a block of rows ahead, scores it in one forward pass, and serves its rows in order.</summary>
/// <remarks>Blocks grow, so that the first row is there at once and long views run at full speed.</remarks>
internal sealed class ScoringCursor : DataViewRowCursor
{
    private static readonly int[] BlockSizes = [1, 8, 64, 1024];

    private readonly NetworkBinding _binding;
    private readonly bool[] _active;
    private readonly DataViewRowCursor _source;
    private readonly FeatureReader _reader;
    private readonly FittedNetwork _network;
    private readonly ColumnBuffer?[] _buffers;
    private readonly ColumnBuffer _ids;
    private readonly ColumnBuffer[] _kept;
    private readonly Delegate?[] _scores;
    private Tensor? _features, _categories;
    private float[] _outputs = [];
    private long[] _batches = [];
    private int _block = -1, _rows, _current = -1;
    private long _position = -1;
    private bool _ended;

    public ScoringCursor(NetworkBinding binding, bool[] active, DataViewRowCursor source)
    {
        (_binding, _active, _source) = (binding, active, source);
        _network = binding.Transformer.Fitted;
        _reader = binding.Reader(source);
        _ids = ColumnBuffer.OfId(source, Current);
        _buffers = [.. binding.Input.Select(column => active[column.Index] ? ColumnBuffer.Of(source, column, Current) : null)];
        _kept = [_ids, .. _buffers.OfType<ColumnBuffer>()];
        var outputs = new BlockOutputs(this);
        _scores = [.. binding.Output.Skip(binding.Input.Count).Select(column => active[column.Index] ? binding.Getter(column, outputs) : null)];
    }

    public override DataViewSchema Schema => _binding.Output;

    public override long Position => _position;

    public override long Batch => _position < 0 ? 0 : _batches[_current];

    public override bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ValueGetter<DataViewRowId>)_ids.Getter;

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        var getter = _binding.IsAdded(column) ? _scores[column.Index - _binding.Input.Count] : _buffers[column.Index]?.Getter;
        return getter?.As<TValue>(column) ?? throw Getters.Inactive(column);
    }

    public override bool MoveNext()
    {
        if (++_current >= _rows)
        {
            if (!_ended)
                Fill();
            if (_current >= _rows)
            {
                (_current, _rows, _position) = (-1, -1, -1);
                return false;
            }
        }

        _position++;
        return true;
    }

    private void Fill()
    {
        if (_block < BlockSizes.Length - 1)
            Grow(BlockSizes[++_block]);

        var (width, keys, limit) = (_network.Features, _network.Cardinalities.Count, BlockSizes[_block]);
        var features = MemoryMarshal.Cast<byte, float>(_features is null ? default : _features.bytes);
        var categories = MemoryMarshal.Cast<byte, long>(_categories is null ? default : _categories.bytes);
        for (_rows = _current = 0; _rows < limit; _rows++)
        {
            if (!_source.MoveNext())
            {
                _ended = true;
                break;
            }

            _reader.Read(features.Slice(_rows * width, width), categories.Slice(_rows * keys, keys));
            _batches[_rows] = _source.Batch;
            foreach (var buffer in _kept)
                buffer.Take(_rows);
        }

        if (_rows > 0)
            Score();
    }

    private void Score()
    {
        using var scope = NewDisposeScope();
        var features = _features?.narrow(0, 0, _rows) ?? zeros(_rows, 0);
        _network.Score(features, _categories?.narrow(0, 0, _rows), _outputs.AsSpan(0, _rows * _network.Outputs));
    }

    private void Grow(int rows)
    {
        Release();
        // kept out of whatever scope the reader of this cursor has open
        if (_network.Features > 0)
            _features = empty(rows, _network.Features).DetachFromDisposeScope();
        if (_network.Cardinalities.Count > 0)
            _categories = empty(rows, _network.Cardinalities.Count, dtype: int64).DetachFromDisposeScope();
        _outputs = new float[rows * _network.Outputs];
        _batches = new long[rows];
        foreach (var buffer in _kept)
            buffer.Grow(rows);
    }

    private int Current() => _current >= 0
        ? _current
        : throw new InvalidOperationException("The cursor must stand on a row to be read, but is before the first or behind the last.");

    private void Release()
    {
        _features?.Dispose();
        _categories?.Dispose();
        (_features, _categories) = (null, null);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Release();
            _source.Dispose();
            _ended = true;
        }

        base.Dispose(disposing);
    }

    private sealed class BlockOutputs(ScoringCursor cursor) : ScoreSource
    {
        private readonly int _width = cursor._network.Outputs;

        public override ReadOnlySpan<float> Current => cursor._outputs.AsSpan(cursor.Current() * _width, _width);
    }
}
