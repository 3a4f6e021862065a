namespace Retort;

/// <summary>Sums of weights, in float64.</summary>
internal static class WeightedSum
{
    public static float[] Of(IReadOnlyList<float[]> models, ReadOnlySpan<double> shares)
    {
        var sum = new float[models[0].Length];
        for (var i = 0; i < sum.Length; i++)
        {
            var value = 0.0;
            for (var k = 0; k < models.Count; k++)
                value += shares[k] * models[k][i];
            sum[i] = (float)value;
        }

        return sum;
    }

    public static double[] Of(IReadOnlyList<double[]> vectors)
    {
        var sum = new double[vectors[0].Length];
        foreach (var vector in vectors)
            TensorPrimitives.Add(sum, vector, sum);
        return sum;
    }
}
