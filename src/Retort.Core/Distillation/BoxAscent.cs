namespace Retort;

/// <summary>Moves rows within a box around them to where something is larger, by the signs of its gradient.</summary>
internal static class BoxAscent
{
    /// <summary>[rows, features], without gradient.</summary>
    /// <param name="features">The rows, [rows, features].</param>
    /// <param name="reach">How far each feature may go, both ways, [features].</param>
    /// <param name="start">Where all rows begin, in reaches, [features].</param>
    /// <param name="steps">How often the gradient is asked for.</param>
    /// <param name="size">How far a step goes, in reaches.</param>
    /// <param name="gain">What is to become larger, one number.</param>
    public static Tensor Of(Tensor features, Tensor reach, Tensor start, int steps, double size, Func<Tensor, Tensor> gain)
    {
        using var scope = NewDisposeScope();
        var offsets = start.clamp(-1, 1);
        for (var step = 0; step < steps; step++)
        {
            using var own = NewDisposeScope();
            using var gradient = enable_grad();
            var leaf = (features + offsets * reach).detach().requires_grad_();
            var slope = autograd.grad([gain(leaf)], [leaf])[0];
            offsets = (offsets + size * slope.sign()).clamp(-1, 1).detach().MoveToOuterDisposeScope();
        }

        return (features + offsets * reach).detach().MoveToOuterDisposeScope();
    }

    /// <summary>How far each feature goes where it may go so many deviations, [features].</summary>
    public static Tensor Reach(Tensor features, Tensor? deviations, double radius) =>
        radius * (deviations?.to_type(features.dtype) ?? ones(features.shape[1], dtype: features.dtype, device: features.device));

    /// <summary>What teachers say of moved rows on average: probabilities, or values in regression.</summary>
    public static Tensor Said(Probe probe, IEnumerable<Func<Tensor, Tensor>> teachers, Tensor moved)
    {
        Tensor[] said = [.. teachers.Select(teacher => probe.Targets.AreReal ? teacher(moved) : teacher(moved).exp())];
        return said.Aggregate((a, b) => a + b) / said.Length;
    }

    /// <summary>Random numbers of the type of others, and where they are, [count].</summary>
    public static Tensor Draw(Tensor like, long count, Func<double> random)
    {
        var numbers = new float[count];
        foreach (ref var number in numbers.AsSpan())
            number = (float)random();
        return tensor(numbers, dtype: float32).to(like.dtype, like.device);
    }
}
