using System.Buffers;

namespace Retort;

/// <summary>Probabilities <c>softmax(A x + c)</c> of log-probabilities x.</summary>
/// <param name="calibration">How it was fitted.</param>
/// <param name="classes">How many classes it knows.</param>
/// <param name="parameters">A [classes × classes], then c [classes]; where <paramref name="isDiagonal"/>, A's diagonal alone.</param>
/// <param name="isDiagonal">Whether A is diagonal.</param>
/// <param name="before">Temperature and weight of a <see cref="SmoothedTemperatureScaling"/> that goes before; null for none.</param>
internal sealed class AffineScaler(Calibration calibration, int classes, double[] parameters, bool isDiagonal, (double Temperature, double Weight)? before = null) : Calibrator(calibration, classes)
{
    private const int MostOnStack = 1024;

    /// <summary>What <see cref="AffineFit"/> found.</summary>
    public static AffineScaler Of(Calibration calibration, int classes, double[] found, bool isDiagonal, (double, double)? before = null)
    {
        if (isDiagonal)
            found = [.. Enumerable.Range(0, classes).Select(k => found[k * classes + k]), .. found[^classes..]];
        return new(calibration, classes, found, isDiagonal, before);
    }

    /// <exception cref="ArgumentException">The numbers are not those of such a calibrator.</exception>
    public static AffineScaler Read(BinaryReader reader, Calibration calibration, int classes, bool isDiagonal, bool hasBefore = false)
    {
        var numbers = ReadAll(reader, checked((isDiagonal ? 2 * classes : classes * (classes + 1)) + (hasBefore ? 2 : 0)));
        if (!hasBefore)
            return new(calibration, classes, numbers, isDiagonal);
        SmoothedTemperatureScaling.Check(numbers[^2], numbers[^1]);
        return new(calibration, classes, numbers[..^2], isDiagonal, (numbers[^2], numbers[^1]));
    }

    /// <summary>Logits to the x above.</summary>
    public static void Prepare(Span<double> row, (double Temperature, double Weight)? before)
    {
        if (before is var (temperature, weight))
        {
            SmoothedTemperatureScaling.Change(row, temperature, weight);
            foreach (ref var p in row)
                p = Math.Log(p);
        }
        else
        {
            Logits.LogSoftmax(row);
        }
    }

    private protected override void Change(Span<double> row)
    {
        Prepare(row, before);
        var offsets = parameters.AsSpan(^Classes);
        if (isDiagonal)
        {
            for (var k = 0; k < row.Length; k++)
                row[k] = parameters[k] * row[k] + offsets[k];
            Logits.Softmax(row);
            return;
        }

        var rented = Classes > MostOnStack ? ArrayPool<double>.Shared.Rent(Classes) : null;
        var x = rented is null ? stackalloc double[Classes] : rented.AsSpan(0, Classes);
        row.CopyTo(x);
        for (var k = 0; k < row.Length; k++)
            row[k] = TensorPrimitives.Dot<double>(parameters.AsSpan(k * Classes, Classes), x) + offsets[k];
        if (rented is not null)
            ArrayPool<double>.Shared.Return(rented);
        Logits.Softmax(row);
    }

    private protected override OnnxValue Change(OnnxValue rows, IReadOnlyList<OnnxValue> copies)
    {
        var x = before is var (temperature, weight) ? SmoothedTemperatureScaling.Change(rows, Classes, temperature, weight).Log() : rows.LogSoftmax(1);
        var (graph, offsets) = (rows.Graph, rows.Graph.Constant(parameters.AsSpan(^Classes), Classes));
        var scaled = isDiagonal ? x * graph.Constant(parameters.AsSpan(0, Classes), Classes) : x.MatMul(graph.Constant(parameters.AsSpan(0, Classes * Classes), Classes, Classes).Transpose(1, 0));
        return (scaled + offsets).Softmax(1);
    }

    private protected override void WriteNumbers(BinaryWriter writer)
    {
        if (before is var (temperature, weight))
            Write(writer, [.. parameters, temperature, weight]);
        else
            Write(writer, parameters);
    }
}
