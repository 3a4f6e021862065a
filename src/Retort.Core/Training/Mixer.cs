namespace Retort;

/// <summary>Mixes the rows of a run's steps.</summary>
internal sealed class Mixer
{
    private readonly Mixing _mixing;
    private readonly MixingRows _all;
    private readonly Pairing _pairing;
    private readonly Generator _random;

    /// <param name="mixing">How.</param>
    /// <param name="train">All rows.</param>
    /// <param name="random">What is drawn from.</param>
    public Mixer(Mixing mixing, TaskData train, Generator random)
    {
        (_mixing, _random, _all) = (mixing, random, train.ForMixing());
        _pairing = mixing.Pair(_all);
    }

    /// <summary>What the rows of a step are mixed with; null where this step's rows are not.</summary>
    public RowMix? Draw(ReadOnlySpan<long> rows) =>
        _mixing.Probability < 1 && _random.Uniform() >= _mixing.Probability ? null : _mixing.Draw(new(_all, _pairing, rows.ToArray(), _random));

    public void Write(BinaryWriter writer) => _random.Write(writer);

    /// <summary>Goes on where one of the same settings and rows wrote itself.</summary>
    public void Read(BinaryReader reader) => _random.Read(reader);
}
