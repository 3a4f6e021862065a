using System.Diagnostics;
using System.Globalization;

namespace Retort.Bench;

/// <summary>Interleaved timing of two sides, and the line that a figure is printed as.</summary>
internal static class Figures
{
    /// <summary>Seconds of both sides, round by round in turn, after one round that is not counted.</summary>
    public static (double[] Ours, double[] Other) Interleaved(int rounds, Action ours, Action other)
    {
        ours();
        other();
        var (a, b) = (new double[rounds], new double[rounds]);
        for (var round = 0; round < rounds; round++)
            (a[round], b[round]) = (Seconds(ours), Seconds(other));
        return (a, b);
    }

    public static double Seconds(Action action)
    {
        var clock = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(clock).TotalSeconds;
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The median of the round-by-round ratios, with the smallest and the largest.</summary>
    public static string Ratio(double[] numerator, double[] denominator)
    {
        var ratios = numerator.Zip(denominator, (n, d) => n / d).ToArray();
        return string.Create(CultureInfo.InvariantCulture, $"ratio={Median(ratios):F2} min={ratios.Min():F2} max={ratios.Max():F2}");
    }

    public static void Print(FormattableString line) =>
        Console.WriteLine(FormattableString.Invariant(line) + (Environment.GetEnvironmentVariable("RETORT_STANDIN") == "yes" ? " standin=yes" : ""));

    /// <summary>Processor seconds of both, round by round in turn, each round the mean of several times.</summary>
    public static (double[] Ours, double[] Other) Processor(int rounds, int times, Action ours, Action other)
    {
        var (a, b) = (new double[rounds], new double[rounds]);
        for (var round = -2; round < rounds; round++)
        {
            var (first, second) = (Seconds(ours), Seconds(other));
            if (round >= 0) // the first rounds compile
                (a[round], b[round]) = (first, second);
        }

        return (a, b);

        double Seconds(Action action)
        {
            var start = Environment.CpuUsage.TotalTime;
            for (var i = 0; i < times; i++)
                action();
            return (Environment.CpuUsage.TotalTime - start).TotalSeconds / times;
        }
    }

    /// <summary>The slope of the straight line with the least squared error.</summary>
    public static double Slope((double X, double Y)[] points)
    {
        if (points.Length < 2)
            return double.NaN;
        var (x, y) = (points.Average(p => p.X), points.Average(p => p.Y));
        return points.Sum(p => (p.X - x) * (p.Y - y)) / points.Sum(p => (p.X - x) * (p.X - x));
    }
}
