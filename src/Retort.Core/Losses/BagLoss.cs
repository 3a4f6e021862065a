using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Regression where labels are known only as means over bags of rows.</summary>
/// <remarks>
/// <c>bag + Rho * spread</c> with <c>bag = sum over bags of n_a (mean label - mean prediction)^2 / n</c> and <c>spread = sum over rows of (prediction - mean prediction of its bag)^2 / n</c>;
/// rows count by their weights, n_a is a bag's and n the batch's. Rho 0 is the loss of bags, 1 exactly that of instances, in which every row has its bag's label. Outputs [rows, 1]. In squared deviations of the training labels.
/// Labels may stand for each row or, repeated, for the bag: only their means are used. Bags are the groups, and stay whole in a step. Members of an ensemble have bags of their own.
/// Source: Javanmard, Chen, Mirrokni, Badanidiyuru and Fu, Learning from Aggregate Responses: Instance Level versus Bag Level Loss Functions, 2024, eq. 7, https://arxiv.org/abs/2401.11081;
/// we count a bag by its rows, where the source's bags are of one size: so that Rho 1 is the loss of instances for bags of any sizes.
/// Not where rows have labels of their own.
/// </remarks>
[Method("bag-loss", Title = "Learning from Aggregate Responses: Instance Level versus Bag Level Loss Functions", Authors = "Javanmard, Chen, Mirrokni, Badanidiyuru and Fu", Year = 2024,
    Link = "https://arxiv.org/abs/2401.11081", Tasks = LearningTasks.Regression, Needs = Needs.RowGroups)]
public sealed record BagLoss : Loss
{
    /// <summary>How alike predictions within a bag are to be. In [0, 1]; default 0.5, ours: the source chooses it by cross-validation, smaller for smaller bags and more rows.</summary>
    [Range(0.0, 1.0, 0.5)]
    public double Rho { get; init; } = 0.5;

    internal override RowOrder Order => RowOrder.WholeGroups;

    /// <inheritdoc/>
    public override void Validate() => Check.InRange(Rho, 0, 1);

    internal override void Begin(PartState state, Targets targets, Tensor? weights, Tensor? groups, int members) => Given(groups);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A shape does not fit, or the rows have no groups.</exception>
    public override Tensor Value(Tensor logits, Targets targets, Tensor? weights, StepContext step)
    {
        Check.Shape(logits, "[rows, 1]", logits.dim() == 2 && logits.shape[1] == 1);
        var (predictions, labels) = (logits.squeeze(1), targets.RealValues(logits).squeeze(1));
        var (bags, count) = Bags(Given(step.Groups), step.Members);
        Check.Shape(bags, $"[{logits.shape[0]}], one a row", bags.shape[0] == logits.shape[0], "groups");
        var w = WeightedMean.Each(logits, weights);
        var size = Sums(w).clamp_min(1e-30);
        var mean = Sums(w * predictions) / size;
        var bag = (Sums(w * labels) / size - mean).square().index_select(0, bags);
        var spread = (predictions - mean.index_select(0, bags)).square();
        return WeightedMean.Of(bag + Rho * spread, weights);

        Tensor Sums(Tensor each) => zeros(count, dtype: each.dtype, device: each.device).index_add(0, bags, each, 1);
    }

    /// <summary>The number of each row's bag, from 0, int64 [rows], and how many there are.</summary>
    private static (Tensor Numbers, long Count) Bags(Tensor groups, int members)
    {
        var numbers = new Dictionary<(long Group, long Member), long>();
        var own = Memory.Of<long>(groups.cpu().contiguous()).ToArray();
        for (var row = 0; row < own.Length; row++)
        {
            var key = (own[row], row % members);
            if (!numbers.TryGetValue(key, out var number))
                numbers[key] = number = numbers.Count;
            own[row] = number;
        }

        return (tensor(own, dtype: int64, device: groups.device), numbers.Count);
    }

    private static Tensor Given(Tensor? groups) => groups ?? throw Check.Wrong("A group column", "be given for the loss 'bag-loss'", "not");
}
