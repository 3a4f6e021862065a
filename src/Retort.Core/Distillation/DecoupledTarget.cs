using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Soft targets in two parts that count by themselves: how likely the true class is, and how the others compare.</summary>
/// <remarks>
/// <c>ramp * T^2 * (Alpha * KL(b_t || b_s) + Beta * KL(o_t || o_s))</c> with T = <see cref="Temperature"/>: b is (p, 1 - p) with the probability p of the true class, o the probabilities of the other classes
/// divided by their sum, of teacher t and student s, both softened by T. The ramp is <c>min(1, epoch / WarmupEpochs)</c>. In nats. Logits [rows, classes]; of soft targets the likeliest class counts as the true one.
/// <c>Alpha = 1</c> with <c>Beta = 1 - p</c> of the teacher would be <c>kd</c>, in which a teacher that is sure teaches little about the other classes.
/// With two classes there is one other class and nothing to compare: what is left is Alpha times <c>kd</c>, whatever Beta is.
/// Source: Zhao, Cui, Song, Qiu and Liang, Decoupled Knowledge Distillation, 2022, sec. 3, https://arxiv.org/abs/2203.08679; warm-up as in the authors' code, which adds it to cross-entropy: <c>Mode = Add, Weight = 1</c>.
/// Not where the teacher's small probabilities are noise, as those of a few trees: Beta makes much of them.
/// Seen (<c>./bench distill</c>, five splits): against labels alone, in brackets paired standard errors, points of accuracy and log-loss on digits -0.7 (-1.0) and -0.044 (-1.7), MNIST -0.2 (-1.6) and +0.002 (+0.6), phoneme -0.3 (-1.4) and -0.001 (-0.3), wine +2.4 (+10.8) and -0.043 (-7.8).
/// </remarks>
[Method("dkd", Title = "Decoupled Knowledge Distillation", Authors = "Zhao, Cui, Song, Qiu and Liang", Year = 2022,
    Link = "https://arxiv.org/abs/2203.08679", Tasks = LearningTasks.Classification, Needs = Needs.TeacherScores)]
public sealed record DecoupledTarget : Distillation, IClosedForm
{
    /// <summary>How much the probability of the true class counts. At least 0; default 1, the source's.</summary>
    [Range(0.1, 4.0, 1.0, true)]
    public double Alpha { get; init; } = 1;

    /// <summary>How much the other classes' probabilities count. At least 0; default 8, the source's.</summary>
    [Range(0.5, 16.0, 8.0, true)]
    public double Beta { get; init; } = 8;

    /// <summary>Softens both sides before they are compared. More than 0; default 4, the source's.</summary>
    [Range(1.0, 20.0, 4.0, true)]
    public double Temperature { get; init; } = 4;

    /// <summary>Over how many epochs the teacher's part grows to its full size, evenly. At least 0; default 20, the source's.</summary>
    [Range(0, 50, 20)]
    public int WarmupEpochs { get; init; } = 20;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.AtLeast(Alpha, 0);
        Check.AtLeast(Beta, 0);
        Check.MoreThan(Temperature, 0);
        Check.AtLeast(WarmupEpochs, 0);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The targets are real values.</exception>
    public override Tensor Value(StudentOutput student, TeacherOutput teacher, Targets targets, Tensor? weights, StepContext step)
    {
        var (classes, ramp) = (targets.ClassNumbers(), Ramp(step.Epoch));
        var t = ClassSplit.Of(Softened.Logits(student, teacher) / Temperature, classes);
        var s = ClassSplit.Of(student.Logits / Temperature, classes);
        var apart = Alpha * Softened.Divergence(t.OwnOrNot, s.OwnOrNot) + Beta * Softened.Divergence(t.Others, s.Others);
        return WeightedMean.Of(ramp * Temperature * Temperature * apart, weights);
    }

    double IClosedForm.AddGradient(StepOutputs batch, double factor, Span<float> gradient)
    {
        var ramp = Ramp(batch.Epoch);
        return ramp * ClosedRows.AddGradient(batch, factor * ramp, gradient, Temperature, Row);
    }

    private double Ramp(int epoch) => WarmupEpochs == 0 ? 1 : Math.Min(1, (double)epoch / WarmupEpochs);

    private double Row(TaughtRow row)
    {
        var (label, classes) = (row.Label, row.Own.Length);
        var slope = row.Slope;
        Span<double> memory = classes <= 128 ? stackalloc double[4 * classes] : new double[4 * classes];
        var logs = memory[..(2 * classes)]; // of the others' shares among themselves, the network's and the teacher's
        var shares = memory[(2 * classes)..];
        row.LogOwn.CopyTo(logs);
        row.LogWanted.CopyTo(logs[classes..]);
        (logs[label], logs[classes + label]) = (double.NegativeInfinity, double.NegativeInfinity);
        ClosedRows.LogSoftmax(logs, shares, classes, 1);

        var (own, wanted, other) = (row.Own[label], row.Wanted[label], label == 0 ? 1 : 0);
        var (rest, wantedRest) = (row.LogOwn[other] - logs[other], row.LogWanted[other] - logs[classes + other]); // of the probability of all others, without cancellation
        var whole = wanted * (row.LogWanted[label] - row.LogOwn[label]) + Math.Exp(wantedRest) * (wantedRest - rest);
        var among = 0.0;
        for (var i = 0; i < classes; i++)
        {
            if (i == label)
            {
                slope[i] = Temperature * Alpha * (own - wanted);
                continue;
            }

            // own - wanted spreads over the others as the student has them
            among += shares[classes + i] * (logs[classes + i] - logs[i]);
            slope[i] = Temperature * (Alpha * (wanted - own) * shares[i] + Beta * (shares[i] - shares[classes + i]));
        }

        return Temperature * Temperature * (Alpha * whole + Beta * among);
    }
}
