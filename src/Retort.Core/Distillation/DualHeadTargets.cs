using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>A second head beside the network's last layer follows the teacher, so that both shape the hidden blocks and do not pull at one layer.</summary>
/// <remarks>
/// <c>T^2 * sum of ln cosh((h_c - t_c) / (2 T))</c> with T = <see cref="Temperature"/>, h what the head says and t the teacher's logits, which are the logarithms of its probabilities, [rows, classes]; in regression the same of values.
/// Near the teacher it is <c>(h - t)^2 / 8</c>, far from it <c>T |h - t| / 2</c>. The head stands on the last hidden block and is not part of the fitted network, whose own outputs learn from the labels alone.
/// So the labels must count: <c>Mode = Blend</c> or <c>Add</c>.
/// Source: Yang, Zong, Huang, Feng and An, Dual-Head Knowledge Distillation: Enhancing Logits Utilization with an Auxiliary Head, 2024, sec. 4, https://arxiv.org/abs/2411.08937: its BinaryKL-Norm, <c>T^2 * (KL(1/2 || d) + KL(1/2 || 1 - d))</c> with
/// <c>d = sigmoid((h - t) / T)</c>, in a form that cannot overflow. The source gives no default for the weight of the teacher; its alignment of the two gradients, an option that is off there, is not here.
/// Not for rows without labels, of which the fitted network's outputs learn nothing: see <c>dho</c>.
/// Seen (<c>./bench distill</c>, five splits): against labels alone, in brackets paired standard errors, points of accuracy and log-loss on digits -1.0 (-1.9) and -0.014 (-0.8), MNIST -1.3 (-5.7) and +0.034 (+4.2), phoneme -0.4 (-1.8) and -0.003 (-1.0), wine +0.7 (+2.3) and -0.013 (-3.3); RMSE on abalone 0.000 (-0.4).
/// </remarks>
[Method("dhkd", Title = "Dual-Head Knowledge Distillation: Enhancing Logits Utilization with an Auxiliary Head", Authors = "Yang, Zong, Huang, Feng and An", Year = 2024,
    Link = "https://arxiv.org/abs/2411.08937", Needs = Needs.TeacherScores)]
public sealed record DualHeadTargets : Distillation
{
    /// <summary>Up to which distance from the teacher the cost grows by the square. More than 0; default 2, the source's.</summary>
    [Range(0.5, 10.0, 2.0, true)]
    public double Temperature { get; init; } = 2;

    /// <summary>How many numbers there are between two linear layers of the head; 0 for one linear layer. At least 0; default 0, the source's; 200 in its trials with two.</summary>
    [Choice(0, 64, 200)]
    public int HeadWidth { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.MoreThan(Temperature, 0);
        Check.AtLeast(HeadWidth, 0);
    }

    internal override bool NeedsHidden => true;

    internal override IReadOnlyList<Head> Heads(TeachingShape shape) => Factors.Labels > 0 ? [new(Handed.Blocks(shape, this) - 1, shape.Outputs) { Hidden = HeadWidth }]
        : throw Check.Wrong("Mode", "let the labels count for 'dhkd', from which alone the network's own outputs learn", $"{Mode} with Weight {Check.Text(Weight)}");

    /// <inheritdoc/>
    public override Tensor Value(StudentOutput student, TeacherOutput teacher, Targets targets, Tensor? weights, StepContext step)
    {
        var head = Handed.All(student.Heads, 1, "the student's heads")[0];
        var wanted = targets.AreReal ? Softened.Scores(student, teacher) : Softened.Logits(student, teacher);
        var size = ((head - wanted) / (2 * Temperature)).abs();
        var logCosh = size + (-2 * size).exp().log1p() - Math.Log(2);
        return WeightedMean.Of(Temperature * Temperature * logCosh.sum(1), weights);
    }
}
