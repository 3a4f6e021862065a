namespace Retort;

/// <summary>What a teacher says about a batch of rows.</summary>
/// <param name="Scores">Class probabilities [rows, classes], two columns where the task is binary; or values [rows, 1] in regression. Of several teachers their weighted mean.</param>
public sealed record TeacherOutput(Tensor Scores)
{
    /// <summary>The last hidden block of a teacher that is a network of ours, [rows, width]; of several networks the blocks side by side; null where nobody asked for it.</summary>
    public Tensor? Hidden { get; init; }

    /// <summary>What each of several teachers says, in the order in which they were given; empty where there is one or nobody asked.</summary>
    public IReadOnlyList<TeacherOutput> Each { get; init; } = [];

    /// <summary>What the teacher says of the same rows, moved; null where the distillation moved none.</summary>
    public TeacherOutput? Moved { get; init; }
}
