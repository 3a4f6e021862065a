namespace Retort;

/// <summary>What the network being trained says about a batch of rows.</summary>
/// <param name="Logits">Logits [rows, classes], (0, z) where the task is binary; or outputs [rows, outputs] in regression.</param>
public sealed record StudentOutput(Tensor Logits)
{
    /// <summary>The rows' features as the network is given them, [rows, features], without gradient; null where nobody asked for them.</summary>
    public Tensor? Features { get; init; }

    /// <summary>The network's last hidden block, [rows, width]; null where nobody asked for it.</summary>
    public Tensor? Hidden { get; init; }

    /// <summary>What enters each layer of weighted sums (or residual block) behind the first one, from the input to the last layer, which <see cref="Hidden"/> enters: each [rows, width]. Empty where nobody asked.</summary>
    public IReadOnlyList<Tensor> Blocks { get; init; } = [];

    /// <summary>What the heads that the distillation asked for make of their blocks, each [rows, outputs of the head], in the order asked.</summary>
    public IReadOnlyList<Tensor> Heads { get; init; } = [];

    /// <summary>The logits of a network with several sets of outputs, each [rows, classes], the first of them <see cref="Logits"/>; empty where there is one set.</summary>
    public IReadOnlyList<Tensor> Sets { get; init; } = [];

    /// <summary>What the network says of the same rows, moved; null where the distillation moved none.</summary>
    public StudentOutput? Moved { get; init; }
}
