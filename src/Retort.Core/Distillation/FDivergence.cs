using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>The network learns the teacher's softened probabilities by a divergence of choice.</summary>
/// <remarks>
/// <c>T^2 * D(softmax(t / T), softmax(s / T))</c> with T = <see cref="Temperature"/>, s the network's logits, t the teacher's and D = <see cref="Form"/>; the total variation, whose gradient falls with T and not with its square,
/// is multiplied by T. In nats, the total variation as a share. Logits [rows, classes]. The forward divergence is <c>kd</c>.
/// Source: Wen, Li, Du and Mou, f-Divergence Minimization for Sequence-Level Knowledge Distillation, 2023, sec. 3, https://arxiv.org/abs/2307.15190, for whole sequences and without temperature; the alpha divergence is Amari's, 1985.
/// Bounded divergences forgive what a student gets altogether wrong: their gradient vanishes there, so they need the labels beside them.
/// Seen (<c>./bench distill</c>, five splits): against labels alone, in brackets paired standard errors, points of accuracy and log-loss on digits -0.3 (-0.9) and -0.010 (-0.5), MNIST +0.5 (+3.4) and +0.002 (+0.5), phoneme 0.0 (+0.2) and -0.004 (-1.3), wine +3.4 (+8.2) and -0.017 (-4.1).
/// </remarks>
[Method("f-divergence", Title = "f-Divergence Minimization for Sequence-Level Knowledge Distillation", Authors = "Wen, Li, Du and Mou", Year = 2023,
    Link = "https://arxiv.org/abs/2307.15190", Tasks = LearningTasks.Classification, Needs = Needs.TeacherScores)]
public sealed record FDivergence : Distillation, IClosedForm
{
    /// <summary>Which divergence; default <see cref="DivergenceForm.JensenShannon"/>, ours.</summary>
    [Choice(DivergenceForm.JensenShannon, DivergenceForm.ForwardKL, DivergenceForm.ReverseKL, DivergenceForm.TotalVariation, DivergenceForm.Alpha)]
    public DivergenceForm Form { get; init; } = DivergenceForm.JensenShannon;

    /// <summary>Where the alpha divergence stands between the reverse and the forward one; without effect on the others. In [0.01, 0.99]; default 0.5, ours.</summary>
    [Range(0.05, 0.95, 0.5)]
    public double Alpha { get; init; } = 0.5;

    /// <summary>Softens both sides before they are compared. More than 0; default 2, ours, as for <c>kd</c>.</summary>
    [Range(1.0, 20.0, 2.0, true)]
    public double Temperature { get; init; } = 2;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.Defined(Form);
        Check.InRange(Alpha, 0.01, 0.99);
        Check.MoreThan(Temperature, 0);
    }

    /// <inheritdoc/>
    public override Tensor Value(StudentOutput student, TeacherOutput teacher, Targets targets, Tensor? weights, StepContext step)
    {
        var pair = Softened.By(Temperature, student, teacher);
        var scale = Form == DivergenceForm.TotalVariation ? Temperature : Temperature * Temperature;
        return WeightedMean.Of(scale * PerRow(pair), weights);
    }

    private Tensor PerRow(Softened pair) => Form switch
    {
        DivergenceForm.ForwardKL => pair.Forward,
        DivergenceForm.ReverseKL => pair.Reverse,
        DivergenceForm.JensenShannon => JensenShannon(pair),
        DivergenceForm.TotalVariation => (pair.Student.exp() - pair.Teacher.exp()).abs().sum(1) / 2,
        _ => -(pair.Teacher.exp() * ((1 - Alpha) * (pair.Student - pair.Teacher)).expm1()).sum(1) / (Alpha * (1 - Alpha)), // 1 - sum without cancellation, as t sums to 1
    };

    private static Tensor JensenShannon(Softened pair)
    {
        var middle = pair.Teacher.logaddexp(pair.Student) - Math.Log(2);
        return (Softened.Divergence(pair.Teacher, middle) + Softened.Divergence(pair.Student, middle)) / 2;
    }

    double IClosedForm.AddGradient(StepOutputs batch, double factor, Span<float> gradient) => ClosedRows.AddGradient(batch, factor, gradient, Temperature, Row);

    private double Row(TaughtRow row)
    {
        var (scale, sum) = (Form == DivergenceForm.TotalVariation ? Temperature : Temperature * Temperature, 0.0);
        for (var i = 0; i < row.Own.Length; i++)
        {
            (var cost, row.Slope[i]) = Class(row.LogOwn[i], row.Own[i], row.LogWanted[i], row.Wanted[i]);
            sum += cost;
        }

        ClosedRows.AtLogits(row.Slope, row.Own, scale / Temperature);
        return scale * sum;
    }

    /// <summary>What a class adds, and its derivative by the student's logarithm.</summary>
    private (double Cost, double Slope) Class(double logQ, double q, double logP, double p)
    {
        switch (Form)
        {
            case DivergenceForm.ForwardKL:
                return (p * (logP - logQ), -p);
            case DivergenceForm.ReverseKL:
                return (q * (logQ - logP), q * (logQ - logP));
            case DivergenceForm.JensenShannon:
                var middle = Math.Log(Math.Max((p + q) / 2, double.Epsilon));
                return ((p * (logP - middle) + q * (logQ - middle)) / 2, q * (logQ - middle) / 2);
            case DivergenceForm.TotalVariation:
                return (Math.Abs(q - p) / 2, q * Math.Sign(q - p) / 2);
            default:
                var shared = Math.Exp(Alpha * logP + (1 - Alpha) * logQ);
                return ((p - shared) / (Alpha * (1 - Alpha)), -shared / Alpha);
        }
    }
}
