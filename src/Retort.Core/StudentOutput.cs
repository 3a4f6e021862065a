namespace Retort;

/// <summary>What the network being trained says about a batch of rows.</summary>
/// <param name="Logits">Logits [rows, classes], (0, z) where the task is binary; or outputs [rows, outputs] in regression.</param>
public sealed record StudentOutput(Tensor Logits)
{
    /// <summary>The rows' features as the network is given them, [rows, features], without gradient; null where nobody asked for them.</summary>
    public Tensor? Features { get; init; }

    /// <summary>The network's last hidden block, [rows, width]; null where nobody asked for it.</summary>
    public Tensor? Hidden { get; init; }
}
