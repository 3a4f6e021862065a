using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Retort.Bench;

/// <summary>What heads for domains and known factors bring on real tables: <c>./bench options [domains] [factors] [--seeds N]</c>.</summary>
/// <remarks>
/// <c>domains</c>: every domain is left out once and is what is measured; of the rows of the others a fifth says which epoch is best. Errors are those of the paired differences to one head for all, over domains and seeds.
/// <c>factors</c>: all features are to matter alike. 60 % of the rows train, 20 % say which epoch is best, 20 % are measured: the log-loss, and the divergence of what the network heeds there from what it should, by differences of its outputs.
/// </remarks>
internal static class NetworkOptionsBench
{
    private static readonly int[][] s_regions = [[9, 23, 25, 33, 34, 36, 42, 44, 50], [17, 18, 19, 20, 26, 27, 29, 31, 38, 39, 46, 55], [2, 4, 6, 8, 15, 16, 30, 32, 35, 41, 49, 53, 56]]; // FIPS codes of the Northeast, the Midwest and the West; the South has the others

    private static readonly Recipe s_recipe = new() { Network = new Mlp { Layers = 2, Width = 32 }, Epochs = 60, Patience = 20, BatchSize = 64 };

    public static void Run(string[] arguments)
    {
        var seeds = Array.IndexOf(arguments, "--seeds") is var place and >= 0 ? int.Parse(arguments[place + 1], CultureInfo.InvariantCulture) : 5;
        var both = !arguments.Contains("domains") && !arguments.Contains("factors");
        using var scope = NewDisposeScope();
        if (both || arguments.Contains("domains"))
        {
            Domains("communities", Communities(), seeds);
            Domains("compas", FairnessSet.Table(LearningTask.Binary, "compas.csv", "two_year_recid", "1", ["age_cat"], ["age", "decile_score"]), seeds);
        }

        if (both || arguments.Contains("factors"))
        {
            Factors("phoneme", FairnessSet.Table(LearningTask.Binary, "phoneme.csv", "nasal_or_oral", "1", [], []), seeds);
            Factors("mammography", FairnessSet.Table(LearningTask.Binary, "mammography.csv", "label", "1", [], []), seeds);
            Factors("compas", FairnessSet.Table(LearningTask.Binary, "compas.csv", "two_year_recid", "1", [], ["sex", "race", "age_cat", "decile_score"]), seeds);
        }
    }

    /// <summary>Whether a community's violent crimes are above the median; the domain is its part of the country.</summary>
    private static Dataset Communities()
    {
        var rows = FairnessSet.Table(LearningTask.Regression, "communities-crime.csv", "ViolentCrimesPerPop", "", ["state"], ["communityname", "fold", "Black", "class"]);
        var states = Memory.Of<float>(rows.Protected!.Columns[0].Values!).ToArray();
        var regions = Array.ConvertAll(states, state => (long)(Array.FindIndex(s_regions, region => region.Contains((int)state)) is var found and >= 0 ? found : s_regions.Length));
        return new()
        {
            Features = rows.Features,
            Labels = rows.Labels!.gt(rows.Labels.median()).to_type(int64),
            Classes = 2,
            Protected = ProtectedColumns.Of(ProtectedColumn.OfCategories("region", tensor(regions), 4)),
        };
    }

    private static void Domains(string name, Dataset rows, int seeds)
    {
        var domains = Memory.Of<long>(rows.Protected!.Cells).ToArray();
        var ways = new (string Name, DomainHeads? Heads)[] { ("one-head", null), ("gamma-0", new() { Gamma = 0 }), ("gamma-1", new()), ("gamma-4", new() { Gamma = 4 }), ("gamma-1-rows", new() { CountsDomainsAlike = false }) };
        var found = new Dictionary<string, List<(double LogLoss, double Accuracy)>>();
        foreach (var left in domains.Distinct().Order())
            for (var seed = 1; seed <= seeds; seed++)
            {
                using var scope = NewDisposeScope();
                var order = new Generator((ulong)seed).Permutation(domains.Length);
                var seen = order.Where(row => domains[row] != left).ToArray();
                var (train, held) = (Take(rows, domains, seen[(seen.Length / 5)..], seen), Take(rows, domains, seen[..(seen.Length / 5)], seen));
                var test = Take(rows, domains, [.. order.Where(row => domains[row] == left)], seen);
                foreach (var (way, heads) in ways)
                {
                    var network = TrainingLoop.Run(s_recipe with { Network = s_recipe.Network with { Domains = heads } }, LearningTask.Binary, train, held, seed, null, () => { }).Network;
                    if (!found.TryGetValue(way, out var list))
                        found[way] = list = [];
                    list.Add(Judge(network, test));
                }
            }

        foreach (var (way, _) in ways)
            Figures.Print($"options domains {name} {way} logloss={found[way].Average(one => one.LogLoss):F4} accuracy={found[way].Average(one => one.Accuracy):F4} {Difference(found[way].Zip(found["one-head"], (own, one) => own.LogLoss - one.LogLoss))}");
    }

