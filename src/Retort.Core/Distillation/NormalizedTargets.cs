using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>The true class is learned as surely as the teacher knows it, and the other classes by how the teacher compares them, whatever they have together.</summary>
/// <remarks>
/// <c>-t_y ln s_y - Gamma * T^2 * sum over i other than y of t'_i ln s'_i</c> with the probabilities t of the teacher and s of the network, y the true class, T = <see cref="Temperature"/>, and t', s' the softmax over the other classes'
/// logits divided by T. In nats. Logits [rows, classes]; of soft targets the likeliest class counts as the true one.
/// These are cross-entropies: a student like its teacher does not cost 0, and its true class is still pushed up, as by the labels.
/// With two classes there is one other class and nothing to compare: what is left is the cross-entropy, each row weighted by the teacher's probability of the true class.
/// Source: Yang, Zeng, Li, Zhang, Yuan and Li, From Knowledge Distillation to Self-Knowledge Distillation: A Unified Approach with Normalized Loss and Customized Soft Labels, 2023, sec. 3, https://arxiv.org/abs/2303.13005,
/// its part with a teacher (NKD), which is added to cross-entropy: <c>Mode = Add, Weight = 1</c>. Its part without one (USKD) is <see cref="CustomizedTargets"/>.
/// Seen (<c>./bench distill</c>, five splits): against labels alone, in brackets paired standard errors, points of accuracy and log-loss on digits +0.2 (+0.3) and -0.068 (-4.0), MNIST +0.9 (+10.0) and -0.036 (-7.2), phoneme +0.2 (+1.0) and +0.001 (+2.1), wine +1.6 (+3.8) and -0.011 (-1.8).
/// </remarks>
[Method("nkd-uskd", Title = "From Knowledge Distillation to Self-Knowledge Distillation: A Unified Approach with Normalized Loss and Customized Soft Labels", Authors = "Yang, Zeng, Li, Zhang, Yuan and Li", Year = 2023,
    Link = "https://arxiv.org/abs/2303.13005", Tasks = LearningTasks.Classification, Needs = Needs.TeacherScores)]
public sealed record NormalizedTargets : Distillation, IClosedForm
{
    /// <summary>How much the other classes count. At least 0; default 1.5, the source's; 3.5 in its trials on CIFAR-100.</summary>
    [Range(0.1, 10.0, 1.5, true)]
    public double Gamma { get; init; } = 1.5;

    /// <summary>Softens the other classes' probabilities on both sides. More than 0; default 1, the source's; 3 in its trials on CIFAR-100.</summary>
    [Range(0.5, 10.0, 1.0, true)]
    public double Temperature { get; init; } = 1;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.AtLeast(Gamma, 0);
        Check.MoreThan(Temperature, 0);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The targets are real values.</exception>
    public override Tensor Value(StudentOutput student, TeacherOutput teacher, Targets targets, Tensor? weights, StepContext step)
    {
        var (logits, classes) = (Softened.Logits(student, teacher), targets.ClassNumbers());
        var (own, softer) = (ClassSplit.Of(student.Logits, classes), ClassSplit.Of(student.Logits / Temperature, classes));
        var (teacherOwn, teacherSofter) = (ClassSplit.Of(logits, classes), ClassSplit.Of(logits / Temperature, classes));
        var target = teacherOwn.Own.exp() * own.Own;
        var others = (teacherSofter.Others.exp() * softer.Others).sum(1);
        return WeightedMean.Of(-target.squeeze(1) - Gamma * Temperature * Temperature * others, weights);
    }

    double IClosedForm.AddGradient(StepOutputs batch, double factor, Span<float> gradient) => ClosedRows.AddGradient(batch, factor, gradient, 1, Row);

    private double Row(TaughtRow row)
    {
        var (label, classes) = (row.Label, row.Own.Length);
        var slope = row.Slope;
        var (wanted, value) = (row.Wanted[label], -row.Wanted[label] * row.LogOwn[label]);
        for (var i = 0; i < classes; i++)
            slope[i] = wanted * (row.Own[i] - (i == label ? 1 : 0));

        // a softmax of a softmax's logarithms at another temperature is one of the logits
        Span<double> others = classes <= 128 ? stackalloc double[4 * classes] : new double[4 * classes];
        var logits = others[..(2 * classes)]; // the network's and the teacher's
        var shares = others[(2 * classes)..];
        row.LogOwn.CopyTo(logits);
        row.LogWanted.CopyTo(logits[classes..]);
        (logits[label], logits[classes + label]) = (double.NegativeInfinity, double.NegativeInfinity);
        ClosedRows.LogSoftmax(logits, shares, classes, Temperature);
        for (var i = 0; i < classes; i++)
            if (i != label)
            {
                value -= Gamma * Temperature * Temperature * shares[classes + i] * logits[i];
                slope[i] += Gamma * Temperature * (shares[i] - shares[classes + i]);
            }

        return value;
    }
}
