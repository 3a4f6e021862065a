using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>The network learns the teacher's ranking of the classes, the true class put first.</summary>
/// <remarks>
/// <c>sum over places k of q_k * (ln(sum over l from k of exp s_l) - s_k)</c>: the classes are placed true one first, then by the teacher's probability; s are the network's logits and q the teacher's probabilities softened by
/// <see cref="TeacherTemperature"/>, both in the order of the places. In nats. Logits [rows, classes]; of soft targets the likeliest class counts as the true one. Convex in the logits; all q at the first place give cross-entropy.
/// With two classes the second place is no choice: what is left is the cross-entropy, each row weighted by the teacher's probability of the true class.
/// Source: Bassam, Zhu and Bian, PLD: A Choice-Theoretic List-Wise Knowledge Distillation, 2025, sec. 4, https://arxiv.org/abs/2506.12542, where it takes the place of cross-entropy: <c>Mode = Replace, Weight = 1</c>.
/// A student like its teacher still has a gradient: a ranking has no size, and the true class is pushed up as by the labels. A step sorts the classes of each row.
/// Seen (<c>./bench distill</c>, five splits): against labels alone, in brackets paired standard errors, points of accuracy and log-loss on digits -0.1 (-0.7) and -0.007 (-1.7), MNIST +0.2 (+1.7) and 0.000 (0.0), phoneme +0.2 (+1.0) and +0.001 (+2.1), wine +0.8 (+1.8) and +0.035 (+7.9).
/// </remarks>
[Method("pld", Title = "PLD: A Choice-Theoretic List-Wise Knowledge Distillation", Authors = "Bassam, Zhu and Bian", Year = 2025,
    Link = "https://arxiv.org/abs/2506.12542", Tasks = LearningTasks.Classification, Needs = Needs.TeacherScores)]
public sealed record PlackettLuce : Distillation, IClosedForm
{
    private const float First = 1; // more than any logarithm of a probability
    private const double LeastPlain = -600; // from here on no probability is 0 in double precision

    /// <summary>Softens the teacher's probabilities, which say how much each place counts. More than 0; default 1, best in the source's trials on ImageNet; 4 in those on CIFAR-100.</summary>
    [Range(0.5, 8.0, 1.0, true)]
    public double TeacherTemperature { get; init; } = 1;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.MoreThan(TeacherTemperature, 0);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The targets are real values.</exception>
    public override Tensor Value(StudentOutput student, TeacherOutput teacher, Targets targets, Tensor? weights, StepContext step)
    {
        var (logits, own) = (Softened.Logits(student, teacher), targets.ClassNumbers().unsqueeze(1));
        var (_, places) = logits.scatter(1, own, full_like(own, First, dtype: logits.dtype)).sort(1, descending: true, stable: true);
        var ranked = student.Logits.gather(1, places);
        var reach = ranked.flip(1).logcumsumexp(1).flip(1);
        var q = (logits / TeacherTemperature).softmax(1).gather(1, places);
        return WeightedMean.Of((q * (reach - ranked)).sum(1), weights);
    }

    double IClosedForm.AddGradient(StepOutputs batch, double factor, Span<float> gradient) => ClosedRows.AddGradient(batch, factor, gradient, 1, Row);

    private double Row(TaughtRow row)
    {
        var classes = row.Own.Length;
        var slope = row.Slope;
        Span<int> places = classes <= 128 ? stackalloc int[classes] : new int[classes];
        Span<double> memory = classes <= 128 ? stackalloc double[2 * classes] : new double[2 * classes];
        var logQ = memory[..classes];
        var q = memory[classes..];
        Rank(row.LogWanted, row.Label, places, slope);
        row.LogWanted.CopyTo(logQ);
        ClosedRows.LogSoftmax(logQ, q, classes, TeacherTemperature);
        return TensorPrimitives.Min(row.LogOwn) < LeastPlain ? InLogarithms(row, logQ, q, places) : Plain(row, q, places);
    }

    private static double Plain(TaughtRow row, ReadOnlySpan<double> q, ReadOnlySpan<int> places)
    {
        var (value, reach, behind) = (0.0, 0.0, 0.0);
        for (var k = places.Length - 1; k >= 0; k--)
            row.Slope[places[k]] = reach += row.Own[places[k]]; // for now
        foreach (var own in places)
        {
            reach = row.Slope[own];
            value += q[own] * (Math.Log(reach) - row.LogOwn[own]);
            behind += q[own] / reach;
            row.Slope[own] = row.Own[own] * behind - q[own];
        }

        return value;
    }

    /// <summary>As <see cref="Plain"/>, where probabilities are too small for it.</summary>
    private static double InLogarithms(TaughtRow row, ReadOnlySpan<double> logQ, ReadOnlySpan<double> q, ReadOnlySpan<int> places)
    {
        var (value, reach) = (0.0, double.NegativeInfinity);
        for (var k = places.Length - 1; k >= 0; k--)
        {
            reach = LogAdd(reach, row.LogOwn[places[k]]);
            row.Slope[places[k]] = reach; // for now
            value += q[places[k]] * (reach - row.LogOwn[places[k]]);
        }

        var behind = double.NegativeInfinity; // the logarithm of the sum over the places so far of q_k / exp(reach_k)
        foreach (var own in places)
        {
            behind = LogAdd(behind, logQ[own] - row.Slope[own]);
            row.Slope[own] = Math.Exp(row.LogOwn[own] + behind) - q[own];
        }

        return value;
    }

    /// <summary>The classes by the teacher's logits, the label first and equals in their order.</summary>
    private static void Rank(ReadOnlySpan<double> teacher, int label, Span<int> places, Span<double> keys)
    {
        for (var i = 0; i < places.Length; i++)
            (places[i], keys[i]) = (i, i == label ? -First : -teacher[i]);
        keys.Sort(places);
        for (var (start, end) = (0, 1); start < places.Length; start = end++)
        {
            while (end < places.Length && keys[end] == keys[start])
                end++;
            places[start..end].Sort();
        }
    }

    private static double LogAdd(double a, double b) =>
        double.IsNegativeInfinity(Math.Max(a, b)) ? a : Math.Max(a, b) + Math.Log(1 + Math.Exp(-Math.Abs(a - b)));
}
