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
        return task == LearningTask.Multiclass ? probabilities.To(OnnxType.Float) : ToLogit(probabilities);

        OnnxValue Forward(OnnxValue? x) =>
            MemberAverage.Of(network.Link.ToLogits(network.Graph.Forward(weights, x, categories), network.Outputs), network.Graph.Members, network.Outputs, task);

        OnnxValue Logits(OnnxValue given) => task == LearningTask.Multiclass ? given.To(OnnxType.Double) : WithZero(given.To(OnnxType.Double));
    }

    /// <summary>The logits (0, z) of two classes.</summary>
    public static OnnxValue WithZero(OnnxValue logit) => OnnxValue.Join([logit * 0, logit], 1);

    /// <summary>The one logit z of two calibrated probabilities, within its ends.</summary>
    public static OnnxValue ToLogit(OnnxValue probabilities) =>
        (probabilities.Slice(1, 1, 2).Log() - probabilities.Slice(1, 0, 1).Log()).Clip(-FittedNetwork.LargestLogit, FittedNetwork.LargestLogit).To(OnnxType.Float);
}
