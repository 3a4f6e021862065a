namespace Retort;

/// <summary>The card of a method: what it is called, where it comes from, what it serves and what it needs.</summary>
/// <remarks><see cref="Methods"/> and the JSON of a <see cref="Recipe"/> are driven by these cards: a new part needs no list edited.</remarks>
/// <param name="id">The name in JSON and on the command line, in lower case with hyphens.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class MethodAttribute(string id) : Attribute
{
    /// <summary>The name in JSON and on the command line.</summary>
    public string Id { get; } = id;

    /// <summary>The title of the paper or book that the method is taken from.</summary>
    public string Title { get; init; } = "";

    /// <summary>The authors of the source.</summary>
    public string Authors { get; init; } = "";

    /// <summary>The year of the source.</summary>
    public int Year { get; init; }

    /// <summary>Where the source can be read; empty where it has no address.</summary>
    public string Link { get; init; } = "";

    /// <summary>The tasks that the method serves; default all.</summary>
    public LearningTasks Tasks { get; init; } = LearningTasks.All;

    /// <summary>What the method asks for beside features and labels; default nothing.</summary>
    public Needs Needs { get; init; }
}
