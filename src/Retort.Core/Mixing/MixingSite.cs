namespace Retort;

/// <summary>Where rows are mixed.</summary>
public enum MixingSite
{
    /// <summary>As they are in the table: numbers are mixed, each category is taken from one of the two rows.</summary>
    Input,

    /// <summary>What enters the network's hidden layers: numbers as the network scales or embeds them, and the learned numbers that stand for categories.</summary>
    Embedding,
}
