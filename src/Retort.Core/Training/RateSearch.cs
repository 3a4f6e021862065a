namespace Retort;

/// <summary>The learning rates that a run has found for its stages, as multiples of the optimizer's.</summary>
internal sealed class RateSearch(AutoLrs settings)
{
    private const int Grid = 64;
    private const double Reach = 0.25, Noise = 0.1, Kappa = 2; // of the Gaussian process, on [0, 1] and losses of deviation 1

    private int _foundAt; // the epoch

    /// <summary>What the optimizer's rate is multiplied with.</summary>
    public double Factor { get; set; } = 1;

    /// <summary>How many rows the tries before the present epoch were given.</summary>
    public long Rows { get; private set; }

    /// <summary>How many rates are tried for a stage.</summary>
    public int Candidates => settings.Candidates;

    /// <summary>Whether a rate must be found before an epoch.</summary>
    public bool IsDue(int epoch, int epochs) => settings.Begins(epoch, epochs) && _foundAt != epoch;

    /// <summary>How many steps the stage has that begins with an epoch, and for how many a rate is tried.</summary>
    public (long Stage, int Trial) Steps(int epoch, int epochs, int ofEpoch)
    {
        var stage = (long)settings.Length(epoch, epochs) * ofEpoch;
        return (stage, (int)Math.Max(1, Math.Round(settings.Trial * stage)));
    }

    /// <summary>The next factor to try: the present one, then where the loss may be least.</summary>
    /// <param name="tried">Those before, with what the loss would be.</param>
    public double Next(IReadOnlyList<(double Factor, double Loss)> tried)
    {
        if (tried.Count == 0)
            return At(Place(Factor));
        var (loss, deviation) = Process(tried);
        return At(Enumerable.Range(0, Grid + 1).Select(i => i / (double)Grid).MinBy(place => loss(place) - Kappa * deviation(place)));
    }

    /// <summary>Takes the factor of those tried whose loss would be least, by all of them together.</summary>
    /// <param name="tried">All of a stage.</param>
    /// <param name="rows">How many rows they were given.</param>
    /// <param name="epoch">The epoch that follows.</param>
    public void Choose(IReadOnlyList<(double Factor, double Loss)> tried, long rows, int epoch)
    {
        var loss = Process(tried).Loss;
        Factor = tried.MinBy(one => double.IsFinite(one.Loss) ? loss(Place(one.Factor)) : double.PositiveInfinity).Factor;
        (Rows, _foundAt) = (rows, epoch);
    }

    /// <summary>Begins anew to count the rows of tries, with an epoch that has none.</summary>
    public void Pass(int epoch)
    {
        if (_foundAt != epoch)
            Rows = 0;
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(Factor);
        writer.Write(Rows);
        writer.Write(_foundAt);
    }

    public void Read(BinaryReader reader) => (Factor, Rows, _foundAt) = (reader.ReadDouble(), reader.ReadInt64(), reader.ReadInt32());

    private double At(double place) => settings.Least * Math.Pow(settings.Most / settings.Least, place);

    private double Place(double factor) => Math.Clamp(Math.Log(factor / settings.Least) / Math.Log(settings.Most / settings.Least), 0, 1);

    /// <summary>A Gaussian process through the losses, on a scale of their own: its mean and its deviation. A rate that diverged counts as the worst of the others, and more.</summary>
    private (Func<double, double> Loss, Func<double, double> Deviation) Process(IReadOnlyList<(double Factor, double Loss)> tried)
    {
        double[] places = [.. tried.Select(one => Place(one.Factor))];
        double[] finite = [.. tried.Select(one => one.Loss).Where(double.IsFinite)];
        var (least, most) = finite.Length == 0 ? (0, 0) : (finite.Min(), finite.Max());
        double[] losses = [.. tried.Select(one => double.IsFinite(one.Loss) ? one.Loss : most + (most > least ? most - least : 1))];
        var mean = losses.Average();
        var scale = Math.Sqrt(losses.Average(loss => (loss - mean) * (loss - mean))) is var spread and > 0 ? spread : 1;
        var count = losses.Length;
        double[] weights = Solve([.. losses.Select(loss => (loss - mean) / scale)]);
        return (Mean, Deviation);

        double Mean(double place) => Near(place).Zip(weights, (near, weight) => near * weight).Sum();

        double Deviation(double place)
        {
            var near = Near(place);
            return Math.Sqrt(Math.Max(0, 1 - near.Zip(Solve([.. near]), (a, b) => a * b).Sum()));
        }

        double[] Near(double place) => [.. places.Select(other => Kernel(place, other))];

        double[] Solve(double[] side)
        {
            var matrix = new double[count * count];
            for (var i = 0; i < count; i++)
                for (var j = 0; j < count; j++)
                    matrix[i * count + j] = Kernel(places[i], places[j]) + (i == j ? Noise * Noise : 0);
            SymmetricSolve.Solve(matrix, side, count);
            return side;
        }

        static double Kernel(double a, double b) => Math.Exp(-(a - b) * (a - b) / (2 * Reach * Reach));
    }
}
