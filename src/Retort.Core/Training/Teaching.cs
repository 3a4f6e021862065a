namespace Retort;

/// <summary>Where a run's teacher comes from.</summary>
internal enum TeachingWay
{
    /// <summary>The scores that the dataset holds, if any.</summary>
    Given,

    /// <summary>The mean of several teachers' scores with the weights that fit the held-out labels best.</summary>
    Learned,

    /// <summary>Several teachers, each with its own distance; those that are followed less well count more.</summary>
    Balanced,

    /// <summary>What the network itself said of the rows at the end of the epoch before.</summary>
    Self,

    /// <summary>Another network, trained along.</summary>
    Online,

    /// <summary>Networks that are trained first.</summary>
    Ensemble,
}

/// <summary>Where a run's teacher comes from, and what is needed for it.</summary>
/// <param name="Way">Where from.</param>
internal sealed record Teaching(TeachingWay Way)
{
    public static Teaching Given { get; } = new(TeachingWay.Given);

    /// <summary>The network that is trained along.</summary>
    public Network? Network { get; init; }

    /// <summary>By which networks are trained first.</summary>
    public Recipe? Recipe { get; init; }

    /// <summary>How many networks are trained first.</summary>
    public int Networks { get; init; }
}
