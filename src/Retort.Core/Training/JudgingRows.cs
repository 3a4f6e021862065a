namespace Retort;

/// <summary>The rows that decide in a run which epoch is best.</summary>
internal static class JudgingRows
{
    /// <summary>The same rows as in <see cref="TrainingLoop"/>: those held out, or the other view, without those that calibrate. Null where there are none. Whoever calls it disposes what it gives.</summary>
    public static Dataset? Of(Recipe recipe, LearningTask task, Dataset train, Dataset? validation, int environmentSeed)
    {
        var seeds = Seeds.Of(environmentSeed, recipe.Seed);
        using var held = validation is not null ? validation.On(CPU) : Held();
        if (held is null || recipe.CalibrationFor(task) is null)
            return held?.On(CPU);
        return held.View(HoldOut.Split(held, task, 0.5, seeds.For("calibration")).Train);

        Dataset? Held()
        {
            if (recipe.HoldOut == 0)
                return null;
            var (kept, rows) = HoldOut.Split(train, task, recipe.HoldOut, seeds.For("holdout"));
            using var training = train.View(kept);
            var others = train.View(rows, allLabeled: true);
            if (TaskData.HasWeight(training) && TaskData.HasWeight(others))
                return others;
            others.Dispose();
            return null;
        }
    }

    /// <summary>What a network says of rows, beside what is true.</summary>
    /// <param name="network">The network.</param>
    /// <param name="rows">The rows, on the CPU, all with a label.</param>
    /// <param name="classes">What the classes are called; null for their numbers.</param>
    public static FairnessRows Answers(FittedNetwork network, Dataset rows, IReadOnlyList<string>? classes)
    {
        const int Block = 4096;
        using var scope = NewDisposeScope();
        var width = network.Outputs;
        var served = new float[rows.Rows * width];
        for (var start = 0L; start < rows.Rows; start += Block)
        {
            using var block = NewDisposeScope();
            var count = Math.Min(Block, rows.Rows - start);
            var (features, categories) = rows.Inputs(start, count);
            network.Score(features, categories, served.AsSpan((int)start * width, (int)count * width));
        }

        double[]? weights = rows.Weights is null ? null : [.. Memory.Of<float>(rows.Weights).ToArray().Select(weight => (double)weight)];
        if (network.Task == LearningTask.Regression)
        {
            var levels = network.Link.Points;
            var slot = network.Link.Function == LinkFunction.Quantiles ? Enumerable.Range(0, levels.Count).MinBy(i => Math.Abs(levels[i] - 0.5)) : 0;
            return FairnessRows.Regression([.. Enumerable.Range(0, (int)rows.Rows).Select(row => (double)served[row * width + slot])], [.. Memory.Of<float>(rows.Labels!).ToArray().Select(value => (double)value)], weights);
        }

        int[] labels = [.. Memory.Of<long>(rows.Labels!).ToArray().Select(label => (int)label)];
        return network.Task == LearningTask.Binary
            ? FairnessRows.Binary([.. served.Select(logit => (double)Logits.Sigmoid(logit))], labels, [.. served.Select(logit => logit > 0 ? 1 : 0)], weights)
            : FairnessRows.Multiclass([.. served.Select(share => (double)share)], labels, classes ?? [.. Enumerable.Range(0, width).Select(k => $"{k}")], null, weights);
    }
}
