namespace Retort;

/// <summary>A fitted network as nodes of a graph, from what it reads to what it serves.</summary>
internal static class OnnxScore
{
    /// <summary>What <see cref="FittedNetwork.Score"/> gives, [rows, outputs].</summary>
    /// <param name="network">The network.</param>
    /// <param name="graph">Where it is written.</param>
    /// <param name="features">float32 [rows, features]; null where there are none.</param>
    /// <param name="categories">int64 [rows, 1] for each column.</param>
    public static OnnxValue Of(FittedNetwork network, OnnxGraph graph, OnnxValue? features, IReadOnlyList<OnnxValue> categories)
    {
        var (task, calibrator, width) = (network.Task, network.Calibrator, network.Features);
        OnnxValue[] weights = [.. network.Graph.Layout.Slots.Select(slot => graph.Constant(network.Parameters.AsSpan(slot.Offset, slot.Count), slot.Shape))];
        var outputs = Forward(features);
        if (task == LearningTask.Regression)
            return network.Link.ToValues(outputs);
        if (calibrator is null)
            return task == LearningTask.Multiclass ? outputs.Softmax(1) : outputs;
        var copies = Enumerable.Range(0, calibrator.Calibration.CopiesOfRows).Select(copy => Logits(Forward(features! + graph.Constant(network.Noise.AsSpan(copy * width, width), width))));
        var probabilities = calibrator.Apply(Logits(outputs), [.. copies]);
        var most = FittedNetwork.LargestLogit;
        return (task == LearningTask.Multiclass ? probabilities : (probabilities.Slice(1, 1, 2).Log() - probabilities.Slice(1, 0, 1).Log()).Clip(-most, most)).To(OnnxType.Float);

        OnnxValue Forward(OnnxValue? x) =>
            MemberAverage.Of(network.Link.ToLogits(network.Graph.Forward(weights, x, categories), network.Outputs), network.Graph.Members, network.Outputs, task);

        // of two classes (0, z)
        OnnxValue Logits(OnnxValue given) => task == LearningTask.Multiclass ? given.To(OnnxType.Double) : OnnxValue.Join([given.To(OnnxType.Double) * 0, given.To(OnnxType.Double)], 1);
    }
}
