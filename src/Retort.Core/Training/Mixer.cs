namespace Retort;

/// <summary>Mixes the rows of a run's steps.</summary>
internal sealed class Mixer : IDisposable
{
    private readonly Mixing _mixing;
    private readonly MixingRows _all;
    private readonly Pairing _pairing;
    private readonly Generator _random;
    private readonly PartState _state = new();

    /// <param name="mixing">How.</param>
    /// <param name="train">All rows.</param>
    /// <param name="blocks">How many blocks the network has.</param>
    /// <param name="random">What is drawn from.</param>
    public Mixer(Mixing mixing, TaskData train, int blocks, Generator random)
    {
        (_mixing, _random, _all) = (mixing, random, train.ForMixing(blocks));
        _pairing = mixing.Pair(_all);
        mixing.Begin(_state, _all);
    }

    /// <summary>Whether mixtures stand behind the rows of a step, rather than in their place.</summary>
    public bool IsBeside => _mixing.Copies > 0;

    /// <summary>Whether the method has a part of its own in the objective.</summary>
    public bool HasValue => _mixing.HasValue;

    /// <summary>That part, where it gives its gradient itself; null where it does not, or where there is none.</summary>
    public IClosedForm? Closed => _mixing as IClosedForm;

    /// <summary>What the rows of a step are mixed with, once or several times; empty where this step's rows are not.</summary>
    /// <param name="rows">Their numbers.</param>
    /// <param name="progress">The share of the run that is done.</param>
    public RowMix[] Draw(ReadOnlySpan<long> rows, double progress)
    {
        if (_mixing.Probability < 1 && _random.Uniform() >= _mixing.Probability)
            return [];
        var step = new MixingStep(_all, _pairing, rows.ToArray(), _random) { Progress = progress, State = _state };
        return [.. Enumerable.Range(0, Math.Max(1, _mixing.Copies)).Select(_ => _mixing.Draw(step))];
    }

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
