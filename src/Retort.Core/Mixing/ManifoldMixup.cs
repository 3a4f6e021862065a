using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Rows are mixed before the network or at one of its hidden blocks, another one in each step: the network learns flat, well parted hidden numbers.</summary>
/// <remarks>
/// <c>h = λ h_i + (1 - λ) h_j</c> at block k, drawn evenly from 0 to <see cref="Deepest"/>, and labels as in <see cref="Mixup"/>; 0 is the input. Blocks are what enters the layers of weighted sums (or residual blocks) behind the first one; a network with fewer has as many as it has.
/// The gradient goes back to both rows. Partners are rows of the step.
/// Source: Verma et al., Manifold Mixup: Better Representations by Interpolating Hidden States, 2019, sec. 2, https://arxiv.org/abs/1806.05236; one λ a step there, one a row here.
/// Seen on digits (<c>./bench mix</c>, three splits, in brackets paired standard errors): to the end of the run, accuracy +0.6 % (+2.0), log-loss 41 % higher (-3.9).
/// What teachers said is mixed, also where they are networks: they have no such block. Not with distillations of hidden blocks.
/// In the first half of a run, the default, on splits that chose nothing (digits five, MNIST and phoneme three): digits +0.6 % (+11.0), log-loss 18 % lower (+3.6); MNIST +0.6 % (+5.0), 21 % lower (+7.1); phoneme -0.3 % (-1.3).
/// </remarks>
[Method("manifold-mixup", Title = "Manifold Mixup: Better Representations by Interpolating Hidden States", Authors = "Verma et al.", Year = 2019, Link = "https://arxiv.org/abs/1806.05236")]
public sealed record ManifoldMixup : Mixing
{
    /// <summary>How far rows are mixed, as in <see cref="Mixup.Alpha"/>. At least 0; default 0.5, ours; the source has 2 on images.</summary>
    [Range(0.05, 4.0, 0.5, true)]
    public double Alpha { get; init; } = 0.5;

    /// <summary>The last block at which rows are mixed. At least 0, 0 for the input alone; default 2, the source's.</summary>
    [Range(0, 4, 2)]
    public int Deepest { get; init; } = 2;

    internal override bool IsHidden => Deepest > 0;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.AtLeast(Alpha, 0);
        Check.AtLeast(Deepest, 0);
    }

    internal override RowMix Draw(MixingStep step)
    {
        var block = (int)step.Random.Below(Math.Min(Deepest, step.All.Blocks) + 1) - 1;
        var mix = step.Pair(() => BetaDraw.Of(Alpha, step.Random), block < 0 ? null : block);
        mix.Kept = mix.Block is null ? step.Kept(mix) : null;
        return mix;
    }
}
