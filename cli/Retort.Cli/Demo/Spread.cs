using Retort.Cli.Output;

namespace Retort.Cli.Demo;

/// <summary>Mean and standard deviation (of a sample) over the seeds.</summary>
internal readonly record struct Spread(double Mean, double Deviation)
{
    public static Spread Of(IEnumerable<double> values)
    {
        var all = values.ToArray();
        var mean = all.Average();
        return new(mean, all.Length < 2 ? 0 : Math.Sqrt(all.Sum(v => (v - mean) * (v - mean)) / (all.Length - 1)));
    }

    public string Text(int digits) => double.IsFinite(Mean) ? $"{Terminal.Number(Mean, digits)} ± {Terminal.Number(Deviation, digits)}" : "-";
}
