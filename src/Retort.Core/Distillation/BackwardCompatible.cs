using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>The network learns from a new model, and from the one in use where that is right and the new one wrong: so that an update breaks little of what users rely on.</summary>
/// <remarks>
/// <c>T^2 * KL(m_old || s)</c> for rows that the model in use classes rightly and the new one wrongly, <c>T^2 * KL(m_new || s)</c> for all others, of the probabilities m of the models and s of the network, softened by T = <see cref="Temperature"/>,
/// [rows, classes]. In nats; of soft targets the likeliest class counts as the right one. In regression the squared distance to the model in use where it is nearer to the label than the new one, else to the new one.
/// Two teachers are given, the model in use first, the new one second; more are refused. With one teacher, the model in use, there is nothing to choose from and it is <c>kd</c>: the network then is compatible as far as it copies, and only the labels make it better.
/// Source: Echterhoff, Faghri, Vemulapalli, Hu, Li, Tuzel and Pouransari, MUSCLE: A Model Update Strategy for Compatible LLM Evolution, 2024, https://arxiv.org/abs/2407.09435, which chooses by token of a text.
/// We differ in the rule of the choice, which is ours, and in rows of a table for its tokens. Not where nobody relies on the model in use: the new one alone then teaches better.
/// Seen (<c>./bench distill</c>, five splits): against labels alone, in brackets paired standard errors, points of accuracy and log-loss on digits +0.4 (+1.4) and -0.071 (-3.6), MNIST +0.6 (+3.1) and -0.015 (-3.1), phoneme +0.2 (+0.6) and -0.004 (-1.3), wine +3.2 (+10.2) and -0.047 (-6.4); RMSE on abalone -0.005 (-2.0).
/// </remarks>
[Method("muscle", Title = "MUSCLE: A Model Update Strategy for Compatible LLM Evolution", Authors = "Echterhoff, Faghri, Vemulapalli, Hu, Li, Tuzel and Pouransari", Year = 2024,
    Link = "https://arxiv.org/abs/2407.09435", Needs = Needs.TeacherScores)]
public sealed record BackwardCompatible : Distillation
{
    /// <summary>Softens models and network before they are compared; without effect in regression. More than 0; default 2, ours.</summary>
    [Range(1.0, 20.0, 2.0, true)]
    public double Temperature { get; init; } = 2;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.MoreThan(Temperature, 0);
    }

    internal override bool NeedsEachTeacher => true;

    /// <inheritdoc/>
    public override Tensor Value(StudentOutput student, TeacherOutput teacher, Targets targets, Tensor? weights, StepContext step)
    {
        if (teacher.Each.Count < 2)
            return WeightedMean.Of(Apart(teacher), weights);
        var (used, latest) = (Handed.All(teacher.Each, 2, "teachers for 'muscle'")[0], teacher.Each[1]);
        return WeightedMean.Of(where(Keeps(), Apart(used), Apart(latest)), weights);

        Tensor Apart(TeacherOutput model) => targets.AreReal ? (student.Logits - Softened.Scores(student, model)).square().squeeze(1)
            : Temperature * Temperature * Softened.By(Temperature, student, model).Forward;

        Tensor Keeps() => targets.AreReal ? Error(used).lt(Error(latest)) : IsRight(used).logical_and(IsRight(latest).logical_not());
        Tensor Error(TeacherOutput model) => (targets.RealValues(student.Logits) - Softened.Scores(student, model)).abs().squeeze(1);
        Tensor IsRight(TeacherOutput model) => model.Scores.argmax(1).eq(targets.ClassNumbers());
    }
}
