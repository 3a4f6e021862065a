using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Adam without the part of a step that only makes weights longer, where their length does not matter.</summary>
/// <remarks>
/// <c>u = mHat / (sqrt(vHat) + Epsilon)</c> as in <see cref="AdamW"/>. A matrix whose gradient stands upright on its weights, row by row or else as a whole (<c>max |cos(g, w)| &lt; Delta / sqrt(dimension)</c>),
/// is taken for invariant to their scale:  <c>u = u - w (w, u) / (w, w)</c>, and its decay is multiplied with <see cref="DecayRatio"/>. Then <c>p = p - r (u + WeightDecay p)</c>, where r is the learning rate.
/// Of use where layers are followed by a normalisation; without one the test hardly ever holds, and this is AdamW.
/// On two tables (phoneme, abalone; five splits, 30 epochs, the best of four learning rates) its test loss was AdamW's within the error, with <see cref="Mlp"/> and with the normalised <see cref="ResNetMlp"/>.
/// Source: Heo et al., AdamP: Slowing Down the Slowdown for Momentum Optimizers on Scale-invariant Weights, 2021, algorithm 2, https://arxiv.org/abs/2006.08217; without its Nesterov form.
/// </remarks>
[Method("adamp", Title = "AdamP: Slowing Down the Slowdown for Momentum Optimizers on Scale-invariant Weights", Authors = "Heo et al.", Year = 2021, Link = "https://arxiv.org/abs/2006.08217")]
public sealed record AdamP : Optimizer
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

    /// <summary>How near to upright a gradient must be, in units of a random direction's cosine. At least 0, 0 for never; default 0.1, the source's.</summary>
    [Range(0.0, 0.5, 0.1)]
    public double Delta { get; init; } = 0.1;

    /// <summary>The share of the decay that a layer keeps whose steps are cut. In [0, 1]; default 0.1, the source's.</summary>
    [Range(0.0, 1.0, 0.1)]
    public double DecayRatio { get; init; } = 0.1;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.InHalfOpenRange(Beta1, 0, 1);
        Check.InHalfOpenRange(Beta2, 0, 1);
        Check.MoreThan(Epsilon, 0);
        Check.AtLeast(WeightDecay, 0);
        Check.AtLeast(Delta, 0);
        Check.InRange(DecayRatio, 0, 1);
    }

    internal override Stepper Start(ParameterLayout layout) => new Run(this, [.. Trained(layout)]);

    private sealed class Run : Stepper
    {
        private readonly AdamP _settings;
        private readonly (ParameterSlot Slot, float[] M, float[] V)[] _layers;
        private readonly float[] _update, _cuts;

        public Run(AdamP settings, ParameterSlot[] slots)
        {
            _settings = settings;
            _layers = [.. slots.Select(slot => (slot, Remember<float>(slot.Count), Remember<float>(slot.Count)))];
            _update = new float[slots.Max(slot => slot.Count)];
            _cuts = new float[slots.Max(slot => slot.Count / Columns(slot))];
        }

        protected override void Change(Span<float> parameters, ReadOnlySpan<float> gradients, double learningRate)
        {
            var rates = AdamRates.At(Steps, _settings.Beta1, _settings.Beta2, _settings.Epsilon, out var correction);
            foreach (var (slot, m, v) in _layers)
            {
                var p = parameters.Slice(slot.Offset, slot.Count);
                var g = gradients.Slice(slot.Offset, slot.Count);
                var size = (float)(learningRate * slot.Rate * correction);
                if (slot.Shape.Length < 2)
                    AdamW.Update(p, g, m, v, rates, size, Kept(slot, learningRate, _settings.WeightDecay));
                else
                    Update(slot, p, g, m, v, rates, size, learningRate);
            }
        }

        private void Update(ParameterSlot slot, Span<float> p, ReadOnlySpan<float> g, float[] m, float[] v, AdamRates rates, float size, double learningRate)
        {
            var columns = Columns(slot);
            var update = _update.AsSpan(0, slot.Count);
            update.Clear();
            AdamW.Update(update, g, m, v, rates, -1, 0); // into zeros: the step itself

            var cuts = _cuts.AsSpan(0, slot.Count / columns);
            var isCut = Cuts(p, g, update, columns, cuts);
            var keep = Kept(slot, learningRate, isCut ? _settings.WeightDecay * _settings.DecayRatio : _settings.WeightDecay);
            for (var row = 0; row < cuts.Length; row++)
                Spans.Move(p.Slice(row * columns, columns), update.Slice(row * columns, columns), keep + size * cuts[row], size);
        }

        /// <summary>For each row the multiple of its weights that leaves the step; whether any does.</summary>
        private bool Cuts(ReadOnlySpan<float> p, ReadOnlySpan<float> g, ReadOnlySpan<float> u, int columns, Span<float> cuts)
        {
            var (all, isUpright) = (default(Products), true);
            for (var row = 0; row < cuts.Length; row++)
            {
                var start = row * columns;
                var products = Products.Of(p.Slice(start, columns), g.Slice(start, columns), u.Slice(start, columns));
                all += products;
                isUpright &= products.AreUpright(_settings.Delta / Math.Sqrt(columns), _settings.Epsilon);
                cuts[row] = products.Cut(_settings.Epsilon);
            }

            if (isUpright)
                return true;
            isUpright = all.AreUpright(_settings.Delta / Math.Sqrt(p.Length), _settings.Epsilon);
            cuts.Fill(isUpright ? all.Cut(_settings.Epsilon) : 0);
            return isUpright;
        }

        private static int Columns(ParameterSlot slot) => slot.Shape.Length < 2 ? slot.Count : (int)slot.Shape[^1];

        /// <summary>Inner products of a row of weights w, its gradient g and its step u.</summary>
        private readonly record struct Products(double GW, double GG, double WW, double WU)
        {
            public static Products Of(ReadOnlySpan<float> w, ReadOnlySpan<float> g, ReadOnlySpan<float> u)
            {
                var ws = MemoryMarshal.Cast<float, Vector<float>>(w);
                var gs = MemoryMarshal.Cast<float, Vector<float>>(g);
                var us = MemoryMarshal.Cast<float, Vector<float>>(u);
                var (gw, gg, ww, wu) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
                for (var i = 0; i < ws.Length; i++)
                {
                    gw += gs[i] * ws[i];
                    gg += gs[i] * gs[i];
                    ww += ws[i] * ws[i];
                    wu += ws[i] * us[i];
                }

                var sums = new Products(Vector.Sum(gw), Vector.Sum(gg), Vector.Sum(ww), Vector.Sum(wu));
                for (var i = ws.Length * Vector<float>.Count; i < w.Length; i++)
                    sums += new Products((double)g[i] * w[i], (double)g[i] * g[i], (double)w[i] * w[i], (double)w[i] * u[i]);
                return sums;
            }

            public static Products operator +(Products a, Products b) => new(a.GW + b.GW, a.GG + b.GG, a.WW + b.WW, a.WU + b.WU);

            public bool AreUpright(double bound, double epsilon) => Math.Abs(GW) / Math.Max(Math.Sqrt(GG * WW), epsilon) < bound;

            public float Cut(double epsilon)
            {
                var length = Math.Sqrt(WW) + epsilon;
                return (float)(WU / (length * length));
            }
        }
    }
}
