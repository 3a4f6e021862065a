namespace Retort;

/// <summary>Logarithms of the probabilities that teacher and student give to the same classes, each [rows, classes].</summary>
internal readonly record struct Softened(Tensor Teacher, Tensor Student)
{
    /// <summary>What a teacher's probability counts as at least: 0 has no logarithm.</summary>
    private const double LeastProbability = 1e-12;

    /// <summary>The divergence of the student from the teacher, <c>KL(teacher || student)</c>, [rows].</summary>
    public Tensor Forward => Divergence(Teacher, Student);

    /// <summary>The divergence of the teacher from the student, <c>KL(student || teacher)</c>, [rows].</summary>
    public Tensor Reverse => Divergence(Student, Teacher);

    /// <summary>Both, from logits that are divided by a temperature.</summary>
    public static Softened By(double temperature, StudentOutput student, TeacherOutput teacher) =>
        new((Logits(student, teacher) / temperature).log_softmax(1), (student.Logits / temperature).log_softmax(1));

    /// <summary>The teacher's logits in the type of the student's, [rows, classes]: the logarithms of its probabilities.</summary>
    /// <exception cref="ArgumentException">There are not two classes, or teacher and student do not have the same.</exception>
    public static Tensor Logits(StudentOutput student, TeacherOutput teacher)
    {
        Check.Shape(student.Logits, "[rows, classes] with at least 2 classes", student.Logits.dim() == 2 && student.Logits.shape[1] >= 2, "the student's logits");
        return Scores(student, teacher).clamp_min(LeastProbability).log();
    }

    /// <summary>The teacher's probabilities or values in the shape and type of the student's outputs.</summary>
    /// <exception cref="ArgumentException">They have another shape.</exception>
    public static Tensor Scores(StudentOutput student, TeacherOutput teacher)
    {
        var (logits, scores) = (student.Logits, teacher.Scores.to_type(student.Logits.dtype));
        Check.Shape(scores, $"[{string.Join(", ", logits.shape)}] as the student has", scores.shape.AsSpan().SequenceEqual(logits.shape), "the teacher's scores");
        return scores;
    }

    /// <summary><c>sum of p (ln p - ln q)</c> over the classes, [rows].</summary>
    public static Tensor Divergence(Tensor logP, Tensor logQ) => (logP.exp() * (logP - logQ)).sum(1);
}
