namespace Retort;

/// <summary>Temperature scaling, mixed with even probabilities as if one more row with no class of its own had been seen: no probability is 0, and few rows cannot promise certainty.</summary>
/// <remarks>
/// <c>p = (n softmax(z / T) + 1 / K) / (n + 1)</c> for K classes, with n the weight of all rows that were learned from (their number, where all count alike) and T as <see cref="TemperatureScaling"/> finds it.
/// The added part is Laplace's smoothing with one row in all, spread over the classes.
/// Source: Berta, Holzmüller, Jordan and Bach, Rethinking Early Stopping: Refine, Then Calibrate, 2025, https://arxiv.org/abs/2501.19195, whose package probmetrics calls it ts-mix; that n counts weight is ours.
/// </remarks>
[Method("ts-mix", Title = "Rethinking Early Stopping: Refine, Then Calibrate", Authors = "Berta, Holzmüller, Jordan and Bach", Year = 2025,
    Link = "https://arxiv.org/abs/2501.19195", Tasks = LearningTasks.Classification)]
public sealed record SmoothedTemperatureScaling : Calibration
{
    /// <inheritdoc/>
    public override bool KeepsArgMax => true;

    private protected override Calibrator Learn(CalibrationRows rows) => new Scaler(this, rows.Classes, TemperatureScaling.Search(rows), rows.TotalWeight);

    private protected override Calibrator ReadNumbers(BinaryReader reader, int classes)
    {
        var numbers = Calibrator.ReadAll(reader, 2);
        Check(numbers[0], numbers[1]);
        return new Scaler(this, classes, numbers[0], numbers[1]);
    }

    /// <exception cref="ArgumentException">A number is none that can be learned.</exception>
    internal static void Check(double temperature, double weight)
    {
        Retort.Check.InRange(temperature, TemperatureScaling.Least, TemperatureScaling.Most, "A saved temperature");
        Retort.Check.MoreThan(weight, 0, "The saved weight of the rows");
    }

    /// <summary>A row's logits become its probabilities.</summary>
    internal static void Change(Span<double> row, double temperature, double weight)
    {
        Logits.Softmax(row, 1 / temperature);
        foreach (ref var p in row)
            p = (weight * p + 1.0 / row.Length) / (weight + 1);
    }

    internal static OnnxValue Change(OnnxValue rows, int classes, double temperature, double weight) => ((rows * (1 / temperature)).Softmax(1) * weight + 1.0 / classes) / (weight + 1);

    private sealed class Scaler(SmoothedTemperatureScaling calibration, int classes, double temperature, double weight) : Calibrator(calibration, classes)
    {
        private protected override void Change(Span<double> row) => SmoothedTemperatureScaling.Change(row, temperature, weight);

        private protected override OnnxValue Change(OnnxValue rows, IReadOnlyList<OnnxValue> copies) => SmoothedTemperatureScaling.Change(rows, Classes, temperature, weight);

        private protected override void WriteNumbers(BinaryWriter writer) => Write(writer, [temperature, weight]);
    }
}
