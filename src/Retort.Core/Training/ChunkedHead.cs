namespace Retort;

/// <summary>Cross-entropy behind a linear layer of many classes, in blocks of classes.</summary>
/// <param name="weights">[classes, width].</param>
/// <param name="biases">[classes].</param>
/// <param name="factor">What the products are multiplied with.</param>
/// <param name="block">How many classes are computed at once.</param>
internal sealed class ChunkedHead(Tensor weights, Tensor biases, double factor, int block)
{
    /// <summary>The last layer of a network in training, where the loss computes its classes in blocks; null where it need not.</summary>
    /// <exception cref="ArgumentException">There is a teacher, or the network does not end in one linear layer.</exception>
    public static ChunkedHead? For(Recipe recipe, LearningTask task, Learner learner, bool hasTeacher)
    {
        var loss = recipe.LossFor(task);
        if (loss.ClassBlock is not { } block || learner.Graph.Shape.Outputs <= block)
            return null;
        if (hasTeacher)
            throw new ArgumentException($"The loss '{Methods.Of(loss).Id}' must be without a teacher above {block} classes, but has one.");
        if (recipe.Penalty is { Weight: > 0 } penalty)
            throw new ArgumentException($"The loss '{Methods.Of(loss).Id}' must be without a penalty above {block} classes, but '{Methods.Of(penalty).Id}' is given.");
        if (recipe.Mixing is { HasValue: true } mixing)
            throw new ArgumentException($"The loss '{Methods.Of(loss).Id}' must be without a mixing that has a part of the objective above {block} classes, but '{Methods.Of(mixing).Id}' is given.");
        if (learner.Graph.Trunk[^1] is not LinearLayer head)
            throw Check.Wrong("Network", $"end in one linear layer for the loss '{Methods.Of(loss).Id}'", $"'{Methods.Of(recipe.Network).Id}'");
        return new(learner.Views[head.Weights], learner.Views[head.Biases], head.Factor, block);
    }

    /// <summary>The mean surprise of a step times a share; leaves all gradients of the network that it ends.</summary>
    public Tensor Step(Learner learner, Batch batch, Tensor share, HiddenBlend? blend = null)
    {
        var hidden = learner.ForwardHidden(batch.Features, batch.Categories, blend).detach();
        var classes = batch.Targets.ClassNumbers();
        var rows = batch.LabelWeights ?? ones(classes.shape[0], dtype: float32, device: classes.device);
        var each = rows / rows.sum().clamp_min(1e-30) * share;
        var (surprise, logSum) = Forward(hidden, classes, batch.Pairs);
        var head = (LinearLayer)learner.Graph.Trunk[^1];
        learner.Network.BackwardHidden(Backward(hidden, classes, logSum, each, learner.Slopes[head.Weights], learner.Slopes[head.Biases], batch.Pairs));
        return (each * surprise).sum();
    }

    /// <summary>The surprise of each row at its class, [rows], and the logarithm of the sum that its probabilities are divided by.</summary>
    /// <param name="hidden">What entered, [rows, width].</param>
    /// <param name="classes">Class numbers [rows].</param>
    /// <param name="pairs">The classes of mixed rows; null where they are not mixed.</param>
    public (Tensor Surprise, Tensor LogSum) Forward(Tensor hidden, Tensor classes, LabelPairs? pairs = null)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var logSum = stack([.. Blocks().Select(part => LogSum(hidden, part))], 1).logsumexp(1);
        var own = Logit(classes);
        if (pairs is not null)
            own = pairs.Shares * own + (1 - pairs.Shares) * Logit(pairs.Partners);
        return ((logSum - own).MoveToOuterDisposeScope(), logSum.MoveToOuterDisposeScope());

        Tensor Logit(Tensor label) => (weights.index_select(0, label) * hidden).sum(1) * factor + biases.index_select(0, label);
    }

    /// <summary>Writes the gradients of the layer; returns that of what entered it.</summary>
    /// <param name="hidden">What entered, [rows, width].</param>
    /// <param name="classes">Class numbers [rows].</param>
    /// <param name="logSum">As <see cref="Forward"/> gave it.</param>
    /// <param name="shares">How much each row's surprise counts in the objective, [rows].</param>
    /// <param name="weightGradients">Where those of the weights go.</param>
    /// <param name="biasGradients">Where those of the biases go.</param>
    /// <param name="pairs">The classes of mixed rows; null where they are not mixed.</param>
    public Tensor Backward(Tensor hidden, Tensor classes, Tensor logSum, Tensor shares, Tensor weightGradients, Tensor biasGradients, LabelPairs? pairs = null)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var (gradient, each, rows) = (zeros_like(hidden), shares.unsqueeze(1), arange(hidden.shape[0], dtype: int64, device: hidden.device));
        foreach (var part in Blocks())
        {
            using var blockScope = NewDisposeScope();
            var slope = (Logits(hidden, part) - logSum.unsqueeze(1)).exp_().mul_(each);
            Subtract(slope, part, classes, pairs is null ? shares : shares * pairs.Shares);
            if (pairs is not null)
                Subtract(slope, part, pairs.Partners, shares * (1 - pairs.Shares));
            weightGradients.narrow(0, part.Start, part.Count).addmm_(slope.t(), hidden, beta: 0, alpha: (float)factor);
            biasGradients.narrow(0, part.Start, part.Count).copy_(slope.sum([0L]));
            gradient.addmm_(slope, weights.narrow(0, part.Start, part.Count), beta: 1, alpha: (float)factor);
        }

        return gradient.MoveToOuterDisposeScope();

        void Subtract(Tensor slope, (long Start, long Count) part, Tensor label, Tensor each)
        {
            var inside = label.ge(part.Start).logical_and(label.lt(part.Start + part.Count));
            slope.index_put_(-where(inside, each, zeros_like(each)), [rows, (label - part.Start).clamp(0, part.Count - 1)], accumulate: true);
        }
    }

    private Tensor LogSum(Tensor hidden, (long Start, long Count) part)
    {
        using var scope = NewDisposeScope(); // a block's logits must be gone before the next block's are there
        return Logits(hidden, part).logsumexp(1).MoveToOuterDisposeScope();
    }

    private Tensor Logits(Tensor hidden, (long Start, long Count) part) =>
        hidden.matmul(weights.narrow(0, part.Start, part.Count).t()).mul_(factor).add_(biases.narrow(0, part.Start, part.Count));

    private IEnumerable<(long Start, long Count)> Blocks()
    {
        for (var start = 0L; start < weights.shape[0]; start += block)
            yield return (start, Math.Min(block, weights.shape[0] - start));
    }
}
