using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Soft targets, and beside them how far a whole batch of answers must be moved to become the teacher's.</summary>
/// <remarks>
/// <c>T^2 * KL(t || s) + TransportWeight * sum of P_ij |s_i - t_j| / rows</c> with the probabilities s of the network and t of the teacher, softened by T = <see cref="Temperature"/>, [rows, classes], and |.| the sum of absolute differences, in [0, 2].
/// The plan P [rows, rows] comes from <c>exp(-|s_i - t_j| / Epsilon)</c>, its rows and then its columns divided by their sums, <see cref="Iterations"/> times; gradients run through it. Rows enter all sums by their weights.
/// Below an <see cref="Epsilon"/> of 0.05 it is computed with logarithms. A batch by itself decides what a row is compared with, so a step costs the square of its rows; members of an ensemble are taken one by one.
/// The plan may give row i the answer of row j, so the first term must stay. With a student like its teacher the first term is 0, the second only as <see cref="Epsilon"/> nears 0.
/// Source: Cui et al., Sinkhorn Distance Minimization for Knowledge Distillation, 2024, https://arxiv.org/abs/2402.17110, which adds both to cross-entropy.
/// We differ in the size of the second term: the authors' code multiplies the sum over the batch, not the mean, by 0.0016 to 0.002, about 0.06 of the mean for 32 rows.
/// </remarks>
[Method("sinkd", Title = "Sinkhorn Distance Minimization for Knowledge Distillation", Authors = "Cui et al.", Year = 2024,
    Link = "https://arxiv.org/abs/2402.17110", Tasks = LearningTasks.Classification, Needs = Needs.TeacherScores)]
public sealed record SinkhornDistance : Distillation
{
    private const double LeastWeight = 1e-30;
    private const double LeastPlain = 0.05; // from here on exp(-2 / Epsilon) and what is divided by it stay within single precision

    /// <summary>How blurred the plan is: near 0 each row goes to where it is cheapest. At least 0.001; default 0.1, the source's.</summary>
    [Range(0.01, 1.0, 0.1, true)]
    public double Epsilon { get; init; } = 0.1;

    /// <summary>How often rows and columns of the plan are divided by their sums. At least 1; default 20, the source's.</summary>
    [Range(5, 50, 20, true)]
    public int Iterations { get; init; } = 20;

    /// <summary>Softens both sides before they are compared. More than 0; default 2, the source's.</summary>
    [Range(1.0, 10.0, 2.0, true)]
    public double Temperature { get; init; } = 2;

    /// <summary>How much the transport counts beside the soft targets. At least 0, 0 for <c>kd</c> alone; default 1, ours.</summary>
    [Range(0.01, 10.0, 1.0, true)]
    public double TransportWeight { get; init; } = 1;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.AtLeast(Epsilon, 0.001);
        Check.AtLeast(Iterations, 1);
        Check.MoreThan(Temperature, 0);
        Check.AtLeast(TransportWeight, 0);
    }

    /// <inheritdoc/>
    public override Tensor Value(StudentOutput student, TeacherOutput teacher, Targets targets, Tensor? weights, StepContext step)
    {
        var pair = Softened.By(Temperature, student, teacher);
        var each = WeightedMean.Each(pair.Student, weights);
        var cost = cdist(Own(pair.Student.exp()), Own(pair.Teacher.exp()), 1);
        var moved = (Plan(cost, Own(each.unsqueeze(1)).squeeze(2)) * cost).sum() / each.sum().clamp_min(LeastWeight) * each.sum().gt(0).to_type(cost.dtype); // rows without any weight cost nothing
        return Temperature * Temperature * WeightedMean.Of(pair.Forward, weights) + TransportWeight * moved;

        Tensor Own(Tensor all) => all.reshape(all.shape[0] / step.Members, step.Members, all.shape[1]).transpose(0, 1).contiguous(); // [members, rows, ...]
    }

    /// <summary>Which weight of row i of the student goes to row j of the teacher, [members, rows, rows]; columns sum to the rows' weights, [members, rows].</summary>
    internal Tensor Plan(Tensor cost, Tensor weights)
    {
        var some = weights.clamp_min(LeastWeight); // so that nothing is divided by 0
        var (rows, columns) = (some.unsqueeze(2), some.unsqueeze(1));
        return Epsilon < LeastPlain ? InLogarithms(cost, rows, columns) : Plain(cost, rows, columns);
    }

    private Tensor Plain(Tensor cost, Tensor rows, Tensor columns)
    {
        // the first division of each row by its sum takes out what the row is multiplied with, so the cheapest may cost 0
        var near = ((cost.detach().amin([2L], keepdim: true) - cost) / Epsilon).exp();
        var back = near.transpose(1, 2);
        var (left, right) = (rows, columns.transpose(1, 2));
        for (var i = 0; i < Iterations; i++)
        {
            left = rows / near.bmm(right);
            right = rows / back.bmm(left);
        }

        return left * near * right.transpose(1, 2);
    }

    private Tensor InLogarithms(Tensor cost, Tensor rows, Tensor columns)
    {
        var near = -cost / Epsilon;
        var (logRows, logColumns) = (rows.log(), columns.log());
        var (left, right) = (logRows, logColumns);
        for (var i = 0; i < Iterations; i++)
        {
            left = logRows - (near + right).logsumexp(2, keepdim: true);
            right = logColumns - (near + left).logsumexp(1, keepdim: true);
        }

        return (left + near + right).exp();
    }
}
