namespace Retort;

/// <summary>From odds to a probability.</summary>
internal abstract class OddsMap
{
    /// <summary>All that makes it up.</summary>
    public abstract double[] Numbers { get; }

    public abstract double At(double odds);

    /// <summary>As <see cref="At(double)"/>, of a column [rows, 1] and as nodes of a graph.</summary>
    public abstract OnnxValue At(OnnxValue odds);
}

/// <summary><c>sigmoid(slope ln odds + offset)</c>.</summary>
internal sealed class SigmoidMap(double slope, double offset) : OddsMap
{
    public override double[] Numbers => [slope, offset];

    public override double At(double odds) => Logits.Sigmoid(slope * Math.Log(odds) + offset);

    public override OnnxValue At(OnnxValue odds) => (odds.Log() * slope + offset).Sigmoid();
}

/// <summary>Straight lines, over the logarithm of the odds, between points; level beyond them.</summary>
internal sealed class LinesMap(double[] places, double[] values) : OddsMap
{
    private readonly Places _places = new(places);

    public override double[] Numbers => [.. places, .. values];

    /// <exception cref="ArgumentException">Places do not rise, or a value is not a probability.</exception>
    public static LinesMap Of(double[] numbers)
    {
        if (numbers.Length == 0 || numbers.Length % 2 == 1)
            throw Check.Wrong("The number of a saved calibrator's numbers", "be even and not 0", $"{numbers.Length}");
        var (places, values) = (numbers[..(numbers.Length / 2)], numbers[(numbers.Length / 2)..]);
        Places.Check(places);
        CheckProbabilities(values);
        return new(places, values);
    }

    public override double At(double odds)
    {
        var above = _places.FirstAtLeast(odds);
        if (above == places.Length)
            return values[^1];
        if (above == 0 || values[above] == values[above - 1])
            return values[above];
        var share = Math.Log(odds / places[above - 1]) / Math.Log(places[above] / places[above - 1]);
        return values[above - 1] + share * (values[above] - values[above - 1]);
    }

    public override OnnxValue At(OnnxValue odds)
    {
        var above = _places.FirstAtLeast(odds);
        var (low, high) = ((above - 1).Max(0), above.Min(places.Length - 1));
        var logarithms = odds.Graph.Constant([.. places.Select(place => Math.Log(place))], places.Length);
        var heights = odds.Graph.Constant(values, values.Length);
        var (from, to) = (heights.At(low), heights.At(high));
        var share = (odds.Log() - logarithms.At(low)) / (logarithms.At(high) - logarithms.At(low));
        return from.IsEqual(to).Choose(to, from + share * (to - from));
    }

    public static void CheckProbabilities(double[] values)
    {
        foreach (var value in values)
            Check.InRange(value, 0, 1, "A saved probability");
    }
}

/// <summary>Rising odds, among which another's place is found by a look into a table and a few steps.</summary>
internal sealed class Places
{
    private const int Most = 1 << 12;

    private readonly double[] _rising;
    private readonly int[] _starts = [0]; // the first in each of as many ranges as fit, which are even in the bits of a number: nearly so in its logarithm
    private readonly long _low;
    private readonly int _shift;

    public Places(double[] rising)
    {
        _rising = rising;
        if (rising.Length == 0)
            return;
        _low = BitConverter.DoubleToInt64Bits(rising[0]);
        var range = BitConverter.DoubleToInt64Bits(rising[^1]) - _low;
        while (range >> _shift >= Most)
            _shift++;
        _starts = new int[(int)(range >> _shift) + 2];
        Array.Fill(_starts, rising.Length);
        for (var i = rising.Length - 1; i >= 0; i--)
            _starts[Range(rising[i])] = i;
        for (var i = _starts.Length - 2; i >= 0; i--)
            _starts[i] = Math.Min(_starts[i], _starts[i + 1]);
    }

    /// <exception cref="ArgumentException">They do not rise, or the first is not positive.</exception>
    public static void Check(double[] places)
    {
        for (var i = 0; i < places.Length; i++)
            Retort.Check.MoreThan(places[i], i == 0 ? 0 : places[i - 1], "A saved place");
    }

    /// <summary>The first that is not below another number; their count where all are.</summary>
    public int FirstAtLeast(double odds)
    {
        if (_rising.Length == 0 || odds <= _rising[0])
            return 0;
        if (odds > _rising[^1])
            return _rising.Length;
        var range = Range(odds);
        var (low, high) = (_starts[range], _starts[range + 1]);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_rising[middle] < odds)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>As <see cref="FirstAtLeast(double)"/>, of a column [rows, 1] and as nodes of a graph.</summary>
    public OnnxValue FirstAtLeast(OnnxValue odds) => _rising.Length == 0 ? odds.To(OnnxType.Int64) * 0
        : odds.Graph.Constant(_rising, _rising.Length).IsLess(odds).To(OnnxType.Int64).Sum(1, keeps: true);

    private int Range(double odds) => (int)(BitConverter.DoubleToInt64Bits(odds) - _low >> _shift);
}
