namespace Retort;

/// <summary>A decay that is fitted to the gradients of an earlier run: steps are long where gradients were small, and fall to 0.</summary>
/// <remarks>
/// <c>w(s) (integral of w from s to 1)</c> over its largest value, at progress s, where w is constant within each of the equal shares of the run that <see cref="Weights"/> are for.
/// Equal weights, or none, give <see cref="LinearDecay"/> exactly. Where gradients fade as a network learns its rows by heart, w grows late in the run and with it the learning rate: look at the factors.
/// On two tables (phoneme, abalone; five splits, 30 epochs, the best of four learning rates) it did not pay for its second run: test loss -0.1 ± 0.6 % and +1.9 ± 0.3 % beside <see cref="LinearDecay"/>.
/// Source: Defazio et al., When, Why and How Much? Adaptive Learning Rate Scheduling by Refinement, 2023, algorithm 1, https://arxiv.org/abs/2310.07831; a weight an epoch rather than a step.
/// </remarks>
[Method("refined-decay", Title = "When, Why and How Much? Adaptive Learning Rate Scheduling by Refinement", Authors = "Defazio et al.", Year = 2023, Link = "https://arxiv.org/abs/2310.07831")]
public sealed record RefinedDecay : Schedule
{
    /// <summary>How much a step counts, in equal shares of the run. Each more than 0; default none, which is a straight line. <see cref="Recipe.Refined"/> makes them.</summary>
    public ValueList<double> Weights { get; init; } = [];

    /// <summary>The schedule for the next run, from the reports of one that ended.</summary>
    /// <remarks>
    /// <c>w = G^-2</c> with the Euclidean norms of gradients, or <c>w = G^-1</c> with their sums where the optimizer evens gradients out (all but plain gradient descent), after a median filter.
    /// </remarks>
    /// <param name="reports">A report for each epoch, as <see cref="IProgress{T}"/> was told them, of a run with another schedule, such as <see cref="LinearDecay"/>.</param>
    /// <param name="evensGradientsOut">Whether the size of a gradient hardly changes the size of the run's optimizer's steps: true for all but plain gradient descent.</param>
    /// <param name="smoothing">The width of the median filter as a share of the run. In [0, 1], 0 for none; default 0.1, the source's.</param>
    /// <exception cref="ArgumentException">There is no report, or <paramref name="smoothing"/> is outside its range.</exception>
    internal static RefinedDecay After(IEnumerable<EpochReport> reports, bool evensGradientsOut, double smoothing = 0.1)
    {
        ArgumentNullException.ThrowIfNull(reports);
        Check.InRange(smoothing, 0, 1);
        var isPlain = !evensGradientsOut;
        double[] norms = [.. reports.Select(report => isPlain ? report.GradientNorm : report.GradientSum)];
        Check.AtLeast(norms.Length, 1, "The number of reports");

        var smooth = Medians(norms, (int)(smoothing * norms.Length / 2));
        var floor = 1e-6 * smooth.Max(); // a gradient that vanished would take the whole schedule
        double[] weights = [.. smooth.Select(norm => Math.Pow(floor > 0 ? Math.Max(norm, floor) : 1, isPlain ? -2 : -1))];
        return new() { Weights = [.. weights.Select(weight => weight / weights.Max())] };
    }

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        foreach (var weight in Check.Given(Weights))
            Check.MoreThan(weight, 0, "A weight");
    }

    /// <inheritdoc/>
    protected override double Shape(double progress)
    {
        if (Weights.Count == 0)
            return 1 - progress;
        var place = progress * Weights.Count;
        var share = Math.Min((int)place, Weights.Count - 1);
        var (rest, factor, largest) = (0.0, 0.0, 0.0);
        for (var i = Weights.Count - 1; i >= 0; i--)
        {
            if (i == share)
                factor = Weights[i] * (rest + Weights[i] * (share + 1 - place));
            rest += Weights[i];
            largest = Math.Max(largest, Weights[i] * rest);
        }

        return factor / largest;
    }

    /// <summary>The median of each value and its neighbours, as many to the left as to the right; the ends stand for what lies beyond them.</summary>
    private static double[] Medians(double[] values, int neighbours) => [.. values.Select((_, i) =>
        Enumerable.Range(i - neighbours, 2 * neighbours + 1).Select(j => values[Math.Clamp(j, 0, values.Length - 1)]).Order().ElementAt(neighbours))];
}
