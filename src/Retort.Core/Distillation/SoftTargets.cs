using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>The network learns the teacher's probabilities, softened on both sides, so that small ones count too.</summary>
/// <remarks>
/// <c>T^2 * KL(softmax(t / T) || softmax(s / T))</c> with T = <see cref="Temperature"/>, s the network's logits and t the teacher's,
/// which are the logarithms of its probabilities. In nats. In regression <c>(s - t)^2</c>, the squared distance to the teacher's value.
/// Temperature 2 and weight 0.5 are ours; 4 and 0.9 are common for images, and slow to converge for small networks.
/// Source: Hinton, Vinyals and Dean, Distilling the Knowledge in a Neural Network, 2015, sec. 2, https://arxiv.org/abs/1503.02531
/// Seen (<c>./bench distill</c>, five splits): against labels alone, in brackets paired standard errors, points of accuracy and log-loss on digits +0.4 (+1.4) and -0.071 (-3.6), MNIST +0.4 (+1.9) and -0.015 (-2.8), phoneme 0.0 (-0.2) and -0.004 (-1.8), wine +2.9 (+6.3) and -0.045 (-5.8); RMSE on abalone -0.013 (-3.7).
/// </remarks>
[Method("kd", Title = "Distilling the Knowledge in a Neural Network", Authors = "Hinton, Vinyals and Dean", Year = 2015,
    Link = "https://arxiv.org/abs/1503.02531", Needs = Needs.TeacherScores)]
public sealed record SoftTargets : Distillation, IClosedForm
{
    /// <summary>Softens both sides before they are compared; without effect in regression. More than 0; default 2.</summary>
    [Range(1.0, 20.0, 2.0, true)]
    public double Temperature { get; init; } = 2;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.MoreThan(Temperature, 0);
    }

    /// <inheritdoc/>
    public override Tensor Value(StudentOutput student, TeacherOutput teacher, Targets targets, Tensor? weights, StepContext step)
    {
        if (targets.AreReal)
            return WeightedMean.Of((student.Logits - Softened.Scores(student, teacher)).square().squeeze(1), weights);
        return WeightedMean.Of(Temperature * Temperature * Softened.By(Temperature, student, teacher).Forward, weights);
    }

    double IClosedForm.AddGradient(StepOutputs batch, double factor, Span<float> gradient) =>
        batch.Values.IsEmpty ? ClosedRows.AddGradient(batch, factor, gradient, Temperature, Row) : batch.AddSquares(batch.Teacher, factor, gradient);

    private double Row(TaughtRow row)
    {
        var divergence = 0.0;
        for (var i = 0; i < row.Own.Length; i++)
        {
            divergence += row.Wanted[i] * (row.LogWanted[i] - row.LogOwn[i]);
            row.Slope[i] = Temperature * (row.Own[i] - row.Wanted[i]); // T^2, and 1 / T from the inner derivative
        }

        return Temperature * Temperature * divergence;
    }
}
