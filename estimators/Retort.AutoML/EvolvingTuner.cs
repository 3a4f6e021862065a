using Microsoft.ML.AutoML;
using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Proposes recipes: the start, then random ones, then more and more changes of the best so far.</summary>
/// <remarks>
/// A proposal is random with probability 0.3, and always among the first eight; else it is one of the best fifth (at least three), with each dimension changed with probability max(0.3, 2 / dimensions): numbers by a normal step of deviation 0.2 of their range, choices anew.
/// What is drawn depends on the seed and the trial's number alone, so that a search that goes on proposes what it would have. Ours, after Real, Aggarwal, Huang and Le, Regularized Evolution for Image Classifier Architecture Search, 2019, https://arxiv.org/abs/1802.01548.
/// </remarks>
internal sealed class EvolvingTuner(SearchSpace space, Seeds seeds) : ITuner
{
    private const int First = 8, Fewest = 3, MostSteps = 50;
    private const double RandomShare = 0.3, Deviation = 0.2;

    private readonly List<(double Loss, double[] Point)> _known = [];

    public Parameter Propose(TrialSettings settings)
    {
        if (settings.TrialId == 0)
            return space.SampleFromFeatureSpace(space.Default);
        var random = seeds.Stream($"trial {settings.TrialId}");
        var count = space.FeatureSpaceDim;
        if (_known.Count < First || random.Uniform() < RandomShare)
            return space.SampleFromFeatureSpace([.. Enumerable.Range(0, count).Select(_ => random.Uniform())]);
        var best = _known.OrderBy(trial => trial.Loss).Take(Math.Max(Fewest, _known.Count / 5)).ToArray();
        double[] point = [.. best[(int)random.Below(best.Length)].Point];
        var (steps, chance) = (space.Step, Math.Max(0.3, 2.0 / count));
        for (var i = 0; i < count; i++)
            if (random.Uniform() < chance)
                point[i] = steps[i] is { } few && few < MostSteps ? random.Uniform() : Math.Clamp(point[i] + Deviation * random.Normal(), 0, 1);
        return space.SampleFromFeatureSpace(point);
    }

    public void Update(TrialResult result)
    {
        if (double.IsFinite(result.Loss))
            _known.Add((result.Loss, space.MappingToFeatureSpace(result.TrialSettings.Parameter)));
    }
}
