namespace Retort.Tests;

/// <summary>Logits and labels for calibrations and metrics.</summary>
internal sealed record Scores(double[] Logits, int Classes, int[] Labels, double[]? Weights = null)
{
    public static string[] Hard { get; } =
        ["overconfident", "one class", "certain", "wrong", "two", "separable", "equal", "neighbours", "infinite", "one row", "weights", "ties"];

    public int Count => Labels.Length;

    public ReadOnlySpan<double> Row(int row) => Logits.AsSpan(row * Classes, Classes);

    public double Weight(int row) => Weights is null ? 1 : Weights[row];

    public CalibrationRows Rows(int copies) => new((double[])Logits.Clone(), Classes, Labels, Weights, Copies(copies));

    /// <summary>The logits with noise that follows from them, so that it does not matter where a row stands.</summary>
    public double[]? Copies(int count)
    {
        if (count == 0)
            return null;
        var copies = new double[Logits.Length * count];
        for (var row = 0; row < Count; row++)
        {
            var own = Row(row);
            var random = new Generator((ulong)BitConverter.DoubleToInt64Bits(Math.Round((own[0] - own[1]) * 1e6)));
            for (var i = 0; i < count * Classes; i++)
                copies[row * count * Classes + i] = own[i % Classes] + 0.3 * random.Normal();
        }

        return copies;
    }

    public Scores Take(int[] rows) => new(
        [.. rows.SelectMany(row => Enumerable.Range(0, Classes).Select(k => Logits[row * Classes + k]))], Classes, [.. rows.Select(row => Labels[row])], Weights is null ? null : [.. rows.Select(row => Weights[row])]);

    /// <summary>Logits three times as large as those by which the labels were drawn.</summary>
    public static Scores Overconfident(int rows, int classes, ulong seed, double factor = 3)
    {
        var random = new Generator(seed);
        var (logits, labels) = (new double[rows * classes], new int[rows]);
        for (var row = 0; row < rows; row++)
        {
            var own = logits.AsSpan(row * classes, classes);
            foreach (ref var logit in own)
                logit = 1.3 * random.Normal();
            labels[row] = Draw(own, random);
            foreach (ref var logit in own)
                logit *= factor;
        }

        return new(logits, classes, labels);
    }

    public static int Draw(ReadOnlySpan<double> logits, Generator random)
    {
        var p = logits.ToArray();
        Retort.Logits.Softmax(p);
        var left = random.Uniform();
        var label = 0;
        while (label < p.Length - 1 && (left -= p[label]) >= 0)
            label++;
        return label;
    }

    public static Scores OfName(string name)
    {
        var scores = Overconfident(300, 4, seed: 3);
        return name switch
        {
            "overconfident" => scores,
            "fine" => Overconfident(300, 4, seed: 4, factor: 1),
            "few" => Overconfident(7, 4, seed: 4),
            "one class" => scores with { Labels = new int[300] },
            // p exactly 0 and 1, and right
            "certain" => scores with { Logits = [.. Enumerable.Range(0, 1200).Select(i => i % 4 == scores.Labels[i / 4] ? 0 : double.NegativeInfinity)] },
            // and wrong
            "wrong" => scores with { Logits = [.. Enumerable.Range(0, 1200).Select(i => i % 4 == (scores.Labels[i / 4] + 1) % 4 ? 0 : double.NegativeInfinity)] },
            "two" => Overconfident(200, 2, seed: 5),
            "separable" => scores with { Logits = [.. Enumerable.Range(0, 1200).Select(i => i % 4 == scores.Labels[i / 4] ? 1 + i % 7 : -1 - i % 3 / 2.0)] },
            "equal" => scores with { Logits = new double[1200] },
            // logits that differ by their last float bit
            "neighbours" => scores with { Logits = [.. Enumerable.Range(0, 1200).Select(i => (double)(i % 4 == i / 4 % 4 ? MathF.BitIncrement(i / 4 % 5 + 0.1f) : i / 4 % 5 + 0.1f))] },
            "infinite" => scores with { Logits = [.. scores.Logits.Select((logit, i) => i % 3 == 0 ? double.NegativeInfinity : 1e200 * logit)] },
            "one row" => scores.Take([0]),
            "weights" => scores with { Weights = [.. Enumerable.Range(0, 300).Select(i => i % 5 == 0 ? 0 : Math.Pow(10, i % 9 - 4))] },
            "ties" => scores with { Logits = [.. scores.Logits.Select(logit => Math.Round(logit / 4) * 4)] },
            "hundred classes" => Overconfident(150, 100, seed: 6),
            _ => throw new ArgumentOutOfRangeException(nameof(name)),
        };
    }
}
