namespace Retort;

/// <summary>The steps of one epoch after the other: those of a whole order of the rows, or of the share of one that a recipe asks for.</summary>
internal sealed class EpochSteps(RowOrder order, OrderedRows rows, int batchSize, RandomSubset? subset, Generator random)
{
    private EpochOrder _order = new([], []);
    private Generator _before = new(0); // what it was drawn from
    private double _drawnAt; // the progress at that time
    private int _next; // of its steps: the first that no epoch has had
    private (Generator Before, double DrawnAt, int Next) _start; // as they were when the epoch began

    /// <summary>The steps of the next epoch.</summary>
    /// <param name="progress">The share of the run that is done, in [0, 1).</param>
    public EpochOrder Next(double progress)
    {
        if (_next == _order.Ends.Length || subset is { Replacement: true })
            Draw(progress);
        _start = (_before, _drawnAt, _next);
        var wanted = subset is null ? _order.Ends.Length : Math.Max(1, (int)Math.Round(subset.Share * _order.Ends.Length));
        var first = Take(wanted);
        if (first.Ends.Length == wanted)
            return first;
        Draw(progress);
        var more = Take(wanted - first.Ends.Length);
        return new([.. first.Rows, .. more.Rows], [.. first.Ends, .. more.Ends.Select(end => first.Rows.Length + end)]);
    }

    /// <summary>Writes where the epoch began that <see cref="Next"/> gave last.</summary>
    public void Write(BinaryWriter writer)
    {
        _start.Before.Write(writer);
        if (subset is null or { Replacement: true })
            return; // every epoch begins an order
        writer.Write(_start.DrawnAt);
        writer.Write(_start.Next);
    }

    /// <summary>Goes on so that <see cref="Next"/> gives the epoch again.</summary>
    public void Read(BinaryReader reader)
    {
        random.Read(reader);
        (_order, _next) = (new([], []), 0);
        if (subset is null or { Replacement: true })
            return;
        Draw(reader.ReadDouble());
        _next = reader.ReadInt32();
    }

    private void Draw(double progress)
    {
        (_before, _drawnAt, _next) = (random.Copy(), progress, 0);
        _order = order.Draw(rows, batchSize, progress, random);
    }

    private EpochOrder Take(int steps)
    {
        var (first, end) = (_next, Math.Min(_next + steps, _order.Ends.Length));
        _next = end;
        if (first == 0 && end == _order.Ends.Length)
            return _order;
        var from = first == 0 ? 0 : _order.Ends[first - 1];
        return new(_order.Rows[from.._order.Ends[end - 1]], [.. _order.Ends[first..end].Select(last => last - from)]);
    }
}
