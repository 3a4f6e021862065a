namespace Retort;

/// <summary>What the network being trained says about a batch of rows.</summary>
/// <param name="Logits">Logits [rows, classes], (0, z) where the task is binary; or values [rows, 1] in regression.</param>
public sealed record StudentOutput(Tensor Logits);
