using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Soft targets from those rows only of which teacher and network together are sure: for rows without a label that may come from elsewhere.</summary>
/// <remarks>
/// <c>T^2 * KL(softmax(t / T) || softmax(s / T))</c> as <c>kd</c>, with T = <see cref="Temperature"/>, for selected rows; 0 for the others, over which the mean is taken too. In nats. Logits [rows, classes].
/// A row is selected where <c>(max over classes of (p_t + p_s) / 2 - 1 / classes) / (1 - 1 / classes)</c> is at least <see cref="LeastAgreement"/>, of the teacher's probabilities p_t and the network's p_s, without slope:
/// 1 where both are certain of the same class, half of that where only one is or they contradict each other, 0 where both know nothing. What is selected changes as the network learns.
/// Where some rows have no label, those that have one are always selected; where all have one, it selects among all.
/// Source: Tang, Chen, Niu, Sugiyama and Gong, Distribution Shift Matters for Knowledge Distillation with Webly Collected Images, 2023, https://arxiv.org/abs/2307.11469: its first part, the selection by combined predictions. The score and its limit are ours.
/// Its other two parts, alignment of features and classifiers, and contrast with perturbed images, are not here.
/// Not where rows are few and come from where the labels come from: hard ones teach most.
/// Seen (<c>./bench distill</c>, five splits): against labels alone, in brackets paired standard errors, points of accuracy and log-loss on digits +0.4 (+1.4) and -0.071 (-3.6), MNIST +0.5 (+3.2) and -0.016 (-3.7), phoneme -0.2 (-0.7) and -0.001 (-0.2), wine +3.4 (+4.2) and -0.046 (-7.2).
/// </remarks>
[Method("kd3", Title = "Distribution Shift Matters for Knowledge Distillation with Webly Collected Images", Authors = "Tang, Chen, Niu, Sugiyama and Gong", Year = 2023,
    Link = "https://arxiv.org/abs/2307.11469", Tasks = LearningTasks.Classification, Needs = Needs.TeacherScores)]
public sealed record AgreementSelection : Distillation, IClosedForm
{
    private const string Labeled = "labeled";

    /// <summary>How sure teacher and network together must be. In [0, 1], 0 for all rows; default 0.3, ours.</summary>
    [Range(0.0, 0.9, 0.3)]
    public double LeastAgreement { get; init; } = 0.3;

    /// <summary>Softens both sides before they are compared; selection is without it. More than 0; default 2.</summary>
    [Range(1.0, 20.0, 2.0, true)]
    public double Temperature { get; init; } = 2;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.InRange(LeastAgreement, 0, 1);
        Check.MoreThan(Temperature, 0);
    }

    internal override void Begin(PartState state, TeachingRows rows)
    {
        using var scope = NewDisposeScope();
        if (rows.Labeled is { } labeled)
            state[Labeled] = labeled.repeat_interleave(rows.Members, 0);
    }

    /// <inheritdoc/>
    public override Tensor Value(StudentOutput student, TeacherOutput teacher, Targets targets, Tensor? weights, StepContext step)
    {
        var pair = Softened.By(Temperature, student, teacher);
        var classes = student.Logits.shape[1];
        var both = (Softened.Scores(student, teacher) + student.Logits.detach().softmax(1)) / 2;
        var selected = ((both.amax([1L]) - 1.0 / classes) / (1 - 1.0 / classes)).ge(LeastAgreement);
        if (step.Rows is not null && step.State[Labeled] is { } labeled)
            selected = selected.logical_or(labeled.index_select(0, step.Rows));
        return WeightedMean.Of(Temperature * Temperature * selected.to_type(student.Logits.dtype) * pair.Forward, weights);
    }

    double IClosedForm.AddGradient(StepOutputs batch, double factor, Span<float> gradient)
    {
        var labeled = batch.State?[Labeled];
        bool[] isLabeled = labeled is null ? [] : new bool[batch.Rows];
        for (var row = 0; row < isLabeled.Length; row++)
            isLabeled[row] = Memory.Of<bool>(labeled!)[batch.Name(row)];
        return ClosedRows.AddGradient(batch, factor, gradient, 1, row => Row(row, isLabeled));
    }

    private double Row(TaughtRow row, bool[] isLabeled)
    {
        var (classes, both) = (row.Own.Length, 0.0);
        for (var i = 0; i < classes; i++)
            both = Math.Max(both, (row.Wanted[i] + row.Own[i]) / 2);
        if ((both - 1.0 / classes) / (1 - 1.0 / classes) < LeastAgreement && (isLabeled.Length == 0 || !isLabeled[row.Place]))
        {
            row.Slope.Clear();
            return 0;
        }

        Span<double> memory = classes <= 128 ? stackalloc double[4 * classes] : new double[4 * classes];
        var logs = memory[..(2 * classes)]; // the network's and the teacher's
        var shares = memory[(2 * classes)..];
        row.LogOwn.CopyTo(logs);
        row.LogWanted.CopyTo(logs[classes..]);
        ClosedRows.LogSoftmax(logs, shares, classes, Temperature);
        var apart = 0.0;
        for (var i = 0; i < classes; i++)
        {
            apart += shares[classes + i] * (logs[classes + i] - logs[i]);
            row.Slope[i] = Temperature * (shares[i] - shares[classes + i]); // T^2, and 1 / T from the inner derivative
        }

        return Temperature * Temperature * apart;
    }
}
