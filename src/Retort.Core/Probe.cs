namespace Retort;

/// <summary>A batch, and what network and teachers would say of its rows elsewhere, with gradients at the features.</summary>
/// <param name="Features">The rows' features, [rows, features].</param>
/// <param name="Targets">What they should become.</param>
/// <param name="Teacher">What the teacher says of the rows as they are; null where there is none.</param>
/// <param name="Student">The network's logits for other features of the same rows, without dropout, [rows, classes]; of members their mean.</param>
/// <param name="Teachers">The same of each teacher that is a network of ours and reads the same features, as the logarithms of probabilities; empty where one is not.</param>
internal sealed record Probe(Tensor Features, Targets Targets, TeacherOutput? Teacher, Func<Tensor, Tensor> Student, IReadOnlyList<Func<Tensor, Tensor>> Teachers);
