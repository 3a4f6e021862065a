using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Of what each model learned only the largest entries count, and for each weight only the models that agree with the majority's direction.</summary>
/// <remarks>
/// (1) Of each <c>τ_i = θ_i - θ_0</c> the <c>Density</c> entries of largest size stay, ties included; (2) each weight's sign is that of <c>Σ τ_i</c>, and where that sum is 0 the sign of most others;
/// (3) the mean over the models whose entry has this sign: <c>θ = θ_0 + Factor mean</c>. Of one model, density 1 and factor 1 give that model. Needs the start.
/// Source: Yadav et al., TIES-Merging: Resolving Interference When Merging Models, 2023, sec. 4, https://arxiv.org/abs/2306.01708
/// Seen on two networks of one start: behind the plain mean at the defaults on halves of the rows and of the classes, of digits, MNIST, phoneme and abalone.
/// </remarks>
[Method("ties", Title = "TIES-Merging: Resolving Interference When Merging Models", Authors = "Yadav et al.", Year = 2023, Link = "https://arxiv.org/abs/2306.01708")]
public sealed record TiesMerging : Merging
{
    /// <summary>The share of each model's entries that stays. In (0, 1]; default 0.2, the source's.</summary>
    [Range(0.05, 1.0, 0.2)]
    public double Density { get; init; } = 0.2;

    /// <summary>What the mean is multiplied with. At least 0; default 1, the source's where there are no rows to choose by.</summary>
    [Range(0.3, 2.5, 1.0)]
    public double Factor { get; init; } = 1;

    internal override bool NeedsStart => true;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.MoreThan(Density, 0);
        Check.InRange(Density, 0, 1);
        Check.AtLeast(Factor, 0);
    }

    internal override float[] Merge(IReadOnlyList<float[]> models, MergeContext context)
    {
        double[][] learned = [.. models.Select(model => Trim(context.TaskVector(model)))];
        var signs = WeightedSum.Of(learned);
        for (var i = 0; i < signs.Length; i++)
            signs[i] = Math.Sign(signs[i]);
        var majority = Math.Sign(signs.Sum());
        var merged = new double[signs.Length];
        for (var i = 0; i < merged.Length; i++)
        {
            var (sign, sum, count) = (signs[i] == 0 ? majority : signs[i], 0.0, 0);
            foreach (var own in learned)
                if (own[i] != 0 && Math.Sign(own[i]) == sign)
                    (sum, count) = (sum + own[i], count + 1);
            merged[i] = count == 0 ? 0 : sum / count;
        }

        return context.FromStart(merged, Factor);
    }

    /// <summary>Sets all but the largest entries to 0.</summary>
    private double[] Trim(double[] learned)
    {
        var kept = (int)Math.Round(Density * learned.Length, MidpointRounding.AwayFromZero);
        if (kept >= learned.Length)
            return learned;
        double[] sizes = [.. learned.Select(Math.Abs)];
        Array.Sort(sizes);
        var least = kept == 0 ? double.PositiveInfinity : sizes[^kept];
        for (var i = 0; i < learned.Length; i++)
            if (Math.Abs(learned[i]) < least)
                learned[i] = 0;
        return learned;
    }
}