    private static void Factors(string name, Dataset rows, int seeds)
    {
        var count = (int)rows.Rows;
        var weights = new[] { 0, 0.01, 0.1, 1 };
        var found = weights.ToDictionary(weight => weight, _ => new List<(double LogLoss, double Accuracy, double Divergence)>());
        for (var seed = 1; seed <= seeds; seed++)
        {
            using var scope = NewDisposeScope();
            var order = new Generator((ulong)seed).Permutation(count);
            var first = order[..(count * 3 / 5)];
            var (train, held, test) = (Take(rows, null, first, first), Take(rows, null, order[(count * 3 / 5)..(count * 4 / 5)], first), Take(rows, null, order[(count * 4 / 5)..], first));
            foreach (var weight in weights)
            {
                var network = TrainingLoop.Run(s_recipe with { Network = s_recipe.Network with { Factors = new() { Weight = weight } } }, LearningTask.Binary, train, held, seed, null, () => { }).Network;
                var (loss, accuracy) = Judge(network, test);
                found[weight].Add((loss, accuracy, Divergence(network, test)));
            }
        }

        foreach (var (weight, list) in found)
            Figures.Print($"options factors {name} weight={weight} logloss={list.Average(one => one.LogLoss):F4} accuracy={list.Average(one => one.Accuracy):F4} divergence={list.Average(one => one.Divergence):F4} {Difference(list.Zip(found[0], (own, one) => own.LogLoss - one.LogLoss))}");
    }

    private static string Difference(IEnumerable<double> differences)
    {
        double[] all = [.. differences];
        var (mean, squares) = (all.Average(), all.Sum(one => (one - all.Average()) * (one - all.Average())));
        return string.Create(CultureInfo.InvariantCulture, $"difference={mean:F4} error={Math.Sqrt(squares / Math.Max(1, all.Length - 1) / all.Length):F4} pairs={all.Length}");
    }

    private static (double LogLoss, double Accuracy) Judge(FittedNetwork network, Dataset test)
    {
        using var scope = NewDisposeScope();
        var margins = network.Forward(test.Features, null).squeeze(1) * (2 * test.Labels! - 1);
        return (-nn.functional.logsigmoid(margins).mean().ToDouble(), margins.gt(0).to_type(float32).mean().ToDouble());
    }

    private static double Divergence(FittedNetwork network, Dataset test)
    {
        using var scope = NewDisposeScope();
        var (features, mean) = (test.Features, test.Features.mean([0L], keepdim: true));
        var attributions = Enumerable.Range(0, (int)features.shape[1]).Select(column =>
        {
            var step = zeros(1, features.shape[1]);
            step[0, column] = 1e-2f;
            return ((features - mean).select(1, column) * (network.Forward(features + step, null) - network.Forward(features - step, null)).squeeze(1)).abs();
        });
        return new FactorConsistency().Divergence(stack([.. attributions], 1), null).ToDouble();
    }

    /// <summary>Some rows, their features standardised over others.</summary>
    private static Dataset Take(Dataset rows, long[]? domains, long[] which, long[] over)
    {
        var (own, all) = (tensor(which, dtype: int64), rows.Features.index_select(0, tensor(over, dtype: int64)));
        return new()
        {
            Features = (rows.Features.index_select(0, own) - all.mean([0L])) / all.std(0L, unbiased: false).clamp_min(1e-6),
            Labels = rows.Labels!.index_select(0, own),
            Groups = domains is null ? null : tensor(Array.ConvertAll(which, row => domains[row])),
            Classes = 2,
        };
    }
}
