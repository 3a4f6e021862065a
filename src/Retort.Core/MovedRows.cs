namespace Retort;

/// <summary>A batch's rows elsewhere: what <see cref="StudentOutput.Moved"/> and <see cref="TeacherOutput.Moved"/> are said of.</summary>
/// <param name="Features">The rows' features there, [rows, features].</param>
/// <param name="Teacher">What the teacher says of them there, which becomes <see cref="TeacherOutput.Moved"/>; null where the method does not ask.</param>
internal sealed record MovedRows(Tensor Features, TeacherOutput? Teacher = null);
