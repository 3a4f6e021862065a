namespace Retort;

/// <summary>What <see cref="RankMixup"/> ranks.</summary>
public enum RankingMode
{
    /// <summary>A row and one mixture, by a margin between their largest logits.</summary>
    Margin,

    /// <summary>A row and several mixtures, by the normalised discounted cumulative gain of their largest probabilities.</summary>
    Ndcg,
}
