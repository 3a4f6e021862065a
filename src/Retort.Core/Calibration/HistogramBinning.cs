using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>The share of the class among rows of similar log-odds: a few steps, each the plainest estimate there is.</summary>
/// <remarks>
/// The rows are parted into bins of equal weight by their log-odds, rows of equal odds staying together, and an edge lies in the middle between two rows. It can give 0 and 1. Several classes as <see cref="OneVsRest"/> says.
/// Source: Zadrozny and Elkan, Obtaining calibrated probability estimates from decision trees and naive Bayesian classifiers, 2001, sec. 3.3, https://dl.acm.org/doi/10.5555/645530.655658
/// </remarks>
[Method("histogram", Title = "Obtaining calibrated probability estimates from decision trees and naive Bayesian classifiers", Authors = "Zadrozny and Elkan", Year = 2001,
    Link = "https://dl.acm.org/doi/10.5555/645530.655658", Tasks = LearningTasks.Classification)]
public sealed record HistogramBinning : OneVsRest
{
    /// <summary>How many bins there are, at most. At least 1; default 15; the source has 10.</summary>
    [Range(5, 50, 15)]
    public int Bins { get; init; } = 15;

    /// <inheritdoc/>
    public override void Validate() => Check.AtLeast(Bins, 1);

    private protected override OddsMap Learn(OddsColumn column)
    {
        var groups = column.Group();
        var (weights, hits, count) = (groups.Weights, groups.Hits, groups.Count);
        var total = weights.AsSpan(0, count).ToArray().Sum();
        var (edges, values) = (new List<double>(), new List<double>());
        var (before, weight, hit, bin) = (0.0, 0.0, 0.0, -1);
        for (var group = 0; group < count; group++)
        {
            var own = Math.Min((int)(Bins * (before + weights[group] / 2) / total), Bins - 1);
            if (own != bin && group > 0)
            {
                values.Add(hit / weight);
                edges.Add(groups.At(group - 1) * Math.Sqrt(groups.At(group) / groups.At(group - 1)));
                (weight, hit) = (0, 0);
            }

            bin = own;
            before += weights[group];
            weight += weights[group];
            hit += hits[group];
        }

        values.Add(hit / weight);
        return new Map([.. edges], [.. values.Select(value => Math.Min(value, 1))]);
    }

    private protected override OddsMap Read(double[] numbers)
    {
        if (numbers.Length % 2 == 0 || numbers.Length > 2 * Bins - 1)
            throw Check.Wrong("The number of a saved calibrator's numbers", $"be odd and at most {2 * Bins - 1}", $"{numbers.Length}");
        var (edges, values) = (numbers[..(numbers.Length / 2)], numbers[(numbers.Length / 2)..]);
        Places.Check(edges);
        LinesMap.CheckProbabilities(values);
        return new Map(edges, values);
    }

    private sealed class Map(double[] edges, double[] values) : OddsMap
    {
        private readonly Places _edges = new(edges);

        public override double[] Numbers => [.. edges, .. values];

        public override double At(double odds) => values[_edges.FirstAtLeast(odds)];

        public override OnnxValue At(OnnxValue odds) => odds.Graph.Constant(values, values.Length).At(_edges.FirstAtLeast(odds));
    }
}
