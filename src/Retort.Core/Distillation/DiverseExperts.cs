using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Several last layers on one body, each made for other classes, from frequent to rare, and each true to itself when a row is moved a little: for classes of very different size.</summary>
/// <remarks>
/// <c>sum over experts e of cross-entropy of z_e'</c>, with <c>z_e' = z_e + Lambda_e * ln prior</c>, the prior being each class's share of the training weight (outside a run: of the batch's), at least 1e-12; and
/// <c>ramp * ConsistencyWeight * sum over experts of KL(softmax(z_e') || softmax(m_e'))</c>, where m are the logits of the rows moved, the first side without slope and only rows that it classes rightly counting. In nats. Logits [rows, classes] of each expert.
/// Rows are moved by <see cref="Noise"/> times each feature's deviation times a normal draw; categories stay. The ramp is <c>min(1, epoch / WarmupEpochs)</c>. The fitted network's logits are the mean of the experts' z.
/// An expert with a Lambda of 1 treats all classes alike, with less it leans to frequent ones, with more to rare ones.
/// The labels are in it, so it begins as <c>Mode = Replace, Weight = 1</c>; the recipe's loss then has no part in training, but says which epoch is best.
/// Source: Zhao, Jiang, Hu, Zhang and Liu, MDCS: More Diverse Experts with Consistency Self-distillation for Long-tailed Recognition, 2023, sec. 3, https://arxiv.org/abs/2308.09922
/// We differ in what moves a row: the source changes images weakly and strongly; here the row as it is takes the place of the weak change, and noise that of the strong one. With two classes it is the same.
/// Not where accuracy or log-loss on data like the training data counts: the mean of the experts leans to rare classes.
/// Seen (<c>./bench distill</c>, five splits): against labels alone, in brackets paired standard errors, points of accuracy and log-loss on digits +0.5 (+0.6) and -0.051 (-1.6), MNIST +0.4 (+2.8) and -0.002 (-0.3), phoneme -2.0 (-7.0) and +0.022 (+6.0), wine -4.5 (-7.5) and +0.143 (+9.7).
/// </remarks>
[Method("mdcs", Title = "MDCS: More Diverse Experts with Consistency Self-distillation for Long-tailed Recognition", Authors = "Zhao, Jiang, Hu, Zhang and Liu", Year = 2023,
    Link = "https://arxiv.org/abs/2308.09922", Tasks = LearningTasks.Classification)]
public sealed record DiverseExperts : SelfDistillation
{
    private const string Prior = "prior", Deviations = "deviations";

    /// <summary>In which the labels are part of what the method asks for.</summary>
    public DiverseExperts() => (Mode, Weight) = (DistillationMode.Replace, 1);

    /// <summary>How far each expert accounts for the frequency of classes. At least two, each in [-10, 10]; default -0.5, 1 and 2.5, the source's.</summary>
    public ValueList<double> Lambdas { get; init; } = [-0.5, 1, 2.5];

    /// <summary>How much it counts that experts stay true to themselves. At least 0; default 0.6, the source's.</summary>
    [Range(0.0, 2.0, 0.6)]
    public double ConsistencyWeight { get; init; } = 0.6;

    /// <summary>Over how many epochs that grows to its full size, evenly. At least 0; default 20, the source's.</summary>
    [Range(0, 50, 20)]
    public int WarmupEpochs { get; init; } = 20;

    /// <summary>How far rows are moved, in deviations of each feature. At least 0; default 0.2, ours.</summary>
    [Range(0.02, 1.0, 0.2, true)]
    public double Noise { get; init; } = 0.2;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.AtLeast(Lambdas.Count, 2, "The number of Lambdas");
        foreach (var lambda in Lambdas)
            Check.InRange(lambda, -10, 10, nameof(Lambdas));
        Check.AtLeast(ConsistencyWeight, 0);
        Check.AtLeast(WarmupEpochs, 0);
        Check.AtLeast(Noise, 0);
    }

    internal override int Sets => Lambdas.Count;

    internal override OutputLink Combine(IReadOnlyList<Tensor> sets, Targets? targets, Tensor? weights) => OutputLink.MeanOf([.. Lambdas.Select(_ => 1.0 / Lambdas.Count)]);

    internal override void Begin(PartState state, TeachingRows rows)
    {
        using var scope = NewDisposeScope();
        var classes = rows.Targets.ClassNumbers();
        state[Prior] = bincount(classes, WeightedMean.Shares(classes.to(float64), rows.Weights), rows.Outputs);
        if (rows.Deviations is { } deviations)
            state[Deviations] = deviations;
    }

    internal override bool Moves => true;

    internal override MovedRows? Move(Probe probe, StepContext step)
    {
        if (ConsistencyWeight == 0)
            return null;
        var features = probe.Features.detach();
        var draws = new double[features.numel()];
        foreach (ref var draw in draws.AsSpan())
            draw = Noise * step.Random.Normal();
        var noise = tensor(draws, dtype: float64, device: CPU).view(features.shape).to(features.dtype, features.device);
        return new(features + (step.State[Deviations] is { } deviations ? noise * deviations.to_type(features.dtype) : noise));
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The targets are real values.</exception>
    public override Tensor Value(StudentOutput student, Targets targets, Tensor? weights, StepContext step)
    {
        var experts = stack([.. Handed.All(student.Sets, Lambdas.Count, "the student's sets of outputs")], 0); // [experts, rows, classes]: all in one go
        var labels = targets.Distribution(student.Sets[0]);
        var prior = step.State[Prior] is { } known ? known.to_type(labels.dtype) : WeightedMean.Shares(labels, weights).unsqueeze(0).mm(labels).squeeze(0);
        var shift = tensor([.. Lambdas], dtype: labels.dtype, device: labels.device).view(-1, 1, 1) * prior.clamp_min(1e-12).log();
        var logP = (experts + shift).log_softmax(2);
        var surprise = WeightedMean.Of(-(labels * logP).sum([0L, 2]), weights);
        var ramp = ConsistencyWeight * (WarmupEpochs == 0 ? 1 : Math.Min(1, (double)step.Epoch / WarmupEpochs));
        if (ramp == 0 || student.Moved is null)
            return surprise;

        var moved = (stack([.. Handed.All(student.Moved.Sets, Lambdas.Count, "the student's sets of outputs for moved rows")], 0) + shift).log_softmax(2);
        var sure = logP.detach();
        var each = sure.argmax(2).eq(targets.ClassNumbers()).to_type(sure.dtype) * WeightedMean.Each(labels, weights); // [experts, rows]
        var apart = (sure.exp() * (sure - moved)).sum(2);
        return surprise + ramp * ((each * apart).sum(1) / each.sum(1).clamp_min(1e-30)).sum();
    }
}
