namespace Retort;

/// <summary>Shares of several teachers that move towards those whose distance has shrunk less: <c>w_k = w_k - Rate (w_k - l_k / sum of l)</c>, with each distance l over that of the first step.</summary>
/// <remarks>Source: Zhao et al., Mitigating the Accuracy-Robustness Trade-off via Multi-Teacher Adversarial Distillation, 2023, its normalization loss balance with the authors' rate and the exponent 1.</remarks>
internal static class TeacherBalance
{
    private const double Rate = 0.025;

    public static void Begin(PartState state, int teachers)
    {
        using var scope = NewDisposeScope();
        state["shares"] = full(teachers, 1.0 / teachers, dtype: float64, device: CPU);
        state["first"] = zeros(teachers, dtype: float64, device: CPU);
    }

    /// <summary>The sum of the distances by the shares as they are; then moves these.</summary>
    public static Tensor Join(PartState state, IReadOnlyList<Tensor> distances)
    {
        var shares = Memory.Of<double>(state["shares"]!);
        var first = Memory.Of<double>(state["first"]!);
        var sum = distances[0] * shares[0];
        for (var k = 1; k < distances.Count; k++)
            sum += distances[k] * shares[k];
        var now = distances.Select(distance => distance.detach().ToDouble()).ToArray();
        for (var k = 0; k < now.Length; k++)
        {
            if (first[k] == 0)
                first[k] = now[k];
            now[k] = first[k] > 0 ? Math.Max(now[k], 0) / first[k] : 1;
        }

        var total = now.Sum();
        for (var k = 0; total > 0 && k < now.Length; k++)
            shares[k] -= Rate * (shares[k] - now[k] / total);
        return sum;
    }
}
