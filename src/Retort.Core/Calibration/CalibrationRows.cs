namespace Retort;

/// <summary>Rows to learn a calibrator from, as plain memory.</summary>
/// <param name="Logits">[rows × classes], row after row. <see cref="Check"/> raises what is below <see cref="Calibrator.LeastLogit"/> beside the row's largest.</param>
/// <param name="Classes">How many there are; at least 2.</param>
/// <param name="Labels">Class numbers [rows].</param>
/// <param name="Weights">[rows]; null where all count alike.</param>
internal sealed record CalibrationRows(double[] Logits, int Classes, int[] Labels, double[]? Weights)
{
    public int Count => Labels.Length;

    public Span<double> Row(int row) => Logits.AsSpan(row * Classes, Classes);

    public double Weight(int row) => Weights is null ? 1 : Weights[row];

    /// <exception cref="ArgumentException">There is nothing to learn from, or a number is not allowed.</exception>
    public void Check()
    {
        Retort.Check.AtLeast(Classes, 2, "The number of classes");
        Retort.Check.AtLeast(Count, 1, "The number of rows to calibrate on");
        var sum = 0.0;
        for (var row = 0; row < Count; row++)
        {
            Retort.Check.InRange(Labels[row], 0, Classes - 1, $"The label of row {row}");
            if (Weights is not null)
                Retort.Check.AtLeast(Weights[row], 0, $"The weight of row {row}");
            sum += Weight(row);
            Calibrator.Bound(Row(row), row);
        }

        Retort.Check.MoreThan(sum, 0, "The sum of all weights");
    }
}
