using Microsoft.ML.AutoML;
using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Proposes recipes: the start, then changes of the best so far, and now and then a random one.</summary>
/// <remarks>
/// A proposal is one of the best fifth so far (at least three; before there are any, the start), with each dimension changed with probability max(0.3, 2 / dimensions): numbers by a normal step of a fifth of their range, choices anew. With probability 0.2 it is a random one: every choice is drawn anew,
/// and every number is a normal step of a quarter of its range from where the start has it, since the defaults of methods are the best guess there is, and what is far from them is often dear. What was proposed before, or is nearest to a trial that failed or took too long, is drawn again, up to eight times.
/// What is drawn depends on the seed, the trial's number and what was heard before alone, so that a search that goes on proposes what it would have. Ours, after Real, Aggarwal, Huang and Le, Regularized Evolution for Image Classifier Architecture Search, 2019, https://arxiv.org/abs/1802.01548.
/// </remarks>
internal sealed class EvolvingTuner(RecipeSpace recipes, Seeds seeds) : ITuner
{
    private const int Fewest = 3, MostSteps = 50, Tries = 8;
    private const double RandomShare = 0.2, FirstDeviation = 0.25, Deviation = 0.2;

    private readonly SearchSpace _space = recipes.ToSearchSpace();
    private readonly List<(double Loss, double[] Point)> _known = [];
    private readonly HashSet<Recipe> _proposed = [];

    public Parameter Propose(TrialSettings settings)
    {
        if (settings.TrialId == 0)
            return Proposed(_space.Default);
        var random = seeds.Stream($"trial {settings.TrialId}");
        var best = _known.Where(trial => double.IsFinite(trial.Loss)).OrderBy(trial => trial.Loss).Take(Math.Max(Fewest, _known.Count / 5)).Select(trial => trial.Point).ToArray();
        var point = Draw(random, best);
        for (var tries = 1; tries < Tries && (IsNearFailure(point) || _proposed.Contains(recipes.Read(_space.SampleFromFeatureSpace(point)))); tries++)
            point = Draw(random, best);
        return Proposed(point);
    }

    public void Update(TrialResult result) => _known.Add((double.IsFinite(result.Loss) ? result.Loss : double.PositiveInfinity, _space.MappingToFeatureSpace(result.TrialSettings.Parameter)));

    private Parameter Proposed(double[] point)
    {
        var parameter = _space.SampleFromFeatureSpace(point);
        _proposed.Add(recipes.Read(parameter));
        return parameter;
    }

    private bool IsNearFailure(double[] point) => _known.Count > 0 && double.IsInfinity(_known.MinBy(trial => Distance(trial.Point, point)).Loss);

    private double[] Draw(Generator random, double[][] best)
    {
        var isRandom = random.Uniform() < RandomShare;
        double[] point = [.. isRandom || best.Length == 0 ? _space.Default : best[(int)random.Below(best.Length)]];
        var (steps, chance, deviation) = isRandom ? (_space.Step, 1, FirstDeviation) : (_space.Step, Math.Max(0.3, 2.0 / point.Length), Deviation);
        for (var i = 0; i < point.Length; i++)
            if (random.Uniform() < chance)
                point[i] = steps[i] is { } few && few < MostSteps ? random.Uniform() : Math.Clamp(point[i] + deviation * random.Normal(), 0, 1);
        return point;
    }

    private static double Distance(double[] a, double[] b) => a.Zip(b, (x, y) => (x - y) * (x - y)).Sum();
}
