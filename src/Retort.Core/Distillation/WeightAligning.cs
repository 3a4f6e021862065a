using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>A network of more classes than its teacher knows keeps what the teacher says of the old ones, and is set at the end not to prefer the new ones.</summary>
/// <remarks>
/// <c>l * T^2 * KL(softmax(t / T) || softmax(s / T)) + (1 - l) * cross-entropy</c>, the divergence over the old classes' logits alone, the cross-entropy with the labels over all; T = <see cref="Temperature"/>, <c>l = old classes / all classes</c>.
/// In nats. Logits [rows, classes]. New classes are those to which the teacher gives the probability 0 in every row of the training data (outside a run: of the batch).
/// At the end the last layer's weights of each new class are multiplied by <c>mean |w| of old classes / mean |w| of new ones</c>, |w| the Euclidean norm of a class's weights; biases stay. New classes, seen last and in full, otherwise get the longer weights, and with them the rows in doubt.
/// The labels are in it, so it begins as <c>Mode = Replace, Weight = 1</c>; the recipe's loss then has no part in training, but says which epoch is best, before the last layer is set.
/// With a teacher that knows all classes l is 1: it is <c>kd</c>, no label counts and nothing is set. One that knows fewer than two is refused. Binary tasks have no class to add.
/// Source: Zhao, Xiao, Gan, Zhang and Xia, Maintaining Discrimination and Fairness in Class Incremental Learning, 2020, sec. 3, https://arxiv.org/abs/1911.07053; Temperature and T^2 as in kd, which we take it to mean.
/// Not where training data is balanced over old and new classes: there is then nothing to set right.
/// Seen (<c>./bench distill</c>, five splits): against labels alone, in brackets paired standard errors, points of accuracy and log-loss on digits +0.9 (+1.5) and -0.073 (-3.2), MNIST +0.4 (+4.9) and -0.018 (-4.8), wine +1.2 (+4.1) and -0.028 (-5.0).
/// </remarks>
[Method("wa", Title = "Maintaining Discrimination and Fairness in Class Incremental Learning", Authors = "Zhao, Xiao, Gan, Zhang and Xia", Year = 2020,
    Link = "https://arxiv.org/abs/1911.07053", Tasks = LearningTasks.Multiclass, Needs = Needs.TeacherScores)]
public sealed record WeightAligning : Distillation
{
    private const string Old = "old";

    /// <summary>In which the labels are part of what the method asks for.</summary>
    public WeightAligning() => (Mode, Weight) = (DistillationMode.Replace, 1);

    /// <summary>Softens teacher and network before they are compared. More than 0; default 2, the source's.</summary>
    [Range(1.0, 10.0, 2.0, true)]
    public double Temperature { get; init; } = 2;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.MoreThan(Temperature, 0);
    }

    internal override bool AllowsFewerClasses => true;

    internal override void Begin(PartState state, TeachingRows rows)
    {
        using var scope = NewDisposeScope();
        if (rows.Teacher is { } teacher)
            state[Old] = Known(teacher.Scores);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The targets are real values.</exception>
    public override Tensor Value(StudentOutput student, TeacherOutput teacher, Targets targets, Tensor? weights, StepContext step)
    {
        var (logits, taught) = (student.Logits, Softened.Logits(student, teacher));
        var old = step.State[Old] ?? Known(teacher.Scores);
        var share = (double)old.shape[0] / logits.shape[1];
        var apart = Softened.Divergence(OfOld(taught), OfOld(logits));
        var surprise = -(targets.Distribution(logits) * logits.log_softmax(1)).sum(1);
        return WeightedMean.Of(share * Temperature * Temperature * apart + (1 - share) * surprise, weights);

        Tensor OfOld(Tensor all) => (all.index_select(1, old) / Temperature).log_softmax(1);
    }

    internal override void Finish(Span<float> weights, Span<float> biases, PartState state)
    {
        if (state[Old] is not { } known || known.shape[0] == biases.Length)
            return;
        var (width, isOld) = (weights.Length / biases.Length, new bool[biases.Length]);
        using (var here = known.cpu())
            foreach (var number in Memory.Of<long>(here))
                isOld[number] = true;

        var (old, fresh) = (0.0, 0.0);
        for (var k = 0; k < isOld.Length; k++)
        {
            var norm = Math.Sqrt(TensorPrimitives.SumOfSquares<float>(weights.Slice(k * width, width)));
            (old, fresh) = isOld[k] ? (old + norm, fresh) : (old, fresh + norm);
        }

        var factor = old / known.shape[0] / (fresh / (isOld.Length - known.shape[0]));
        if (!double.IsFinite(factor))
            return; // new classes without any weights
        for (var k = 0; k < isOld.Length; k++)
            if (!isOld[k])
                foreach (ref var weight in weights.Slice(k * width, width))
                    weight = (float)(factor * weight);
    }

    /// <summary>The numbers of the classes that a teacher knows, int64 [old classes].</summary>
    private static Tensor Known(Tensor scores)
    {
        var known = scores.gt(0).any(0).nonzero().view(-1);
        Check.AtLeast(known.shape[0], 2, "The number of classes that the teacher of 'wa' knows");
        return known;
    }
}
