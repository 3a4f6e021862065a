namespace Retort;

/// <summary>A layer that is trained beside a network, on one of its blocks, and is not part of the fitted network.</summary>
/// <param name="Block">The number of the block in <see cref="StudentOutput.Blocks"/>.</param>
/// <param name="Outputs">How many numbers it makes of each row.</param>
internal sealed record Head(int Block, int Outputs)
{
    /// <summary>How many numbers there are between its two linear layers, <c>V relu(norm(U h))</c>, where norm is that over the rows of the batch; 0 for one linear layer.</summary>
    public int Hidden { get; init; }
}

/// <summary>What heads can stand on, and what they are to be like.</summary>
/// <param name="Blocks">The width of each of <see cref="StudentOutput.Blocks"/>.</param>
/// <param name="Outputs">How many columns the student's logits have: 2 where the task is binary; 1 in regression.</param>
/// <param name="TeacherHidden">The width of <see cref="TeacherOutput.Hidden"/>; 0 where there is none.</param>
internal sealed record TeachingShape(IReadOnlyList<int> Blocks, int Outputs, int TeacherHidden);
