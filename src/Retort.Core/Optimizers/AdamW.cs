using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Steps of like size for every weight, with weight decay that is independent of the gradient.</summary>
/// <remarks>
/// <c>m = Beta1 m + (1 - Beta1) g;  v = Beta2 v + (1 - Beta2) g^2;  p = p - r (mHat / (sqrt(vHat) + Epsilon) + WeightDecay p)</c>,
/// where r is the learning rate and <c>mHat = m / (1 - Beta1^t)</c>, <c>vHat = v / (1 - Beta2^t)</c>. Biases do not decay.
/// Source: Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019, algorithm 2, https://arxiv.org/abs/1711.05101;
/// the decay is multiplied with the learning rate, as PyTorch does.
/// </remarks>
[Method("adamw", Title = "Decoupled Weight Decay Regularization", Authors = "Loshchilov and Hutter", Year = 2019, Link = "https://arxiv.org/abs/1711.05101")]
public sealed record AdamW : Optimizer
{
    /// <summary>How long gradients are remembered. In [0, 1); default 0.9, the source's.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>How long squared gradients are remembered. In [0, 1); default 0.999, the source's.</summary>
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

    internal override Stepper Start(ParameterLayout layout) => new Run(this, layout);

    private sealed class Run(AdamW settings, ParameterLayout layout) : Stepper
    {
        private readonly float[] _m = new float[layout.Count];
        private readonly float[] _v = new float[layout.Count];
        private int _steps;

        public override void Step(Span<float> parameters, ReadOnlySpan<float> gradients, double learningRate)
        {
            _steps++;
            // mHat / (sqrt(vHat) + Epsilon) = m * size / (sqrt(v) + epsilon): the corrections for the empty start leave the loop
            var correction = Math.Sqrt(1 - Math.Pow(settings.Beta2, _steps));
            var size = learningRate * correction / (1 - Math.Pow(settings.Beta1, _steps));
            var epsilon = (float)(settings.Epsilon * correction);
            foreach (var slot in layout.Slots)
            {
                var keep = slot.Decays ? (float)(1 - learningRate * slot.Rate * settings.WeightDecay) : 1f;
                Step(parameters.Slice(slot.Offset, slot.Count), gradients.Slice(slot.Offset, slot.Count),
                    _m.AsSpan(slot.Offset, slot.Count), _v.AsSpan(slot.Offset, slot.Count), (float)(size * slot.Rate), epsilon, keep);
            }
        }

        private void Step(Span<float> p, ReadOnlySpan<float> g, Span<float> m, Span<float> v, float size, float epsilon, float keep)
        {
            var (fresh1, fresh2) = ((float)(1 - settings.Beta1), (float)(1 - settings.Beta2));
            var ps = MemoryMarshal.Cast<float, Vector<float>>(p);
            var gs = MemoryMarshal.Cast<float, Vector<float>>(g);
            var ms = MemoryMarshal.Cast<float, Vector<float>>(m);
            var vs = MemoryMarshal.Cast<float, Vector<float>>(v);
            var epsilons = new Vector<float>(epsilon);
            for (var i = 0; i < ps.Length; i++)
            {
                var gradient = gs[i];
                var mean = ms[i] + fresh1 * (gradient - ms[i]);
                var square = vs[i] + fresh2 * (gradient * gradient - vs[i]);
                (ms[i], vs[i]) = (mean, square);
                ps[i] = keep * ps[i] - size * mean / (Vector.SquareRoot(square) + epsilons);
            }

            for (var i = ps.Length * Vector<float>.Count; i < p.Length; i++)
            {
                m[i] += fresh1 * (g[i] - m[i]);
                v[i] += fresh2 * (g[i] * g[i] - v[i]);
                p[i] = keep * p[i] - size * m[i] / (MathF.Sqrt(v[i]) + epsilon);
            }
        }
    }
}
