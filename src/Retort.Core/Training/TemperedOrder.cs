namespace Retort;

/// <summary>As many rows as there are, drawn with replacement: a class or group with n of them has the share <c>n^(1/tau)</c> of the draws, tau falling in one step.</summary>
internal sealed record TemperedOrder(CooldownBy By, double Temperature, double CooldownTo, double CooldownAt) : RowOrder
{
    public override EpochOrder Draw(OrderedRows rows, int batchSize, double progress, Generator random)
    {
        var keys = By == CooldownBy.Label ? rows.Classes : rows.Groups;
        var parts = keys.Select((key, row) => (key, row)).GroupBy(pair => pair.key, pair => (long)pair.row).OrderBy(part => part.Key).Select(part => part.ToArray()).ToArray();
        var tau = progress < CooldownAt ? Temperature : CooldownTo;
        var ends = new double[parts.Length];
        var total = 0.0;
        for (var part = 0; part < parts.Length; part++)
            ends[part] = total += Math.Pow(parts[part].Length, 1 / tau);

        var drawn = new long[rows.Count];
        foreach (ref var row in drawn.AsSpan())
        {
            var place = Array.BinarySearch(ends, random.Uniform() * total);
            var part = parts[Math.Min(place < 0 ? ~place : place + 1, parts.Length - 1)];
            row = part[random.Below(part.Length)];
        }

        return EpochOrder.Of(drawn, batchSize);
    }
}
