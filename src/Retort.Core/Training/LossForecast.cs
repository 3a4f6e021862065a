namespace Retort;

/// <summary>What the loss of a run will be, from the losses of its first steps.</summary>
internal static class LossForecast
{
    private const int Rates = 24, Fewest = 6;
    private const double Outlying = 3;

    /// <summary>The value of the best <c>a exp(-b t) + c</c> at a later step; of series too short for that the mean of its second half. Infinite where a loss is not finite.</summary>
    /// <param name="losses">The losses of steps 0, 1, ...</param>
    /// <param name="at">The step that is asked about.</param>
    public static double Of(IReadOnlyList<double> losses, double at)
    {
        if (losses.Any(loss => !double.IsFinite(loss)))
            return double.PositiveInfinity;
        if (losses.Count < Fewest)
            return losses.Skip(losses.Count / 2).Average();
        (double Step, double Loss)[] points = [.. losses.Select((loss, step) => ((double)step, loss))];
        var fit = Fit(points);
        var deviation = Math.Sqrt(fit.Error / points.Length);
        var near = points.Where(point => Math.Abs(point.Loss - fit.At(point.Step)) <= Outlying * deviation).ToArray();
        return (near.Length < points.Length && near.Length >= Fewest ? Fit(near) : fit).At(at);
    }

    /// <summary>For each of several b the least squares, and of these the least.</summary>
    private static Curve Fit((double Step, double Loss)[] points)
    {
        var (best, length) = (new Curve(0, 0, points.Average(point => point.Loss), double.PositiveInfinity), points[^1].Step + 1);
        for (var i = 0; i < Rates; i++)
        {
            var rate = Math.Pow(length, i / (Rates - 1.0)) / length; // falls to a third within the series at the slowest, within a step at the fastest
            var (meanX, meanY) = (points.Average(point => Math.Exp(-rate * point.Step)), points.Average(point => point.Loss));
            var spread = points.Sum(point => Square(Math.Exp(-rate * point.Step) - meanX));
            var slope = spread > 0 ? points.Sum(point => (Math.Exp(-rate * point.Step) - meanX) * (point.Loss - meanY)) / spread : 0;
            var curve = new Curve(slope, rate, meanY - slope * meanX, 0);
            curve = curve with { Error = points.Sum(point => Square(point.Loss - curve.At(point.Step))) };
            if (curve.Error < best.Error)
                best = curve;
        }

        return best;

        static double Square(double number) => number * number;
    }

    private sealed record Curve(double Fall, double Rate, double End, double Error)
    {
        public double At(double step) => Fall * Math.Exp(-Rate * step) + End;
    }
}
