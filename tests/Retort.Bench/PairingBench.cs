namespace Retort.Bench;

/// <summary>
/// Partners by the similarity of labels, for every row, from 1,000 to 1,000,000 rows: <c>./bench pairing [LABELS ...]</c>. The exponent is fitted to the times from 10,000 rows upward, <c>sortRatio</c> is how many times as long as one
/// <c>Array.Sort</c> of the same labels it takes. Processor time on one core, preparation and draws together; the median of several rounds.
/// </summary>
internal static class PairingBench
{
    private const int Rounds = 5;

    private static readonly int[] s_sizes = [1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000];

    private sealed record Kind(string Name, Func<Generator, double> Draw, double Bandwidth = 1, int Width = 1);

    private static readonly Kind[] s_kinds =
    [
        new("normal", random => random.Normal()),
        new("narrow", random => random.Normal(), 0.01),
        new("heavy", random => Math.Exp(2 * random.Normal()), 0.1),
        new("ties", random => random.Below(10)),
        new("clumps", random => random.Below(100) + 1e-6 * random.Normal(), 0.02),
        new("three-columns", random => random.Normal(), 1, 3),
    ];

    public static void Run(string[] arguments)
    {
        foreach (var kind in s_kinds.Where(kind => arguments.Length == 0 || arguments.Contains(kind.Name)))
        {
            var lines = s_sizes.Select(rows => (Rows: rows, Times: Measure(kind, rows))).ToArray();
            var exponent = Figures.Slope([.. lines.Where(line => line.Rows >= 10_000).Select(line => (Math.Log(line.Rows), Math.Log(line.Times.Ours)))]);
            foreach (var (rows, (ours, sort)) in lines)
                Figures.Print($"pairing labels={kind.Name} bandwidth={kind.Bandwidth} n={rows} seconds={ours:F5} exponent={exponent:F3} sortRatio={ours / sort:F2}");
        }
    }

    private static (double Ours, double Sort) Measure(Kind kind, int rows)
    {
        var (random, times) = (new Generator(1), Math.Max(1, 100_000 / rows));
        var sets = Enumerable.Range(0, Math.Min(times, 20)).Select(_ => // a processor learns the way through one small sort by heart
        {
            var labels = new double[rows * kind.Width];
            for (var i = 0; i < labels.Length; i++)
                labels[i] = kind.Draw(random);
            return labels;
        }).ToArray();
        var place = 0;
        var (ours, sorts) = Figures.Processor(Rounds, times,
            () => new LabelPairing(sets[place++ % sets.Length], kind.Bandwidth, kind.Width).Draw(random),
            () => Array.Sort((double[])sets[place++ % sets.Length].Clone()));
        return (Figures.Median(ours), Figures.Median(sorts));
    }
}
