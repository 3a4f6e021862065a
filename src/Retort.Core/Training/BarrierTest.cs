namespace Retort;

/// <summary>Measures the barrier between two networks.</summary>
internal static class BarrierTest
{
    /// <exception cref="ArgumentException">The networks are not alike, or the same.</exception>
    public static MergeBarrier Of(FittedNetwork one, FittedNetwork other, Dataset rows, int points)
    {
        NetworkMerge.CheckAlike(one, other, "Model 2");
        if (one.Parameters.AsSpan().SequenceEqual(other.Parameters))
            throw new ArgumentException("The models must differ, but models 1 and 2 have the same weights.");
        Check.AtLeast(points, 3);
        return new(Way(other.Parameters), Aligned() is { } aligned ? Way(aligned) : null);

        double[] Way(float[] end) => [.. Enumerable.Range(0, points).Select(point =>
        {
            var share = point / (points - 1.0);
            var weights = new float[end.Length];
            for (var i = 0; i < weights.Length; i++)
                weights[i] = (float)((1 - share) * one.Parameters[i] + share * end[i]);
            var loss = HeldLoss.Of(one.With(weights), rows);
            return one.Task == LearningTask.Regression ? Math.Sqrt(loss) : loss;
        })];

        float[]? Aligned()
        {
            if (one.Graph.Trunk.Any(layer => layer is LineResidual))
                return null;
            var part = new LearnedPart(one.Graph.Layout);
            float[] aligned = [.. other.Parameters];
            part.Put(new WeightMatching().Align(part.Take<float>(one.Parameters), 0, part.Take<float>(other.Parameters), 1, new(part.Layout) { Axes = () => UnitAxes.Of(one.Graph, part) }), aligned);
            return aligned;
        }
    }
}
