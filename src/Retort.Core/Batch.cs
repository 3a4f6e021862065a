namespace Retort;

/// <summary>The rows of one step, all tensors in the same order of rows.</summary>
/// <param name="Features">Numbers, float32 [rows, features].</param>
/// <param name="Categories">Category numbers, int64 [rows, columns], 0 for missing or unseen; null where there are none.</param>
/// <param name="Targets">What the rows should become.</param>
/// <param name="Weights">How much each row counts, [rows]; null where all count alike.</param>
/// <param name="Teacher">What the teacher says; null where there is none.</param>
internal sealed record Batch(Tensor Features, Tensor? Categories, Targets Targets, Tensor? Weights, TeacherOutput? Teacher)
{
    /// <summary>How much each row's label counts, [rows]: as <see cref="Weights"/>, and 0 where there is none; null where all count alike.</summary>
    public Tensor? LabelWeights { get; init; }

    /// <summary>The classes of mixed rows; null where rows are not mixed, or have values.</summary>
    internal LabelPairs? Pairs { get; init; }
}
