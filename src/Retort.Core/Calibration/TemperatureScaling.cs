namespace Retort;

/// <summary>One temperature for all logits, chosen for the best log-loss: the calibration that cannot make a decision worse.</summary>
/// <remarks>placeholder doc: being written</remarks>
[Method("temperature", Title = "On Calibration of Modern Neural Networks", Authors = "Guo, Pleiss, Sun and Weinberger", Year = 2017,
    Link = "https://arxiv.org/abs/1706.04599", Tasks = LearningTasks.Classification)]
public sealed record TemperatureScaling : Calibration
{
    /// <inheritdoc/>
    public override bool KeepsArgMax => true;

    private protected override Calibrator Learn(CalibrationRows rows) => throw new NotImplementedException();

    private protected override Calibrator ReadNumbers(BinaryReader reader, int classes) => throw new NotImplementedException();
}
