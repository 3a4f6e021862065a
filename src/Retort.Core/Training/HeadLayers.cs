namespace Retort;

/// <summary>The layers that a distillation has trained beside a network; their numbers lie behind the network's in the flat buffer.</summary>
internal sealed class HeadLayers
{
    private const double Epsilon = 1e-5;
    private readonly (Head Head, int[] Slots)[] _heads;

    public HeadLayers(IReadOnlyList<Head> heads, NetworkGraph graph)
    {
        Layout = graph.Layout.Copy();
        var widths = graph.BlockWidths;
        _heads = [.. heads.Select(head => (head, Place(head, widths[head.Block])))];
    }

    /// <summary>The network's layers, and behind them those of the heads.</summary>
    public ParameterLayout Layout { get; }

    public bool Any => _heads.Length > 0;

    /// <summary>What each head makes of its block.</summary>
    /// <param name="blocks">The network's blocks.</param>
    /// <param name="slots">The layers as views of the flat buffer.</param>
    public IReadOnlyList<Tensor> Forward(IReadOnlyList<Tensor> blocks, Tensor[] slots) => [.. _heads.Select(head => Forward(head.Head, blocks[head.Head.Block], [.. head.Slots.Select(slot => slots[slot])]))];

    private int[] Place(Head head, int width) => head.Hidden == 0 ? Linear(width, head.Outputs) : [.. Linear(width, head.Hidden), .. Linear(head.Hidden, head.Outputs)];

    private int[] Linear(int inputs, int outputs) => [Layout.Add(ParameterRole.Head, [outputs, inputs], Math.Sqrt(1.0 / inputs)), Layout.Add(ParameterRole.Biases, [outputs])];

    private static Tensor Forward(Head head, Tensor block, Tensor[] slots)
    {
        var first = nn.functional.linear(block, slots[0], slots[1]);
        if (head.Hidden == 0)
            return first;
        var centred = first - first.mean([0L], true);
        var normal = centred * (centred.square().mean([0L], true) + Epsilon).rsqrt();
        return nn.functional.linear(normal.relu(), slots[2], slots[3]);
    }
}
