using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>The network learns rows between two rows of the table, with labels between theirs: it becomes simpler there, and less sure of itself.</summary>
/// <remarks>
/// <c>x = λ x_i + (1 - λ) x_j</c>, <c>y = λ y_i + (1 - λ) y_j</c> with λ from Beta(<see cref="Alpha"/>, <see cref="Alpha"/>) for each row, its larger part being the row's own, and j from the rows of the same step in random order.
/// Source: Zhang, Cisse, Dauphin and Lopez-Paz, mixup: Beyond Empirical Risk Minimization, 2018, eq. 1, https://arxiv.org/abs/1710.09412; it draws one λ a step, and has no categories.
/// Seen: see <see cref="Mixing.Until"/>. An epoch takes 0.9 to 1.1 times as long (<c>./bench mix-cost</c>, phoneme and digits, on a busy machine).
/// Not where a network underfits, and with care in regression: labels between two rows may be no labels of rows between them.
/// </remarks>
[Method("mixup", Title = "mixup: Beyond Empirical Risk Minimization", Authors = "Zhang, Cisse, Dauphin and Lopez-Paz", Year = 2018, Link = "https://arxiv.org/abs/1710.09412")]
public sealed record Mixup : Mixing
{
    /// <summary>How far rows are mixed: small values mostly leave one row nearly as it is, 1 makes all shares alike. At least 0, 0 for not at all; default 0.5, ours: the source has 0.1 to 0.4 on images of many classes, and 1 on others.</summary>
    [Range(0.05, 4.0, 0.5, true)]
    public double Alpha { get; init; } = 0.5;

    /// <summary>Where rows are mixed; default <see cref="MixingSite.Input"/>.</summary>
    [Choice(MixingSite.Input, MixingSite.Embedding)]
    public MixingSite Site { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.AtLeast(Alpha, 0);
        Check.Defined(Site);
    }

    internal override bool IsHidden => Site == MixingSite.Embedding;

    internal override RowMix Draw(MixingStep step)
    {
        var mix = step.Pair(() => BetaDraw.Of(Alpha, step.Random), Site == MixingSite.Embedding ? -1 : null);
        mix.Kept = mix.Block is null ? step.Kept(mix) : null;
        return mix;
    }
}
