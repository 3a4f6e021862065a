using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Synthetic rows from a table, for a teacher to label: each is a row whose values were mixed with those of its nearest neighbour.</summary>
/// <remarks>
/// <para>A pass over a copy of the table takes one row after the other, with the row that is nearest to it. Each value is changed, with <see cref="SwapProbability"/>, in both: a number becomes a draw from the normal distribution around
/// the other row's value whose deviation is <c>|difference| / LocalVariance</c>; anything else is swapped. So values stay near those of similar rows, and combinations are new. All passes begin at the table itself.</para>
/// <para>Nearest is by squared Euclidean distance of numbers divided by their deviations, plus 1 for each other value that differs; neighbours are found once, in the table as it is, and NaN counts as the mean. That takes
/// rows × rows × columns products, in float32: some seconds for 10,000 rows of 100 columns. Above <see cref="Candidates"/> rows, neighbours are sought among that many rows drawn at random.</para>
/// <para>Source: Bucila, Caruana and Niculescu-Mizil, Model Compression, 2006, sec. 3 (algorithm MUNGE), https://doi.org/10.1145/1150402.1150464. The settings that it uses are not known to us: the defaults are ours, as are the
/// distance's weights, neighbours that are not sought again, and that a number with at most 20 different values (a flag, a count, a slot of one-hot codes) is swapped.
/// Not for columns whose values must agree with each other beyond what neighbours share, and of no use without a teacher.</para>
/// </remarks>
[Method("munge", Title = "Model Compression", Authors = "Bucila, Caruana and Niculescu-Mizil", Year = 2006, Link = "https://doi.org/10.1145/1150402.1150464", Needs = Needs.TeacherScores)]
public sealed record Munge : Part
{
    private const long BlockSize = 1 << 22;

    /// <summary>How likely a value is changed. In [0, 1]; default 0.2.</summary>
    [Range(0.05, 0.9, 0.2)]
    public double SwapProbability { get; init; } = 0.2;

    /// <summary>How much closer than the difference of two rows' numbers their new values lie to the other's: the deviation is the difference divided by this. More than 0; default 2.</summary>
    [Range(0.5, 10.0, 2.0, true)]
    public double LocalVariance { get; init; } = 2;

    /// <summary>Among how many rows, drawn at random, a neighbour is sought where there are more. At least 2; default 20000.</summary>
    [Range(1000, 100_000, 20_000, true)]
    public int Candidates { get; init; } = 20_000;

    /// <summary>Where its random numbers begin, together with the seed of the environment. Any number; default 0.</summary>
    public int Seed { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.InRange(SwapProbability, 0, 1);
        Check.MoreThan(LocalVariance, 0);
        Check.AtLeast(Candidates, 2);
    }

    /// <summary>New values of two rows for their two numbers: each around the other's.</summary>
    internal (double Own, double Other) Draw(double own, double other, Generator random)
    {
        var deviation = Math.Abs(own - other) / LocalVariance;
        return double.IsFinite(deviation) ? (other + deviation * random.Normal(), own + deviation * random.Normal()) : (other, own);
    }

    /// <summary>For each row the nearest other one, [rows]. Of equally near ones any.</summary>
    /// <param name="numbers">float32 [rows, columns], of deviation 1 and without NaN.</param>
    /// <param name="categories">int64 [rows, columns].</param>
    /// <param name="random">Draws the rows to choose from.</param>
    /// <param name="checkCanceled">Throws where it is to end.</param>
    internal long[] Neighbours(Tensor numbers, Tensor categories, Generator random, Action checkCanceled)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var oneThread = LibtorchThreads.One();
        var rows = numbers.shape[0];
        long[] chosen = rows <= Candidates ? [.. Enumerable.Range(0, (int)rows).Select(row => (long)row)] : [.. random.Permutation(rows).Take(Candidates).Order()];
        var among = tensor(chosen, dtype: int64);
        var (points, kinds) = (numbers.index_select(0, among), categories.index_select(0, among));
        var (transposed, lengths) = (points.t().contiguous(), points.square().sum([1L]));
        var nearest = new long[rows];
        var block = Math.Max(1, BlockSize / chosen.Length);
        for (var start = 0L; start < rows; start += block)
        {
            checkCanceled();
            using var step = NewDisposeScope();
            var count = Math.Min(block, rows - start);

            // without the row's own length, which is the same for all
            var distances = lengths - 2 * numbers.narrow(0, start, count).matmul(transposed);
            for (var column = 0L; column < categories.shape[1]; column++)
                distances += categories.narrow(0, start, count).select(1, column).unsqueeze(1).ne(kinds.select(1, column)).to_type(float32);
            var own = arange(start, start + count, dtype: int64).unsqueeze(1).eq(among);
            var places = Memory.Of<long>(among.index_select(0, distances.masked_fill(own, float.PositiveInfinity).argmin(1)));
            places.CopyTo(nearest.AsSpan((int)start));
        }

        return nearest;
    }
}
