namespace Retort;

/// <summary>What a label is scaled by: training sees <c>(value - Mean) / Deviation</c>, and the fitted network undoes it. (0, 1) for classes.</summary>
internal sealed record Scale(double Mean, double Deviation)
{
    /// <summary>Labels as they are.</summary>
    public static Scale None { get; } = new(0, 1);

    /// <summary>From the labels, each row with its weight: their mean and deviation, or 0 and their mean.</summary>
    public static Scale Of(Dataset data, LearningTask task, LabelScaling scaling = LabelScaling.Standardised)
    {
        if (task != LearningTask.Regression || data.Labels is null)
            return None;

        using var scope = NewDisposeScope();
        var values = Memory.Of<float>(data.Labels.cpu());
        var weights = data.Weights is null ? default : Memory.Of<float>(data.Weights.cpu());
        var (weight, mean, squares) = (0.0, 0.0, 0.0);
        for (var row = 0; row < values.Length; row++)
        {
            var share = weights.IsEmpty ? 1.0 : weights[row];
            if (share == 0 || float.IsNaN(values[row])) // of no weight, or without a label
                continue;
            weight += share;
            var difference = values[row] - mean;
            mean += share / weight * difference;
            squares += share * difference * (values[row] - mean);
        }

        if (scaling == LabelScaling.MeanOne)
            return new(0, mean > 0 ? mean : 1);
        var deviation = Math.Sqrt(squares / weight);
        return new(mean, deviation > 0 ? deviation : 1); // a constant label has nothing to scale
    }

    public Tensor Apply(Tensor values) => this == None ? values : (values - Mean) / Deviation;

    /// <summary>The parameters of a network whose outputs are back in units of the label.</summary>
    public float[] FoldInto(float[] parameters, ParameterLayout layout)
    {
        float[] folded = [.. parameters];
        if (this == None)
            return folded;
        var (weights, biases) = (layout.Slots[^2], layout.Slots[^1]);
        foreach (ref var weight in folded.AsSpan(weights.Offset, weights.Count))
            weight = (float)(weight * Deviation);
        foreach (ref var bias in folded.AsSpan(biases.Offset, biases.Count))
            bias = (float)(bias * Deviation + Mean);
        return folded;
    }

    /// <summary>The way back of <see cref="FoldInto"/>.</summary>
    public float[] TakeOutOf(float[] parameters, ParameterLayout layout) => new Scale(-Mean / Deviation, 1 / Deviation).FoldInto(parameters, layout);
}
