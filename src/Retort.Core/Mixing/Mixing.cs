using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>How the rows of a step become mixtures of rows: of numbers, categories, labels, weights and what teachers said.</summary>
/// <remarks>
/// Of a row and its partner the row has the larger share, at least one half: which of two mixed rows is called the row makes no difference to their mixture. So what is never mixed (protected columns, groups, and the names under which
/// methods remember rows) is that of the larger part. Of categories each is taken from one of the two, the row's own with its share as the probability. Class labels become probabilities and real ones their mean; weights, and what teachers said, are mixed likewise;
/// teachers that are networks of ours and read the same columns are asked about the mixed rows, in every step. Losses that take no probabilities see each mixed row twice, with both labels, weighted by their shares.
/// Rows with a label are mixed with such rows only, and so are rows that only a teacher speaks of, and rows of weight 0: no label gets to where it is not known. Rows that are not trained on are never mixed.
/// </remarks>
public abstract record Mixing : Part
{
    /// <summary>The share of steps whose rows are mixed; the others are as without mixing. In [0, 1]; default 1.</summary>
    [Range(0.1, 1.0, 1.0)]
    public double Probability { get; init; } = 1;

    /// <summary>The share of the run in which rows are mixed; from then on they are as they are, which takes back most of what mixtures cost where labels change fast, and the probabilities' lack of confidence. In [0, 1], 1 to the end as sources have it; default 0.5, ours. It counts in training alone.</summary>
    /// <remarks>
    /// Seen (<c>./bench mix</c>, <c>mixup</c> at its other defaults against none, in brackets paired standard errors, mixed for half of the run and to its end): accuracy on phoneme +0.6 % (+3.4, five splits) and -0.9 % (-2.2), on digits +0.6 % (+2.1, ten) and +0.7 % (+2.3),
    /// on MNIST +0.3 % (+0.9, three) and -0.3 % (-0.9); log-loss there 1 % lower and 8 % higher, 19 % lower and 39 % higher, 10 % lower and 32 % higher. RMSE on abalone equal (-0.8, ten) and 0.4 % higher (-2.6), on wine equal both ways, on communities-crime, where the best epochs come early,
    /// 1.3 % lower (+4.6, ten) both ways. The default was chosen by these; on other splits, which chose nothing, half of the run gave -0.1 % (-0.8, ten) on phoneme, +0.6 % (+3.4, ten) on digits, +0.5 % (+3.3, three) on MNIST,
    /// +0.1 % (+0.7, ten) on abalone, -0.3 % (-0.9, ten) on wine and +0.4 % (+1.1, ten) on communities-crime.
    /// </remarks>
    [Range(0.1, 1.0, 0.5)]
    public double Until { get; init; } = 0.5;

    /// <summary>What the rows of a step are mixed with. Plain numbers, which need no tensors and no device.</summary>
    internal abstract RowMix Draw(MixingStep step);

    /// <summary>How partners are chosen; by default among the rows of the step. It is made once, and asked in every step.</summary>
    /// <param name="rows">All rows.</param>
    internal virtual Pairing Pair(MixingRows rows) => new StepPairing(rows);

    /// <summary>Whether rows are mixed within the network, so that its blocks before that are those of single rows.</summary>
    internal virtual bool IsHidden => false;

    /// <summary>Whether mixed rows are all there is to it, so that any trainer can learn from them.</summary>
    internal virtual bool MixesTables => !IsHidden && !HasValue;

    /// <summary>How many mixtures stand behind the rows of a step, which then stay as they are: labels, teachers and penalties look at the rows, the method's own part at both. 0 where a mixture takes the rows' place.</summary>
    internal virtual int Copies => 0;

    /// <summary>Whether <see cref="Value"/> is added to the objective.</summary>
    internal virtual bool HasValue => Copies > 0;

    /// <summary>The method's own part of the objective of a step whose rows are mixed, one number.</summary>
    /// <param name="answer">What the network says.</param>
    /// <param name="step">Where the run stands.</param>
    internal virtual Tensor Value(MixedAnswer answer, StepContext step) => throw new InvalidOperationException("A mixing must say what it adds to the objective, but does not.");

    /// <summary>What the method remembers from the start.</summary>
    /// <param name="state">Where it remembers.</param>
    /// <param name="rows">All rows.</param>
    /// <param name="device">Where the run computes.</param>
    /// <param name="random">What is drawn from.</param>
    internal virtual void Begin(PartState state, MixingRows rows, Device device, Generator random)
    {
    }

    /// <summary>Whether the method looks at the network's last block.</summary>
    internal virtual bool NeedsHidden => false;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.InRange(Probability, 0, 1);
        Check.InRange(Until, 0, 1);
    }
}
