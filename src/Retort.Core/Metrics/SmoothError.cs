namespace Retort;

/// <summary>The smooth calibration error of <see cref="CalibrationMetrics"/>, for any weights of the same rows.</summary>
internal sealed class SmoothError
{
    private const int Cells = 512, Cosines = 256;

    /// <summary>cos(pi k t) at the cells' centres [cosines, cells].</summary>
    private static readonly Lazy<double[]> Table = new(() =>
    {
        var table = new double[Cosines * Cells];
        for (var k = 0; k < Cosines; k++)
            for (var cell = 0; cell < Cells; cell++)
                table[k * Cells + cell] = Math.Cos(Math.PI * k * (cell + 0.5) / Cells);
        return table;
    });

    private readonly int[] _cells;
    private readonly double[] _shares, _gaps; // of the next cell; what a row adds
    private readonly double[] _mass = new double[Cells], _smooth = new double[Cells], _spectrum = new double[Cosines];

    public SmoothError(double[] confidences, bool[] hits)
    {
        (_cells, _shares, _gaps) = (new int[confidences.Length], new double[confidences.Length], new double[confidences.Length]);
        for (var row = 0; row < confidences.Length; row++)
        {
            var place = Math.Clamp(confidences[row] * Cells - 0.5, 0, Cells - 1);
            _cells[row] = Math.Min((int)place, Cells - 2);
            _shares[row] = place - _cells[row];
            _gaps[row] = (hits[row] ? 1 : 0) - confidences[row];
        }
    }

    /// <summary>The width that is its own error.</summary>
    public double Of(double[]? weights, double total)
    {
        Array.Clear(_mass);
        for (var row = 0; row < _cells.Length; row++)
        {
            var gap = _gaps[row] * (weights is null ? 1 : weights[row]) / total;
            _mass[_cells[row]] += gap * (1 - _shares[row]);
            _mass[_cells[row] + 1] += gap * _shares[row];
        }

        var table = Table.Value;
        for (var k = 0; k < Cosines; k++)
            _spectrum[k] = (k == 0 ? 1 : 2) * TensorPrimitives.Dot<double>(_mass, table.AsSpan(k * Cells, Cells));

        // the error falls as the width grows, so the two meet once
        var (low, high) = (1e-3, 1.0);
        while (high - low > 1e-6 * high)
        {
            var middle = (low + high) / 2;
            if (At(middle) > middle)
                low = middle;
            else
                high = middle;
        }

        return At((low + high) / 2);
    }

    private double At(double width)
    {
        Array.Clear(_smooth);
        for (var k = 0; k < Cosines; k++)
        {
            var damping = Math.Exp(-Math.Pow(Math.PI * k * width, 2) / 2);
            if (damping < 1e-12)
                break;
            TensorPrimitives.MultiplyAdd(Table.Value.AsSpan(k * Cells, Cells), damping * _spectrum[k], _smooth, _smooth);
        }

        return TensorPrimitives.SumOfMagnitudes<double>(_smooth) / Cells;
    }
}
