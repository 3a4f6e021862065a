using System.Buffers;
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
/// Seen (<c>./bench distill</c>, five splits): against labels alone, in brackets paired standard errors, points of accuracy and log-loss on digits +0.4 (+1.5) and -0.060 (-2.7), MNIST +0.6 (+3.4) and -0.014 (-2.9), phoneme +0.1 (+0.6) and -0.001 (-0.2), wine +2.9 (+9.0) and -0.053 (-8.9).
/// </remarks>
[Method("sinkd", Title = "Sinkhorn Distance Minimization for Knowledge Distillation", Authors = "Cui et al.", Year = 2024,
    Link = "https://arxiv.org/abs/2402.17110", Tasks = LearningTasks.Classification, Needs = Needs.TeacherScores)]
public sealed record SinkhornDistance : Distillation, IClosedForm
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

    double IClosedForm.AddGradient(StepOutputs batch, double factor, Span<float> gradient)
    {
        if (Epsilon < LeastPlain)
            return ByAutograd(batch, factor, gradient);
        var (rows, classes, members, unit) = (batch.Rows / batch.Members, batch.Logits, batch.Members, batch.UnitShare);
        var memory = ArrayPool<double>.Shared.Rent(5 * rows * classes + rows);
        try
        {
            var all = memory.AsSpan();
            var logOwn = all[..(rows * classes)];
            var student = all.Slice(rows * classes, rows * classes);
            var logWanted = all.Slice(2 * rows * classes, rows * classes);
            var teacher = all.Slice(3 * rows * classes, rows * classes);
            var slopes = all.Slice(4 * rows * classes, rows * classes);
            var weights = all.Slice(5 * rows * classes, rows);
            for (var row = 0; row < rows; row++)
                weights[row] = batch.Weight(row * members);
            ClosedRows.Teacher(batch, logWanted);
            ClosedRows.LogSoftmax(logWanted, teacher, classes, Temperature);

            var sum = 0.0;
            for (var member = 0; member < members; member++)
            {
                slopes.Clear();
                for (var row = 0; row < rows; row++)
                    for (var i = 0; i < classes; i++)
                        logOwn[row * classes + i] = batch.OwnLogit(row * members + member, i);
                ClosedRows.LogSoftmax(logOwn, student, classes, Temperature);
                for (var place = 0; place < rows * classes; place++)
                    sum += unit * weights[place / classes] * Temperature * Temperature * teacher[place] * (logWanted[place] - logOwn[place]);
                if (TransportWeight > 0)
                    sum += TransportWeight * unit * Transport(student, teacher, weights, classes, slopes);
                for (var row = 0; row < rows; row++)
                {
                    var own = student.Slice(row * classes, classes);
                    var wanted = teacher.Slice(row * classes, classes);
                    var slope = slopes.Slice(row * classes, classes);
                    var mean = TensorPrimitives.Dot<double>(own, slope);
                    for (var i = 0; i < classes; i++)
                        slope[i] = factor * unit * (TransportWeight / Temperature * own[i] * (slope[i] - mean) + weights[row] * Temperature * (own[i] - wanted[i]));
                    batch.Add(gradient, row * members + member, slope);
                }
            }

            return sum;
        }
        finally
        {
            ArrayPool<double>.Shared.Return(memory);
        }
    }

    /// <summary>What the plan costs, the sum of <c>P * cost</c>; adds its slopes at the student's probabilities [rows, classes].</summary>
    private double Transport(ReadOnlySpan<double> student, ReadOnlySpan<double> teacher, ReadOnlySpan<double> weights, int classes, Span<double> slopes)
    {
        var rows = weights.Length;
        if (TensorPrimitives.Sum(weights) == 0)
            return 0; // without any weight nothing is moved
        var memory = ArrayPool<double>.Shared.Rent(3 * rows * rows + (2 * Iterations + 6) * rows);
        try
        {
            var rest = memory.AsSpan();
            var cost = Next(ref rest, rows * rows);
            var near = Next(ref rest, rows * rows);
            var slopeOfNear = Next(ref rest, rows * rows);
            var some = Next(ref rest, rows);
            var lefts = Next(ref rest, Iterations * rows); // u of each iteration
            var rights = Next(ref rest, (Iterations + 1) * rows); // v before the first one and of each
            var ofLeft = Next(ref rest, rows);
            var ofRight = Next(ref rest, rows);
            var ofSums = Next(ref rest, rows);

            for (var i = 0; i < rows; i++)
            {
                some[i] = Math.Max(weights[i], LeastWeight);
                var own = student.Slice(i * classes, classes);
                var ofRow = cost.Slice(i * rows, rows);
                var nearOfRow = near.Slice(i * rows, rows);
                for (var j = 0; j < rows; j++)
                {
                    var other = teacher.Slice(j * classes, classes);
                    var distance = 0.0;
                    for (var c = 0; c < classes; c++)
                        distance += Math.Abs(own[c] - other[c]);
                    ofRow[j] = distance;
                }

                // as in Plain: the first division takes out what a row is multiplied with
                TensorPrimitives.Subtract(TensorPrimitives.Min<double>(ofRow), ofRow, nearOfRow);
                TensorPrimitives.Divide(nearOfRow, Epsilon, nearOfRow);
                TensorPrimitives.Exp<double>(nearOfRow, nearOfRow);
            }

            some.CopyTo(rights);
            for (var k = 0; k < Iterations; k++)
            {
                var before = rights.Slice(k * rows, rows);
                var left = lefts.Slice(k * rows, rows);
                var right = rights.Slice((k + 1) * rows, rows);
                right.Clear();
                for (var i = 0; i < rows; i++)
                {
                    var own = near.Slice(i * rows, rows);
                    left[i] = some[i] / TensorPrimitives.Dot<double>(own, before);
                    TensorPrimitives.MultiplyAdd(own, left[i], right, right);
                }

                TensorPrimitives.Divide<double>(some, right, right);
            }

            // P * cost, and its slopes at the last u, v and at what is near
            var u = lefts[((Iterations - 1) * rows)..];
            var v = rights[(Iterations * rows)..];
            var sum = 0.0;
            ofRight.Clear();
            for (var i = 0; i < rows; i++)
            {
                var own = near.Slice(i * rows, rows);
                var slope = slopeOfNear.Slice(i * rows, rows);
                TensorPrimitives.Multiply<double>(own, cost.Slice(i * rows, rows), slope);
                ofLeft[i] = TensorPrimitives.Dot<double>(slope, v);
                sum += u[i] * ofLeft[i];
                TensorPrimitives.MultiplyAdd(slope, u[i], ofRight, ofRight);
                TensorPrimitives.Multiply<double>(cost.Slice(i * rows, rows), v, slope);
                TensorPrimitives.Multiply(slope, u[i], slope);
            }

            for (var k = Iterations - 1; k >= 0; k--)
            {
                var before = rights.Slice(k * rows, rows);
                var left = lefts.Slice(k * rows, rows);
                var right = rights.Slice((k + 1) * rows, rows);
                for (var j = 0; j < rows; j++)
                    ofSums[j] = -ofRight[j] * right[j] * right[j] / some[j];
                ofRight.Clear();
                for (var i = 0; i < rows; i++)
                {
                    var own = near.Slice(i * rows, rows);
                    var slope = slopeOfNear.Slice(i * rows, rows);
                    var ofSum = -(ofLeft[i] + TensorPrimitives.Dot<double>(own, ofSums)) * left[i] * left[i] / some[i];
                    ofLeft[i] = 0; // u of the iteration before counts through its v alone
                    TensorPrimitives.MultiplyAdd(ofSums, left[i], slope, slope);
                    TensorPrimitives.MultiplyAdd(before, ofSum, slope, slope);
                    TensorPrimitives.MultiplyAdd(own, ofSum, ofRight, ofRight);
                }
            }

            for (var i = 0; i < rows; i++)
            {
                var own = student.Slice(i * classes, classes);
                var slope = slopes.Slice(i * classes, classes);
                for (var j = 0; j < rows; j++)
                {
                    var place = i * rows + j;
                    var ofCost = near[place] * (u[i] * v[j] - slopeOfNear[place] / Epsilon);
                    var other = teacher.Slice(j * classes, classes);
                    for (var c = 0; c < classes; c++)
                        slope[c] += own[c] > other[c] ? ofCost : own[c] < other[c] ? -ofCost : 0;
                }
            }

            return sum;
        }
        finally
        {
            ArrayPool<double>.Shared.Return(memory);
        }

        static Span<double> Next(ref Span<double> rest, int count)
        {
            var next = rest[..count];
            rest = rest[count..];
            return next;
        }
    }

    /// <summary>With logarithms, in double precision as the rest.</summary>
    private double ByAutograd(StepOutputs batch, double factor, Span<float> gradient)
    {
        using var scope = NewDisposeScope();
        var outputs = tensor(batch.Outputs.ToArray(), dtype: float32).to_type(float64).view(batch.Rows, batch.Width).requires_grad_();
        var logits = batch.Width == 1 ? cat([zeros_like(outputs), outputs], 1) : outputs;
        var teacher = tensor(batch.Teacher.ToArray(), dtype: float32).view(-1, batch.Logits).repeat_interleave(batch.Members, 0);
        var weights = batch.Weights.IsEmpty ? null : tensor(batch.Weights.ToArray(), dtype: float32).repeat_interleave(batch.Members);
        var value = Value(new(logits), new(teacher), Targets.Classes(tensor(batch.Classes.ToArray(), dtype: int64).repeat_interleave(batch.Members)), weights, StepContext.First() with { Members = batch.Members });
        value.backward();
        TensorPrimitives.MultiplyAdd(Memory.Of<float>(outputs.grad!.to_type(float32).contiguous()), (float)factor, gradient, gradient);
        return value.ToDouble();
    }
}
