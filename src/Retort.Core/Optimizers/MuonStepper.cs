using System.Numerics;
using System.Runtime.InteropServices;

namespace Retort;

/// <summary>Orthogonalised momentum for the matrices of hidden layers, AdamW for everything else.</summary>
/// <remarks>A slot of more than two dimensions is so many matrices, as the members of a batched network are.</remarks>
internal sealed class MuonStepper : Stepper
{
    private readonly double _learningRate, _othersRate, _momentum, _weightDecay, _rowMemory;
    private readonly MomentumMatrix[] _matrices;
    private readonly Stepper _others;

    /// <param name="slots">The layers to train.</param>
    /// <param name="learningRate">The full learning rate of the matrices, which the schedule's factor is relative to.</param>
    /// <param name="momentum">How long gradients are remembered.</param>
    /// <param name="weightDecay">The share of a matrix that is lost in a step, times the learning rate.</param>
    /// <param name="rowMemory">How long the mean squares of rows are remembered; NaN where rows are not normalised.</param>
    /// <param name="others">What trains everything else.</param>
    public MuonStepper(IEnumerable<ParameterSlot> slots, double learningRate, double momentum, double weightDecay, double rowMemory, AdamW others)
    {
        (_learningRate, _othersRate, _momentum, _weightDecay, _rowMemory) = (learningRate, others.LearningRate, momentum, weightDecay, rowMemory);
        var isMatrix = slots.ToLookup(slot => slot.Role == ParameterRole.Weights && slot.Shape.Length >= 2 && slot.Count > 0);
        var shared = new Dictionary<(int, int), NewtonSchulz>();
        _matrices = [.. isMatrix[true].SelectMany(slot => Matrices(slot, shared))];
        _others = Include(others.Start(isMatrix[false]));
    }

    protected override void Change(Span<float> parameters, ReadOnlySpan<float> gradients, double learningRate)
    {
        foreach (var matrix in _matrices)
            Change(matrix, parameters.Slice(matrix.Offset, matrix.M.Length), gradients.Slice(matrix.Offset, matrix.M.Length), learningRate * matrix.Rate);
        _others.Step(parameters, gradients, learningRate / _learningRate * _othersRate);
    }

    private void Change(MomentumMatrix matrix, Span<float> parameters, ReadOnlySpan<float> gradients, double rate)
    {
        var work = matrix.Work;
        LookAhead(gradients, matrix.M, work.Values, (float)_momentum);
        work.Run();

        var size = rate * Math.Sqrt(Math.Max(1, matrix.Rows / (double)matrix.Columns));
        if (matrix.V.Length > 0)
            size *= NormaliseRows(work.Values, matrix.V, matrix.Columns);
        Spans.Move(parameters, work.Values, (float)(1 - rate * _weightDecay), (float)size);
    }

    /// <summary>Divides each row by its remembered root mean square; the factor that gives the matrix its norm back.</summary>
    private double NormaliseRows(Span<float> update, double[] memory, int columns)
    {
        var (before, after) = (0.0, 0.0);
        for (var row = 0; row < memory.Length; row++)
        {
            var line = update.Slice(row * columns, columns);
            var norm = Spans.Norm(line);
            var square = norm * norm;
            memory[row] += (1 - _rowMemory) * (square / columns - memory[row]);
            var scale = 1 / (Math.Sqrt(memory[row]) + 1e-10);
            before += square;
            after += square * scale * scale;
            Spans.Scale(line, (float)scale);
        }

        return Math.Sqrt(before) / (Math.Sqrt(after) + 1e-10);
    }

    /// <summary><c>m = momentum m + (1 - momentum) g</c>, and into the target <c>(1 - momentum) g + momentum m</c>, where the momentum leads.</summary>
    private static void LookAhead(ReadOnlySpan<float> g, Span<float> m, Span<float> target, float momentum)
    {
        var gs = MemoryMarshal.Cast<float, Vector<float>>(g);
        var ms = MemoryMarshal.Cast<float, Vector<float>>(m);
        var targets = MemoryMarshal.Cast<float, Vector<float>>(target);
        var fresh = 1 - momentum;
        for (var i = 0; i < ms.Length; i++)
        {
            ms[i] = momentum * ms[i] + fresh * gs[i];
            targets[i] = fresh * gs[i] + momentum * ms[i];
        }

        for (var i = ms.Length * Vector<float>.Count; i < m.Length; i++)
        {
            m[i] = momentum * m[i] + fresh * g[i];
            target[i] = fresh * g[i] + momentum * m[i];
        }
    }

    private IEnumerable<MomentumMatrix> Matrices(ParameterSlot slot, Dictionary<(int Rows, int Columns), NewtonSchulz> shared)
    {
        var size = (Rows: (int)slot.Shape[^2], Columns: (int)slot.Shape[^1]);
        if (!shared.TryGetValue(size, out var work))
            shared[size] = work = new(size.Rows, size.Columns);
        for (var start = 0; start < slot.Count; start += size.Rows * size.Columns)
            yield return new(slot.Offset + start, size.Rows, size.Columns, slot.Rate, Remember<float>(size.Rows * size.Columns), Remember<double>(double.IsNaN(_rowMemory) ? 0 : size.Rows), work);
    }

    private sealed record MomentumMatrix(int Offset, int Rows, int Columns, double Rate, float[] M, double[] V, NewtonSchulz Work);
}
