namespace Retort;

/// <summary>From log-odds to a probability.</summary>
internal abstract class OddsMap
{
    /// <summary>All that makes it up.</summary>
    public abstract double[] Numbers { get; }

    public abstract double At(double odds);
}

/// <summary><c>sigmoid(slope * odds + offset)</c>.</summary>
internal sealed class SigmoidMap(double slope, double offset) : OddsMap
{
    public override double[] Numbers => [slope, offset];

    public override double At(double odds) => Logits.Sigmoid(slope * odds + offset);
}

/// <summary>Straight lines between points, level beyond them.</summary>
internal sealed class LinesMap(double[] places, double[] values) : OddsMap
{
    public override double[] Numbers => [.. places, .. values];

    /// <exception cref="ArgumentException">Places do not rise, or a value is not a probability.</exception>
    public static LinesMap Of(double[] numbers)
    {
        if (numbers.Length == 0 || numbers.Length % 2 == 1)
            throw Check.Wrong("The number of a saved calibrator's numbers", "be even and not 0", $"{numbers.Length}");
        var (places, values) = (numbers[..(numbers.Length / 2)], numbers[(numbers.Length / 2)..]);
        CheckPlaces(places);
        CheckProbabilities(values);
        return new(places, values);
    }

    public override double At(double odds)
    {
        var above = FirstAtLeast(places, odds);
        if (above == places.Length)
            return values[^1];
        if (above == 0 || places[above] == odds)
            return values[above];
        var share = (odds - places[above - 1]) / (places[above] - places[above - 1]);
        return values[above - 1] + share * (values[above] - values[above - 1]);
    }

    public static void CheckPlaces(double[] places)
    {
        for (var i = 1; i < places.Length; i++)
            Check.MoreThan(places[i], places[i - 1], "A saved place");
    }

    public static void CheckProbabilities(double[] values)
    {
        foreach (var value in values)
            Check.InRange(value, 0, 1, "A saved probability");
    }

    /// <summary>The first of rising numbers that is not below another; their count where all are.</summary>
    public static int FirstAtLeast(double[] rising, double number)
    {
        var (low, high) = (0, rising.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (rising[middle] < number)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
