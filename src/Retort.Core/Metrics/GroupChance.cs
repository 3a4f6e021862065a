namespace Retort;

/// <summary>What a number, or the largest of several, is where scores are dealt to rows by chance.</summary>
internal sealed class GroupChance
{
    private readonly double _value;
    private readonly int _permutations;
    private double _sum;
    private int _atLeast;

    /// <param name="observed">The number of each score.</param>
    /// <param name="permutations">How many permutations there will be.</param>
    public GroupChance(double[] observed, int permutations)
    {
        (Worst, _permutations) = (Array.IndexOf(observed, observed.Max()), permutations);
        _value = observed[Worst];
    }

    /// <summary>The score with the largest number.</summary>
    public int Worst { get; }

    public double Floor => _permutations == 0 ? double.NaN : _sum / _permutations;

    public double PValue => _permutations == 0 || double.IsNaN(_value) ? double.NaN : (1.0 + _atLeast) / (1 + _permutations);

    /// <summary>Hears the numbers of one permutation.</summary>
    public void Add(double[] drawn)
    {
        var most = drawn.Max();
        _sum += most;
        _atLeast += most >= _value * (1 - 1e-12) ? 1 : 0; // the same sum in another order
    }

    public static void Shuffle(Generator random, int[] order)
    {
        for (var i = order.Length - 1; i > 0; i--)
        {
            var j = (int)random.Below(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
    }
}
