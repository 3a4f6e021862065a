namespace Retort;

/// <summary>What a run pays for a network that heeds other features than it should, by autograd through the network's own gradient.</summary>
internal sealed class FactorTerm
{
    private readonly FactorConsistency _factors;
    private readonly Learner _student;
    private readonly Func<Tensor, Tensor> _served;
    private readonly Tensor _means;

    /// <param name="factors">What is known.</param>
    /// <param name="student">The network.</param>
    /// <param name="train">The rows.</param>
    /// <param name="served">The logits [rows, classes] or values [rows, 1] that raw outputs come to.</param>
    /// <exception cref="ArgumentException">There is not a number for each feature.</exception>
    public FactorTerm(FactorConsistency factors, Learner student, TaskData train, Func<Tensor, Tensor> served)
    {
        (_factors, _student, _served, _means) = (factors, student, served, train.Means());
        if (factors.Importance.Count > 0 && factors.Importance.Count != _means.shape[0])
            throw Check.Wrong($"The number of Importance of '{Methods.Of(factors).Id}'", $"be that of the features, {_means.shape[0]}", $"{factors.Importance.Count}");
    }

    /// <summary>What it costs for some rows; adds its gradient, times a share, to what a step's backward pass left.</summary>
    /// <param name="features">[rows, features].</param>
    /// <param name="categories">[rows, columns]; null where there are none.</param>
    /// <param name="weights">How much each row counts, [rows]; null where all count alike.</param>
    /// <param name="share">What the gradient is multiplied with.</param>
    public Tensor Add(Tensor features, Tensor? categories, Tensor? weights, Tensor share)
    {
        var (inputs, layers) = (features.detach().requires_grad_(), _student.Views.Select(view => view.detach()).ToArray());
        for (var layer = 0; layer < layers.Length; layer++)
            if (_student.Graph.Layout.Slots[layer].Role != ParameterRole.Constants)
                layers[layer].requires_grad_().grad = _student.Slopes[layer];
        var value = _factors.Weight * _factors.Divergence(Attributions(_served(_student.Graph.Forward(layers, inputs, categories, null)), inputs), weights);
        (value * share).backward();
        return value.detach();
    }

    /// <summary>How much each row's answer heeds each feature.</summary>
    private Tensor Attributions(Tensor answers, Tensor inputs)
    {
        var said = answers.shape[1] == 1 ? answers : answers.amax([1L]) - answers.mean([1L]);
        return ((inputs - _means) * autograd.grad([said.sum()], [inputs], retain_graph: true, create_graph: true)[0]).abs();
    }
}
