namespace Retort;

/// <summary>How much a network's predictions hang on each of its weights: the diagonal of the Fisher information.</summary>
internal static class NetworkInformation
{
    /// <summary>
    /// Mean over rows of <c>Σ_c p(c) (∂ log p(c) / ∂ θ)²</c> with classes as the network itself predicts them; in regression of <c>(∂ output / ∂ θ)²</c>, of several outputs their sum. One number a weight.
    /// </summary>
    /// <param name="network">Its graph and how outputs are read.</param>
    /// <param name="parameters">The weights, in regression in units of the scaled label where that is folded in.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="most">Of more rows, as many evenly spaced ones.</param>
    public static double[] Of(FittedNetwork network, float[] parameters, Dataset rows, int most)
    {
        using var scope = NewDisposeScope();
        using var oneThread = LibtorchThreads.One();
        var flat = Memory.Copy(parameters);
        var gradients = zeros(parameters.Length, dtype: float32, device: CPU);
        using var withGradient = enable_grad();
        var backprop = new GraphBackprop<float>(network.Graph, flat, gradients);
        var information = new double[parameters.Length];
        var count = (int)Math.Min(rows.Rows, most);
        for (var i = 0; i < count; i++)
        {
            using var step = NewDisposeScope();
            var (features, categories) = rows.Inputs(i * rows.Rows / count, 1);
            var outputs = backprop.Forward(features, categories, null).detach().clone().requires_grad_();
            foreach (var (share, slope) in Slopes(network, outputs))
            {
                backprop.Backward(slope);
                Add(Memory.Of<float>(gradients), share / count, information);
            }
        }

        return information;
    }

    /// <summary>For each class its probability and the gradient of its logarithm at the raw outputs; in regression for each output 1 and its gradient.</summary>
    private static IEnumerable<(double Share, Tensor Slope)> Slopes(FittedNetwork network, Tensor outputs)
    {
        var logits = MemberAverage.Of(network.Link.ToLogits(outputs), network.Graph.Members, network.Task);
        if (network.Task == LearningTask.Binary)
            logits = cat([zeros_like(logits), logits], 1);
        var answers = network.Task == LearningTask.Regression ? logits : logits.log_softmax(1);
        var shares = network.Task == LearningTask.Regression ? [] : Memory.Of<float>(answers.detach().exp().contiguous()).ToArray();
        for (var k = 0; k < answers.shape[1]; k++)
        {
            answers[0, k].backward(retain_graph: k + 1 < answers.shape[1]);
            var slope = outputs.grad!.clone();
            outputs.grad.zero_();
            yield return (shares.Length == 0 ? 1 : shares[k], slope);
        }
    }

    private static void Add(ReadOnlySpan<float> gradients, double share, Span<double> information)
    {
        for (var i = 0; i < gradients.Length; i++)
            information[i] += share * gradients[i] * gradients[i];
    }
}
