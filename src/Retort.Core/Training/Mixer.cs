namespace Retort;

/// <summary>Mixes the rows of a run's steps.</summary>
internal sealed class Mixer : IDisposable
{
    private readonly Mixing _mixing;
    private readonly TaskData _train;
    private readonly Pairing _pairing;
    private readonly Generator _random;
    private readonly Func<RowMix, float[]> _losses;
    private readonly PartState _state = new();

    /// <param name="mixing">How.</param>
    /// <param name="train">All rows.</param>
    /// <param name="graph">The network.</param>
    /// <param name="random">What is drawn from.</param>
    /// <param name="losses">What the network loses on each row of a mixture.</param>
    public Mixer(Mixing mixing, TaskData train, NetworkGraph graph, Generator random, Func<RowMix, float[]> losses)
    {
        (_mixing, _train, _random, _losses, All) = (mixing, train, random, losses, train.ForMixing(graph));
        _pairing = mixing.Pair(All);
        using var scope = NewDisposeScope();
        mixing.Begin(_state, All, train.Labels.device, random);
    }

    /// <summary>All rows.</summary>
    public MixingRows All { get; }

    /// <summary>Whether mixtures stand behind the rows of a step, rather than in their place.</summary>
    public bool IsBeside => _mixing.Copies > 0;

    /// <summary>Whether the method has a part of its own in the objective.</summary>
    public bool HasValue => _mixing.HasValue;

    /// <summary>Whether that looks at the network's last block.</summary>
    public bool NeedsHidden => _mixing.NeedsHidden;

    /// <summary>That part, where it gives its gradient itself; null where it does not, or where there is none.</summary>
    public IClosedForm? Closed => _mixing as IClosedForm;

    /// <summary>What the rows of a step are mixed with, once or several times; empty where this step's rows are not.</summary>
    /// <param name="rows">Their numbers.</param>
    /// <param name="progress">The share of the run that is done.</param>
    public RowMix[] Draw(ReadOnlySpan<long> rows, double progress)
    {
        if (progress >= _mixing.Until || _mixing.Probability < 1 && _random.Uniform() >= _mixing.Probability)
            return [];
        var step = new MixingStep(All, _pairing, rows.ToArray(), _random) { Progress = progress, State = _state, Losses = _losses, Features = Features };
        return [.. Enumerable.Range(0, Math.Max(1, _mixing.Copies)).Select(_ => _mixing.Draw(step))];
    }

    /// <summary>The numbers of rows, [rows, features].</summary>
    public Tensor Features(long[] rows) => _train.Data.Inputs(tensor(rows, dtype: int64, device: CPU).to(_train.Labels.device)).Features;

    /// <summary>The method's own part of the objective of a step that is mixed.</summary>
    public Tensor Value(MixedAnswer answer, StepContext step) => _mixing.Value(answer, step with { State = _state });

    public void Write(BinaryWriter writer)
    {
        _random.Write(writer);
        _state.Write(writer);
    }

    /// <summary>Goes on where one of the same settings and rows wrote itself.</summary>
    public void Read(BinaryReader reader)
    {
        _random.Read(reader);
        _state.Read(reader);
    }

    public void Dispose() => _state.Dispose();
}
