using Microsoft.ML.SearchSpace;

namespace Microsoft.ML.AutoML;

/// Randomised direct search from a cheap start: a step in a random direction, then in the opposite one; shorter steps after many in vain, a new start once steps are tiny.
/// Source: Wu, Wang and Huang, Frugal Optimization for Cost-related Hyperparameters, 2021, algorithms 1 and 2, https://arxiv.org/abs/2005.01571
internal sealed class CostFrugalTuner : ITuner
{
    private readonly SearchSpace.SearchSpace _space;
    private readonly Random _random;
    private readonly List<Proposal> _pending = [];
    private readonly int _dimensions;
    private double[] _start, _incumbent, _opposite;
    private double _loss = double.PositiveInfinity, _step;
    private int _trials, _trialsToBest, _inVain;

    public CostFrugalTuner(SearchSpace.SearchSpace space, int? seed)
    {
        (_space, _random, _dimensions) = (space, seed is { } value ? new(value) : new(), space.FeatureSpaceDim);
        Begin(space.Default);
    }

    private double FirstStep => 0.1 * Math.Sqrt(_dimensions);

    /// Several proposals may be out before the first result is in: those after the start are steps from it.
    public Parameter Propose(TrialSettings settings)
    {
        var proposal = Next();
        var parameter = _space.SampleFromFeatureSpace(proposal.Point);
        _pending.Add(proposal with { Parameter = parameter });
        return parameter;
    }

    public void Update(TrialResult result)
    {
        var parameter = result.TrialSettings.Parameter;
        var at = _pending.FindIndex(p => ReferenceEquals(p.Parameter, parameter) || p.Parameter.Equals(parameter));
        var proposal = at < 0 ? new(_space.MappingToFeatureSpace(parameter), null, null, false) : _pending[at];
        if (at >= 0) _pending.RemoveAt(at);

        _trials++;
        if (_incumbent == null || result.Loss < _loss)
        {
            (_incumbent, _loss, _trialsToBest, _inVain, _opposite) = (proposal.Point, double.IsNaN(result.Loss) ? double.PositiveInfinity : result.Loss, _trials, 0, null);
        }
        else if (proposal.Direction != null && ReferenceEquals(proposal.From, _incumbent))
        {
            if (!proposal.IsOpposite) _opposite = proposal.Direction;
            else if (++_inVain >= 1 << Math.Clamp(_dimensions - 1, 0, 8)) Shorten();
        }
    }

    private Proposal Next()
    {
        if (_incumbent == null && !_pending.Exists(p => ReferenceEquals(p.Point, _start))) return new(_start, null, null, false);
        var from = _incumbent ?? _start;
        var (direction, opposite) = _opposite is { } forward ? (Array.ConvertAll(forward, x => -x), true) : (Direction(), false);
        _opposite = null;
        return new([.. from.Zip(direction, (x, d) => Math.Clamp(x + _step * d, 0, 1))], from, direction, opposite);
    }

    /// The step shrinks by the root of all trials over those that led to the best one.
    private void Shorten()
    {
        _inVain = 0;
        _step /= Math.Sqrt(Math.Max(1 + 1e-3, (double)_trials / _trialsToBest));
        if (_step < 1e-4 * Math.Sqrt(_dimensions)) Begin([.. _space.Default.Select(x => Math.Clamp(x + Normal(), 0, 1))]);
    }

    private void Begin(double[] start)
    {
        (_start, _incumbent, _opposite, _loss, _step) = (start, null, null, double.PositiveInfinity, FirstStep);
        (_trials, _trialsToBest, _inVain) = (0, 0, 0);
    }

    private double[] Direction()
    {
        var direction = Enumerable.Range(0, _dimensions).Select(_ => Normal()).ToArray();
        var length = Math.Sqrt(direction.Sum(x => x * x));
        return length > 0 ? Array.ConvertAll(direction, x => x / length) : direction;
    }

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    private sealed record Proposal(double[] Point, double[] From, double[] Direction, bool IsOpposite)
    {
        public Parameter Parameter { get; init; }
    }
}
