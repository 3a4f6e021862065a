using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>A family of curves that can be steep at one end only, and holds the identity: logistic regression on ln p and -ln(1 - p).</summary>
/// <remarks>
/// <c>p' = sigmoid(a ln p - b ln(1 - p) + c)</c> with a and b at least 0, by the least mean log-loss; where one of the two would be negative it is 0 and the others are fitted without it, as in the source's code.
/// They are held to (1, 1, 0) by <c>1/2 Penalty ((a - 1)^2 + (b - 1)^2 + c^2)</c>, that separable rows have a result; the source does not. Several classes as <see cref="OneVsRest"/> says.
/// Source: Kull, Silva Filho and Flach, Beta calibration: a well-founded and easily implemented improvement on logistic calibration for binary classifiers, 2017, https://proceedings.mlr.press/v54/kull17a.html
/// </remarks>
[Method("beta", Title = "Beta calibration: a well-founded and easily implemented improvement on logistic calibration for binary classifiers",
    Authors = "Kull, Silva Filho and Flach", Year = 2017, Link = "https://proceedings.mlr.press/v54/kull17a.html", Tasks = LearningTasks.Classification)]
public sealed record BetaCalibration : OneVsRest
{
    /// <summary>How much the distance from the identity costs beside the mean log-loss. More than 0; default 1e-6, as good as nothing.</summary>
    [Range(1e-8, 0.1, 1e-6, true)]
    public double Penalty { get; init; } = 1e-6;

    /// <inheritdoc/>
    public override void Validate() => Check.MoreThan(Penalty, 0);

    private protected override OddsMap Learn(OddsColumn column)
    {
        var (count, odds) = (column.Odds.Length, column.Odds);
        var (hit, miss, targets) = (new double[count], new double[count], new double[count]);
        for (var row = 0; row < count; row++)
        {
            (hit[row], miss[row]) = Map.Features(odds[row]);
            targets[row] = column.IsHit(row) ? 1 : 0;
        }

        var both = LogisticFit.Fit([hit, miss], targets, column.Rows, [1, 1, 0], Penalty);
        if (both[0] >= 0 && both[1] >= 0)
            return new Map(both[0], both[1], both[2]);
        var one = LogisticFit.Fit([both[0] < 0 ? miss : hit], targets, column.Rows, [1, 0], Penalty);
        return one[0] < 0 ? Constant() : both[0] < 0 ? new Map(0, one[0], one[1]) : new Map(one[0], 0, one[1]);

        // the best without either, and off 0 and 1
        OddsMap Constant()
        {
            var (hits, misses) = column.Weights();
            return new Map(0, 0, Math.Log((hits + 1) / (misses + 1)));
        }
    }

    private protected override OddsMap Read(double[] numbers)
    {
        if (numbers.Length != 3)
            throw Check.Wrong("The number of a saved calibrator's numbers", "be 3", $"{numbers.Length}");
        Check.AtLeast(numbers[0], 0, "A saved factor");
        Check.AtLeast(numbers[1], 0, "A saved factor");
        return new Map(numbers[0], numbers[1], numbers[2]);
    }

    private sealed class Map(double a, double b, double c) : OddsMap
    {
        public override double[] Numbers => [a, b, c];

        /// <summary>ln p and -ln(1 - p).</summary>
        public static (double Hit, double Miss) Features(double odds)
        {
            var small = Math.Log(1 + Math.Min(odds, 1 / odds));
            return odds < 1 ? (Math.Log(odds) - small, small) : (-small, Math.Log(odds) + small);
        }

        public override double At(double odds)
        {
            var (hit, miss) = Features(odds);
            return Logits.Sigmoid(a * hit + b * miss + c);
        }

        public override OnnxValue At(OnnxValue odds)
        {
            var logarithm = odds.Log(); // ln p = -softplus(-ln odds), -ln (1 - p) = softplus(ln odds)
            return (-(-logarithm).Softplus() * a + logarithm.Softplus() * b + c).Sigmoid();
        }
    }
}
