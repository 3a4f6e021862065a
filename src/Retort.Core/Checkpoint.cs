namespace Retort;

/// <summary>Where a training run keeps its state, so that the same run goes on there after it was ended from outside, and ends in the same bits as if it had not been.</summary>
/// <remarks>
/// Where the file is there already, a run of the same recipe, seeds and data goes on from it, and any other refuses it. It is replaced as a whole or not at all, and removed when the run has ended by itself.
/// For one run at a time, in a context that has a seed.
/// </remarks>
/// <param name="Path">The file, in a folder that exists. It holds weights and the state of the run: several times the size of the network.</param>
public sealed record Checkpoint(string Path)
{
    /// <summary>How often the file is written; default every 30 seconds. Zero writes it before every step.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The checkpoint of another run on the same data, whose state this run begins with where it has no state of its own; default null, none.</summary>
    /// <remarks>
    /// Weights, optimizer, averages, random streams and the number of the epoch are taken over, and recipe and schedule of this run hold from there on: another learning rate, weight decay, dropout, strength of a part.
    /// Network, kinds of parts and all else that says what a state consists of must be the same. Which epoch is best, and how long none was better, is counted anew. That file is only read, and must stay for as long as this run may have to go on.
    /// </remarks>
    public string? From { get; init; }

    /// <summary>Whether the file stays when the run has ended by itself; default false.</summary>
    public bool Keep { get; init; }
}
