namespace Retort;

/// <summary>Learns, for each tensor of weights, the mixture of several networks' by which held-out rows are predicted best.</summary>
internal static class MixtureFit
{
    private const int Batch = 256;

    /// <summary>The mixed weights, with the factor of logits folded into the last layer.</summary>
    /// <param name="network">How weights predict.</param>
    /// <param name="all">Each network's weights.</param>
    /// <param name="settings">How it learns.</param>
    /// <param name="rows">Rows with a label, on the CPU.</param>
    public static float[] Of(FittedNetwork network, IReadOnlyList<float[]> all, LearnedSoup settings, Dataset rows)
    {
        using var scope = NewDisposeScope();
        using var oneThread = LibtorchThreads.One();
        using var withGradient = enable_grad();
        var layout = network.Graph.Layout;
        var flat = stack([.. all.Select(weights => Memory.Copy(weights))], 0); // [networks, weights]
        var mixtures = zeros(layout.Slots.Count, all.Count, dtype: float32).requires_grad_();
        var factor = ones(1, dtype: float32).requires_grad_();
        var steps = new AdamW { LearningRate = settings.LearningRate, WeightDecay = 0 };
        var parameters = new float[layout.Slots.Count * all.Count + 1];
        parameters[^1] = 1;
        var own = new ParameterLayout();
        own.Add(ParameterRole.Scales, [parameters.Length]);
        var stepper = steps.Start(own);
        var isClassified = network.Task != LearningTask.Regression;
        var variance = isClassified ? 1.0 : Math.Max(1e-30, rows.Labels!.to_type(float64).var(unbiased: false).ToDouble()); // steps of one size whatever the label's unit
        var random = new Generator(0);
        for (var epoch = 0; epoch < settings.Epochs; epoch++)
        {
            var order = random.Permutation(rows.Rows);
            for (var start = 0; start < order.Length; start += Batch)
            {
                using var step = NewDisposeScope();
                var places = tensor(order[start..Math.Min(order.Length, start + Batch)], dtype: int64);
                Value(places).backward();
                var gradients = new float[parameters.Length];
                Memory.Of<float>(mixtures.grad!).CopyTo(gradients);
                gradients[^1] = isClassified ? factor.grad![0].ToSingle() : 0;
                stepper.Step(parameters, gradients, settings.LearningRate);
                using var noGradient = no_grad();
                parameters.AsSpan(0, parameters.Length - 1).CopyTo(Memory.Of<float>(mixtures));
                Memory.Of<float>(factor)[0] = parameters[^1];
                mixtures.grad!.zero_();
                factor.grad?.zero_();
            }
        }

        return Mixed(parameters, all, layout);

        Tensor Value(Tensor places)
        {
            var shares = mixtures.softmax(1);
            Tensor[] slots = [.. layout.Slots.Select((slot, i) => shares[i].matmul(flat.narrow(1, slot.Offset, slot.Count)).view(slot.Shape))];
            var (features, categories) = rows.Inputs(places);
            var raw = network.Graph.Forward(slots, features, categories, null);
            var outputs = MemberAverage.Of(network.Link.ToLogits(isClassified ? raw * factor : raw), network.Graph.Members, network.Task);
            return (PerRow(network, outputs, rows.Labels!.index_select(0, places)) * (rows.Weights?.index_select(0, places) ?? ones(places.shape[0]))).mean() / variance;
        }
    }

    private static Tensor PerRow(FittedNetwork network, Tensor outputs, Tensor labels) => network.Task switch
    {
        LearningTask.Multiclass => -outputs.log_softmax(1).gather(1, labels.unsqueeze(1)).squeeze(1),
        LearningTask.Binary => -nn.functional.logsigmoid((labels.to_type(float32) * 2 - 1) * outputs.squeeze(1)),
        _ when network.Link.IsLinear => (outputs.squeeze(1) - labels).square(),
        _ => throw new ArgumentException($"A learned soup must be of networks whose outputs are values or logits, but these read them as {network.Link.Function}."),
    };

    private static float[] Mixed(float[] parameters, IReadOnlyList<float[]> all, ParameterLayout layout)
    {
        var mixed = new float[layout.Count];
        var shares = new double[all.Count];
        for (var i = 0; i < layout.Slots.Count; i++)
        {
            var (slot, isHead) = (layout.Slots[i], i >= layout.Slots.Count - 2);
            for (var k = 0; k < shares.Length; k++)
                shares[k] = Math.Exp(parameters[i * shares.Length + k]);
            var total = shares.Sum();
            for (var j = slot.Offset; j < slot.Offset + slot.Count; j++)
            {
                var value = 0.0;
                for (var k = 0; k < shares.Length; k++)
                    value += shares[k] / total * all[k][j];
                mixed[j] = (float)(isHead ? parameters[^1] * value : value);
            }
        }

        return mixed;
    }
}
