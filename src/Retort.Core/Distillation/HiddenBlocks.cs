namespace Retort;

/// <summary>The hidden blocks of network and teacher, for methods that compare them.</summary>
internal static class HiddenBlocks
{
    /// <summary>What is nearer to 0 than this is no length to divide by.</summary>
    public const double Tiny = 1e-30;

    /// <summary>The network's last hidden block, [rows, width].</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static Tensor Of(StudentOutput student, Distillation method) =>
        student.Hidden ?? throw new InvalidOperationException($"The network's hidden block must be given for '{Methods.Of(method).Id}', but is not.");

    /// <summary>The teacher's hidden block in the type of the network's numbers, [rows, width].</summary>
    /// <exception cref="ArgumentException">It has other rows.</exception>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static Tensor Of(TeacherOutput teacher, StudentOutput student, Distillation method)
    {
        var hidden = teacher.Hidden ?? throw new InvalidOperationException($"The teacher's hidden block must be given for '{Methods.Of(method).Id}', but is not.");
        Check.Shape(hidden, $"[{student.Logits.shape[0]}, width] as the student has rows", hidden.dim() == 2 && hidden.shape[0] == student.Logits.shape[0], "the teacher's hidden block");
        return hidden.to_type(student.Logits.dtype);
    }

    /// <summary>The head that a method asked for, [rows, outputs of the head].</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static Tensor Head(StudentOutput student, Distillation method) =>
        student.Heads.Count > 0 ? student.Heads[0] : throw new InvalidOperationException($"A head must be given for '{Methods.Of(method).Id}', but is not.");

    /// <summary>Refuses networks and teachers that have no hidden block.</summary>
    /// <exception cref="ArgumentException">One of them has none.</exception>
    public static void Require(TeachingShape shape, Distillation method)
    {
        Handed.Blocks(shape, method);
        if (shape.TeacherHidden == 0)
            throw new ArgumentException($"The teacher for '{Methods.Of(method).Id}', which looks at its hidden block, must be a network of Retort that was fitted before and ends its pipeline, but is not.");
    }

    /// <summary>Rows of all members as [members, rows, ...].</summary>
    public static Tensor PerMember(Tensor all, int members) => members == 1 ? all.unsqueeze(0)
        : all.reshape([all.shape[0] / members, members, .. all.shape[1..]]).transpose(0, 1).contiguous();

    /// <summary>The distance of every row from every other, [members, rows, rows] of [members, rows, width]: not from products, so that rows alike are exactly 0 apart, where no gradient comes from.</summary>
    public static Tensor Distances(Tensor rows) => cdist(rows, rows, 2, compute_mode.donot_use_mm_for_euclid_dist);
}
