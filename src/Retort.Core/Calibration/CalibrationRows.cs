namespace Retort;

/// <summary>Rows to learn a calibrator from, as plain memory.</summary>
/// <param name="Logits">[rows × classes], row after row. <see cref="Check"/> moves each row so that its largest is 0, and raises what is then below <see cref="Calibrator.LeastLogit"/>.</param>
/// <param name="Classes">How many there are; at least 2.</param>
/// <param name="Labels">Class numbers [rows].</param>
/// <param name="Weights">[rows]; null where all count alike.</param>
/// <param name="Copies">The logits of noisy copies of each row [rows × copies × classes], those of a row together; null for none.</param>
internal sealed record CalibrationRows(double[] Logits, int Classes, int[] Labels, double[]? Weights, double[]? Copies = null)
{
    public int Count => Labels.Length;

    public int CopiesOfRows => Copies is null ? 0 : Copies.Length / Math.Max(Logits.Length, 1);

    public Span<double> CopiesOf(int row) => Copies is null ? [] : Copies.AsSpan(row * CopiesOfRows * Classes, CopiesOfRows * Classes);

    public Span<double> Row(int row) => Logits.AsSpan(row * Classes, Classes);

    public double Weight(int row) => Weights is null ? 1 : Weights[row];

    /// <summary>The logarithms of the softmax, in memory of its own.</summary>
    public double[] LogProbabilities()
    {
        var copy = (double[])Logits.Clone();
        for (var row = 0; row < Count; row++)
            Retort.Logits.LogSoftmax(copy.AsSpan(row * Classes, Classes));
        return copy;
    }

    public double TotalWeight => Weights is null ? Count : TensorPrimitives.Sum<double>(Weights);

    /// <exception cref="ArgumentException">There is nothing to learn from, or a number is not allowed.</exception>
    public void Check()
    {
        Retort.Check.AtLeast(Classes, 2, "The number of classes");
        Retort.Check.AtLeast(Count, 1, "The number of rows to calibrate on");
        var sum = 0.0;
        for (var row = 0; row < Count; row++)
        {
            if ((uint)Labels[row] >= Classes) // a message is made only where it is needed
                Retort.Check.InRange(Labels[row], 0, Classes - 1, $"The label of row {row}");
            if (Weights is not null && !(Weights[row] >= 0 && Weights[row] < double.PositiveInfinity))
                Retort.Check.AtLeast(Weights[row], 0, $"The weight of row {row}");
            sum += Weight(row);
            Calibrator.Bound(Row(row), row);
            for (var copy = 0; copy < CopiesOfRows; copy++)
                Calibrator.Bound(CopiesOf(row).Slice(copy * Classes, Classes), row);
        }

        Retort.Check.MoreThan(sum, 0, "The sum of all weights");
    }
}
