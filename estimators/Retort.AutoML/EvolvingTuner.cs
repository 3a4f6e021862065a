using Microsoft.ML.AutoML;
using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Proposes recipes: the start, then random ones, then more and more changes of the best so far.</summary>
/// <remarks>
/// A proposal is a random one with probability 0.3, and always among the first eight: every choice is drawn anew, and every number is a normal step of a quarter of its range from where the start has it, since the defaults of methods are the best guess there is, and what is far from them is often dear.
/// Else it is one of the best fifth (at least three), with each dimension changed with probability max(0.3, 2 / dimensions): numbers by a normal step of a fifth of their range, choices anew.
/// What is drawn depends on the seed and the trial's number alone, so that a search that goes on proposes what it would have. Ours, after Real, Aggarwal, Huang and Le, Regularized Evolution for Image Classifier Architecture Search, 2019, https://arxiv.org/abs/1802.01548.
/// </remarks>
internal sealed class EvolvingTuner(SearchSpace space, Seeds seeds) : ITuner
{
    private const int First = 8, Fewest = 3, MostSteps = 50;
    private const double RandomShare = 0.3, FirstDeviation = 0.25, Deviation = 0.2;

    private readonly List<(double Loss, double[] Point)> _known = [];

    public Parameter Propose(TrialSettings settings)
    {
        if (settings.TrialId == 0)
            return space.SampleFromFeatureSpace(space.Default);
        var random = seeds.Stream($"trial {settings.TrialId}");
        var isRandom = _known.Count < First || random.Uniform() < RandomShare;
        var best = _known.OrderBy(trial => trial.Loss).Take(Math.Max(Fewest, _known.Count / 5)).ToArray();
        double[] point = [.. isRandom ? space.Default : best[(int)random.Below(best.Length)].Point];
        var (steps, chance, deviation) = isRandom ? (space.Step, 1, FirstDeviation) : (space.Step, Math.Max(0.3, 2.0 / point.Length), Deviation);
        for (var i = 0; i < point.Length; i++)
            if (random.Uniform() < chance)
                point[i] = steps[i] is { } few && few < MostSteps ? random.Uniform() : Math.Clamp(point[i] + deviation * random.Normal(), 0, 1);
        return space.SampleFromFeatureSpace(point);
    }

    public void Update(TrialResult result)
    {
        if (double.IsFinite(result.Loss))
            _known.Add((result.Loss, space.MappingToFeatureSpace(result.TrialSettings.Parameter)));
    }
}
