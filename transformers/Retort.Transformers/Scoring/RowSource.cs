using Microsoft.ML;

namespace Retort;

/// <summary>Outputs of the row that the input stands on, computed once a position.</summary>
internal abstract class RowSource(DataViewRow input, int outputs) : ScoreSource
{
    private readonly float[] _outputs = new float[outputs];
    private long _position = -1;

    public sealed override ReadOnlySpan<float> Current
    {
        get
        {
            if (_position != input.Position || _position < 0)
            {
                Compute(_outputs);
                _position = input.Position;
            }

            return _outputs;
        }
    }

    protected abstract void Compute(Span<float> outputs);
}

/// <summary>Writes the numbers of the row that its input stands on.</summary>
internal delegate void RowFiller(Span<float> numbers);
