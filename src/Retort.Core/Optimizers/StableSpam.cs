using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>AdamW behind a guard: entries of the gradient that spike are clipped, its norm follows its history, and the memory starts afresh now and then.</summary>
/// <remarks>
/// For every layer by itself, in step t: <c>s = Theta s + (1 - Theta) max|g|</c>, and entries beyond <c>s / (1 - Theta^t)</c> are scaled by that bound over <c>max|g|</c>;  then with <c>n = ||g||</c>:
/// <c>a = Gamma1 a + (1 - Gamma1) n;  b = Gamma2 b + (1 - Gamma2) n^2;  g = g / n * aHat / (sqrt(bHat) + Epsilon)</c>, both freed of their empty start;  then a step of <see cref="AdamW"/>.
/// Every <see cref="ResetInterval"/> steps Adam's memory and step count begin anew. The cosine scale of the source's code on Beta1 and Gamma1 is left out.
/// Gradients lose their size, so that <see cref="AdamW.Epsilon"/> and the scale of the loss stop to matter.
/// On two tables without spikes (phoneme, abalone; five splits, 30 epochs, the best of four learning rates) it brought nothing: test loss -0.2 ± 0.6 % and +0.9 ± 0.4 % beside <see cref="AdamW"/>;
/// where every fortieth gradient was a thousand times too large, it stayed less than half as far from the minimum.
/// Source: Huang et al., Stable-SPAM: How to Train in 4-Bit More Stably than 16-Bit Adam, 2025, https://arxiv.org/abs/2502.17055; constants as in the authors' code.
/// </remarks>
[Method("stable-spam", Title = "Stable-SPAM: How to Train in 4-Bit More Stably than 16-Bit Adam", Authors = "Huang et al.", Year = 2025, Link = "https://arxiv.org/abs/2502.17055")]
public sealed record StableSpam : Optimizer
{
    /// <summary>How long gradients are remembered. In [0, 1); default 0.9, the source's.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>How long squared gradients are remembered. In [0, 1); default 0.999, the source's.</summary>
    [Range(0.9, 0.999, 0.999)]
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Keeps steps small where gradients vanish. More than 0; default 1e-8, the source's.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>The share of a weight that is lost in a step, times the learning rate. At least 0; default 0.1, as for <see cref="AdamW"/>; the source has 0.</summary>
    [Range(1e-3, 1.0, 0.1, true)]
    public double WeightDecay { get; init; } = 0.1;

    /// <summary>How long the norms of gradients are remembered. In [0, 1); default 0.7, the source's.</summary>
    [Range(0.5, 0.95, 0.7)]
    public double Gamma1 { get; init; } = 0.7;

    /// <summary>How long the squared norms are remembered. In [0, 1); default 0.9, the source's.</summary>
    [Range(0.8, 0.999, 0.9)]
    public double Gamma2 { get; init; } = 0.9;

    /// <summary>How long the largest entries are remembered. In [0, 1); default 0.999, the source's.</summary>
    [Range(0.9, 0.999, 0.999)]
    public double Theta { get; init; } = 0.999;

    /// <summary>After how many steps Adam's memory begins anew. At least 1; default 1000, the source's.</summary>
    [Range(100, 10000, 1000, true)]
    public int ResetInterval { get; init; } = 1000;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.InHalfOpenRange(Beta1, 0, 1);
        Check.InHalfOpenRange(Beta2, 0, 1);
        Check.MoreThan(Epsilon, 0);
        Check.AtLeast(WeightDecay, 0);
        Check.InHalfOpenRange(Gamma1, 0, 1);
        Check.InHalfOpenRange(Gamma2, 0, 1);
        Check.InHalfOpenRange(Theta, 0, 1);
        Check.AtLeast(ResetInterval, 1);
    }

    internal override Stepper Start(ParameterLayout layout) => new Run(this, [.. Trained(layout)]);

    private sealed class Run : Stepper
    {
        private readonly StableSpam _settings;
        private readonly SlotState[] _layers;
        private readonly float[] _guarded;

        public Run(StableSpam settings, ParameterSlot[] slots)
        {
            _settings = settings;
            _layers = [.. slots.Select(slot => new SlotState(slot, Remember<float>(slot.Count), Remember<float>(slot.Count), Remember<double>(3)))];
            _guarded = new float[slots.Max(slot => slot.Count)];
        }

        protected override void Change(Span<float> parameters, ReadOnlySpan<float> gradients, double learningRate)
        {
            var since = (Steps - 1) % _settings.ResetInterval + 1;
            var rates = AdamRates.At(since, _settings.Beta1, _settings.Beta2, _settings.Epsilon, out var correction);
            foreach (var (slot, m, v, history) in _layers)
            {
                if (since == 1)
                {
                    m.AsSpan().Clear();
                    v.AsSpan().Clear();
                }

                var guarded = _guarded.AsSpan(0, slot.Count);
                Guard(gradients.Slice(slot.Offset, slot.Count), guarded, history);
                AdamW.Update(parameters.Slice(slot.Offset, slot.Count), guarded, m, v,
                    rates, (float)(learningRate * slot.Rate * correction), Kept(slot, learningRate, _settings.WeightDecay));
            }
        }

        private void Guard(ReadOnlySpan<float> gradients, Span<float> guarded, double[] history)
        {
            var largest = Spans.Largest(gradients);
            var bound = Follow(ref history[0], largest, _settings.Theta);
            Clip(gradients, guarded, (float)bound, largest > bound ? (float)(bound / largest) : 1);

            var norm = Spans.Norm(guarded);
            var size = Follow(ref history[1], norm, _settings.Gamma1) / (Math.Sqrt(Follow(ref history[2], norm * norm, _settings.Gamma2)) + _settings.Epsilon);
            if (norm > 1e-30) // below it 1 / norm leaves float's range, and there is nothing to follow
                Spans.Scale(guarded, (float)(size / norm));
        }

        /// <summary>A running mean of what is seen, freed of its empty start.</summary>
        private double Follow(ref double mean, double seen, double memory)
        {
            mean = memory * mean + (1 - memory) * seen;
            return mean / (1 - Math.Pow(memory, Steps));
        }

        private static void Clip(ReadOnlySpan<float> g, Span<float> clipped, float bound, float factor)
        {
            var gs = MemoryMarshal.Cast<float, Vector<float>>(g);
            var targets = MemoryMarshal.Cast<float, Vector<float>>(clipped);
            var bounds = new Vector<float>(bound);
            for (var i = 0; i < gs.Length; i++)
                targets[i] = Vector.ConditionalSelect(Vector.GreaterThan(Vector.Abs(gs[i]), bounds), gs[i] * factor, gs[i]);
            for (var i = gs.Length * Vector<float>.Count; i < g.Length; i++)
                clipped[i] = Math.Abs(g[i]) > bound ? g[i] * factor : g[i];
        }

        private sealed record SlotState(ParameterSlot Slot, float[] M, float[] V, double[] History);
    }
}
