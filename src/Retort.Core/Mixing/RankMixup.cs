using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Calibration by mixtures whose labels are not learned: the network must be less sure of a mixture than of the row, and the less, the more it is mixed.</summary>
/// <remarks>
/// Labels, teachers and penalties look at the rows as they are. Beside them, <see cref="Weight"/> times the weighted mean over rows of, where <see cref="Mode"/> is <see cref="RankingMode.Margin"/>,
/// <c>max(0, max logit of the mixture - max logit of the row + Margin)</c>, 0 where both rows have one class; or, where it is <see cref="RankingMode.Ndcg"/>, <c>1 - min(r, 1 / r)</c> with
/// <c>r = sum c_(j) / log2(j + 1) / sum λ_(j) / log2(j + 1)</c>: the largest probabilities c of the row (its λ is 1) and of <see cref="Mixtures"/> mixtures, in falling order of λ, the largest probability of a mixture's label.
/// λ is from Beta(<see cref="Alpha"/>, <see cref="Alpha"/>), rows are mixed as by <see cref="Mixup"/>. A step is longer by the mixtures, and takes about six times as long, since the part by operators takes over.
/// Seen on digits (<c>./bench mix</c>, three splits, in brackets paired standard errors): to the end of the run, accuracy, log-loss and ECE are equal (+0.4, 0.0).
/// Source: Noh, Park, Lee and Ham, RankMixup: Ranking-Based Mixup Training for Network Calibration, 2023, sec. 3, https://arxiv.org/abs/2308.11990. Its code compares logits and means to leave out pairs of one class, but by the shapes of its tensors does not; we do.
/// In the first half of a run, the default, on splits that chose nothing (digits five, MNIST and phoneme three): equal on digits (+0.5) and MNIST (-0.2), in log-loss too.
/// </remarks>
[Method("rankmixup", Title = "RankMixup: Ranking-Based Mixup Training for Network Calibration", Authors = "Noh, Park, Lee and Ham", Year = 2023, Link = "https://arxiv.org/abs/2308.11990", Tasks = LearningTasks.Multiclass)]
public sealed record RankMixup : Mixing
{
    /// <summary>What is ranked; default <see cref="RankingMode.Margin"/>.</summary>
    [Choice(RankingMode.Margin, RankingMode.Ndcg)]
    public RankingMode Mode { get; init; }

    /// <summary>How far rows are mixed, as in <see cref="Mixup.Alpha"/>. At least 0; default 2, the source's.</summary>
    [Range(0.1, 4.0, 2.0, true)]
    public double Alpha { get; init; } = 2;

    /// <summary>How much the ranking counts. At least 0; default 0.1, the source's.</summary>
    [Range(0.01, 1.0, 0.1, true)]
    public double Weight { get; init; } = 0.1;

    /// <summary>How far the logits are to be apart. At least 0; default 2, the source's for 10 classes. It counts where <see cref="Mode"/> is Margin.</summary>
    [Range(0.0, 4.0, 2.0)]
    public double Margin { get; init; } = 2;

    /// <summary>How many mixtures of each row there are, where <see cref="Mode"/> is Ndcg; with a margin it is one. At least 1; default 3, the source's.</summary>
    [Range(1, 5, 3)]
    public int Mixtures { get; init; } = 3;

    internal override int Copies => Mode == RankingMode.Margin ? 1 : Mixtures;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.Defined(Mode);
        Check.AtLeast(Alpha, 0);
        Check.AtLeast(Weight, 0);
        Check.AtLeast(Margin, 0);
        Check.InRange(Mixtures, 1, 64);
    }

    internal override RowMix Draw(MixingStep step) => new Mixup { Alpha = Alpha }.Draw(step);

    internal override Tensor Value(MixedAnswer answer, StepContext step)
    {
        var each = Mode == RankingMode.Margin ? Behind(answer.Student.Logits, answer.Copies[0]) : Disorder(answer.Student.Logits, answer.Copies);
        return Weight * WeightedMean.Of(each, answer.Batch.LabelWeights);
    }

    private Tensor Behind(Tensor logits, MixedCopy copy)
    {
        var pairs = Check.Given(copy.Batch.Pairs);
        return (copy.Student.Logits.amax([1L]) - logits.amax([1L]) + Margin).relu() * pairs.Own.ne(pairs.Partners).to_type(logits.dtype); // all [rows]
    }

    private static Tensor Disorder(Tensor logits, IReadOnlyList<MixedCopy> copies)
    {
        var sure = stack([Sure(logits), .. copies.Select(copy => Sure(copy.Student.Logits))], 1); // [rows, 1 + mixtures]
        var shares = stack([ones_like(sure.select(1, 0)), .. copies.Select(copy => Largest(Check.Given(copy.Batch.Pairs)).to_type(logits.dtype))], 1);
        var (sorted, order) = shares.sort(1, descending: true, stable: true);
        var discounts = (arange(1, sure.shape[1] + 1, dtype: logits.dtype, device: logits.device) + 1).log2();
        var ratio = (sure.gather(1, order) / discounts).sum(1) / (sorted / discounts).sum(1);
        return 1 - minimum(ratio, 1 / ratio);

        static Tensor Sure(Tensor all) => all.softmax(1).amax([1L]);
        static Tensor Largest(LabelPairs pairs) => where(pairs.Own.eq(pairs.Partners), ones_like(pairs.Shares), pairs.Shares);
    }
}
