namespace Retort;

/// <summary>Rows' log-odds of one class, and whether they belong to it.</summary>
/// <param name="Odds">[rows].</param>
/// <param name="Rows">Their labels and weights.</param>
/// <param name="Class">The class.</param>
internal sealed record OddsColumn(double[] Odds, CalibrationRows Rows, int Class)
{
    public bool IsHit(int row) => Rows.Labels[row] == Class;

    /// <summary>The weight of rows in the class, and of the others.</summary>
    public (double Hits, double Misses) Weights()
    {
        var (hits, misses) = (0.0, 0.0);
        for (var row = 0; row < Odds.Length; row++)
            if (IsHit(row))
                hits += Rows.Weight(row);
            else
                misses += Rows.Weight(row);
        return (hits, misses);
    }

    /// <summary>Rows of equal odds together, odds rising; without those that have no weight.</summary>
    public OddsGroups Group()
    {
        var order = RadixSort.Order(Odds, out var sorted);
        var (places, weights, hits) = (new double[order.Length], new double[order.Length], new double[order.Length]);
        var count = 0;
        for (var i = 0; i < order.Length; i++)
        {
            var weight = Rows.Weight(order[i]);
            if (weight == 0)
                continue;
            if (count == 0 || sorted[i] != places[count - 1])
            {
                (places[count], weights[count], hits[count]) = (sorted[i], 0, 0);
                count++;
            }

            weights[count - 1] += weight;
            hits[count - 1] += IsHit(order[i]) ? weight : 0;
        }

        return new(places, weights, hits, count);
    }
}

/// <summary>Distinct log-odds, rising, each with the weight of its rows and of those among them that belong to the class.</summary>
internal readonly record struct OddsGroups(double[] Odds, double[] Weights, double[] Hits, int Count);
