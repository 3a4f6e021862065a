using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Steps of like size for every weight, with weight decay that is independent of the gradient.</summary>
/// <remarks>
/// <c>m = Beta1 m + (1 - Beta1) g;  v = Beta2 v + (1 - Beta2) g^2;  p = p - r (mHat / (sqrt(vHat) + Epsilon) + WeightDecay p)</c>,
/// where r is the learning rate and <c>mHat = m / (1 - Beta1^t)</c>, <c>vHat = v / (1 - Beta2^t)</c>. Biases do not decay.
/// Squares are cut at 1e38, so that no gradient, however large, spoils a weight for good.
/// Source: Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019, algorithm 2, https://arxiv.org/abs/1711.05101;
/// the decay is multiplied with the learning rate, as PyTorch does.
/// </remarks>
[Method("adamw", Title = "Decoupled Weight Decay Regularization", Authors = "Loshchilov and Hutter", Year = 2019, Link = "https://arxiv.org/abs/1711.05101")]
public sealed record AdamW : Optimizer
{
    private const float LargestSquare = 1e38f;

    /// <summary>How long gradients are remembered. In [0, 1); default 0.9, the source's.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>How long squared gradients are remembered. In [0, 1); default 0.999, the source's.</summary>
    [Range(0.9, 0.999, 0.999)]
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Keeps steps small where gradients vanish. More than 0; default 1e-8, the source's.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>The share of a weight that is lost in a step, times the learning rate. At least 0; default 0.1: small tables need a firm hand.</summary>
    [Range(1e-3, 1.0, 0.1, true)]
    public double WeightDecay { get; init; } = 0.1;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.InHalfOpenRange(Beta1, 0, 1);
        Check.InHalfOpenRange(Beta2, 0, 1);
        Check.MoreThan(Epsilon, 0);
        Check.AtLeast(WeightDecay, 0);
    }

    internal override Stepper Start(ParameterLayout layout) => Start(Trained(layout));

    /// <summary>As <see cref="Start(ParameterLayout)"/>, for these layers alone.</summary>
    internal Stepper Start(IEnumerable<ParameterSlot> slots) => new Run(this, slots);

    /// <summary>One step of one layer, in one pass: <c>p = keep p - size m / (sqrt(v) + epsilon)</c> with the new m and v.</summary>
    internal static void Update(Span<float> p, ReadOnlySpan<float> g, Span<float> m, Span<float> v, AdamRates rates, float size, float keep)
    {
        var (old1, fresh1, old2, fresh2, epsilon) = rates;
        var ps = MemoryMarshal.Cast<float, Vector<float>>(p);
        var gs = MemoryMarshal.Cast<float, Vector<float>>(g);
        var ms = MemoryMarshal.Cast<float, Vector<float>>(m);
        var vs = MemoryMarshal.Cast<float, Vector<float>>(v);
        var (epsilons, largest) = (new Vector<float>(epsilon), new Vector<float>(LargestSquare));
        for (var i = 0; i < ps.Length; i++)
        {
            var gradient = gs[i];
            var mean = old1 * ms[i] + fresh1 * gradient;
            var square = old2 * vs[i] + fresh2 * Vector.Min(gradient * gradient, largest);
            (ms[i], vs[i]) = (mean, square);
            ps[i] = keep * ps[i] - size * mean / (Vector.SquareRoot(square) + epsilons);
        }

        for (var i = ps.Length * Vector<float>.Count; i < p.Length; i++)
        {
            m[i] = old1 * m[i] + fresh1 * g[i];
            v[i] = old2 * v[i] + fresh2 * MathF.Min(g[i] * g[i], LargestSquare);
            p[i] = keep * p[i] - size * m[i] / (MathF.Sqrt(v[i]) + epsilon);
        }
    }

    private sealed class Run : Stepper
    {
        private readonly AdamW _settings;
        private readonly (ParameterSlot Slot, float[] M, float[] V)[] _layers;
        private There? _there;

        public Run(AdamW settings, IEnumerable<ParameterSlot> slots) =>
            (_settings, _layers) = (settings, [.. slots.Select(slot => (slot, Remember<float>(slot.Count), Remember<float>(slot.Count)))]);

        protected override void Change(Span<float> parameters, ReadOnlySpan<float> gradients, double learningRate)
        {
            var rates = AdamRates.At(Steps, _settings.Beta1, _settings.Beta2, _settings.Epsilon, out var correction);
            foreach (var (slot, m, v) in _layers)
                Update(parameters.Slice(slot.Offset, slot.Count), gradients.Slice(slot.Offset, slot.Count), m, v,
                    rates, (float)(learningRate * slot.Rate * correction), Kept(slot, learningRate, _settings.WeightDecay));
        }

        protected override void Change(Tensor parameters, Tensor gradients, double learningRate)
        {
            var there = _there ??= Send(parameters);
            var rates = AdamRates.At(Steps, _settings.Beta1, _settings.Beta2, _settings.Epsilon, out var correction);
            there.M.mul_(rates.Old1).add_(gradients, rates.Fresh1);
            there.V.mul_(rates.Old2).add_(gradients.square().clamp_max_(LargestSquare), rates.Fresh2);
            parameters.addcmul_(parameters, there.Decays, -learningRate);
            parameters.addcdiv_(there.M * there.Rates, there.V.sqrt().add_(rates.Epsilon), -learningRate * correction);
        }

        private There Send(Tensor parameters) => new(
            Send(parameters, _layers.Select(layer => (layer.Slot, layer.M))), Send(parameters, _layers.Select(layer => (layer.Slot, layer.V))),
            Rates(parameters, _layers.Select(layer => layer.Slot)), Decays(parameters, _layers.Select(layer => layer.Slot), _settings.WeightDecay));

        protected override void Fetch()
        {
            if (_there is null)
                return;
            Fetch(_there.M, _layers.Select(layer => (layer.Slot, layer.M)));
            Fetch(_there.V, _layers.Select(layer => (layer.Slot, layer.V)));
            _there.Rates.Dispose();
            _there.Decays.Dispose();
            _there = null;
        }

        private sealed record There(Tensor M, Tensor V, Tensor Rates, Tensor Decays);
    }
}
