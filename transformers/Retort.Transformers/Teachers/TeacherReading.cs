using Microsoft.ML;

namespace Retort;

/// <summary>What is read of teachers beside the mean of their scores, and of which rows.</summary>
internal sealed record TeacherReading
{
    public static TeacherReading Plain { get; } = new();

    /// <summary>Whether rows without a label are kept.</summary>
    public bool KeepsUnlabeled { get; init; }

    /// <summary>More rows, none of which has a label: they come after the others.</summary>
    public IDataView? Unlabeled { get; init; }

    /// <summary>Whether teachers that are networks of ours are handed over, with what they read of the rows.</summary>
    public bool Networks { get; init; }

    /// <summary>Whether each of several teachers' scores are handed over.</summary>
    public bool Each { get; init; }

    /// <summary>Whether a teacher may know some of the classes only; the others then have probability 0.</summary>
    public bool AllowsFewerClasses { get; init; }

    /// <summary>Where scores of models are kept; null where they are not.</summary>
    public ScoreCache? Cache { get; init; }
}
