namespace Retort;

/// <summary>What a teacher says about a batch of rows.</summary>
/// <param name="Scores">Class probabilities [rows, classes], two columns where the task is binary; or values [rows, 1] in regression.</param>
public sealed record TeacherOutput(Tensor Scores);
