using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Retort.Bench;

/// <summary>
/// What the ways to train with a penalty bring on real tables: <c>./bench penalties [compas] [communities] [--seeds N] [--only TEXT,...] [--batch N]</c>, or <c>--time</c>.
/// </summary>
/// <remarks>
/// 60 % of the rows train, 20 % say which epoch is best, 20 % are measured. The protected columns are not features. <c>dcor</c> is the distance correlation of scores with all protected columns together (concatenated, unbiased, its root),
/// <c>jsd</c> the Jensen-Shannon divergence above its floor, <c>gap</c> the largest less the smallest mean score of the cells with 30 test rows, <c>worst</c> the largest mean cost of such a cell.
/// </remarks>
internal static class PenaltiesBench
{
    private const int CellRows = 30;

    private sealed record Table(string Name, LearningTask Task, string File, string Label, string[] Protected, string[] LeftOut, string[] Texts);

    private static readonly Table[] s_tables =
    [
        new("compas", LearningTask.Binary, "compas.csv", "two_year_recid", ["sex", "race", "age"], ["age_cat", "decile_score"], ["c_charge_degree"]),
        new("communities", LearningTask.Regression, "communities-crime.csv", "ViolentCrimesPerPop", ["racepctblack", "racePctWhite", "racePctAsian", "racePctHisp"], ["state", "communityname", "fold", "Black", "class"], []),
    ];

    public static void Run(string[] arguments)
    {
        var seeds = int.Parse(Option("--seeds") ?? "5", CultureInfo.InvariantCulture);
        var only = Option("--only")?.Split(',');
        var wanted = arguments.TakeWhile(argument => !argument.StartsWith("--", StringComparison.Ordinal)).ToArray();
        foreach (var table in s_tables.Where(table => wanted.Length == 0 || wanted.Contains(table.Name)))
        {
            var rows = Read(table);
            if (arguments.Contains("--time"))
            {
                Time(table, rows);
                continue;
            }

            var recipe = new Recipe { Network = new Mlp { Layers = 2, Width = 32 }, Epochs = 60, Patience = 20, BatchSize = int.Parse(Option("--batch") ?? "64", CultureInfo.InvariantCulture) };
            foreach (var (name, penalty) in Ways(table).Where(way => only is null || only.Any(way.Name.Contains)))
            {
                var found = Enumerable.Range(1, seeds).Select(seed => Measure(table, rows, recipe with { Penalty = penalty }, seed)).ToArray();
                Figures.Print($"penalties {table.Name} {name} {string.Join(' ', found[0].Keys.Select(key => Mean(key, [.. found.Select(one => one[key])])))}");
            }
        }

        string? Option(string name) => Array.IndexOf(arguments, name) is var place and >= 0 ? arguments[place + 1] : null;
    }

    private static string Mean(string key, double[] values)
    {
        var mean = values.Average();
        var error = values.Length < 2 ? 0 : Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1) / values.Length);
        return string.Create(CultureInfo.InvariantCulture, $"{key}={mean:g4}±{error:g2}");
    }

    /// <summary>What it takes to look at all training rows once: processor time of runs that do so in every step, less that of runs without a penalty.</summary>
    private static void Time(Table table, Rows rows)
    {
        using var scope = NewDisposeScope();
        var order = new Generator(1).Permutation(rows.Count);
        var train = rows.Take(order, order);
        var recipe = new Recipe { Network = new Mlp { Layers = 2, Width = 32 }, Epochs = 3, BatchSize = 64, HoldOut = 0 };
        foreach (var penalty in new Penalty[] { new DistanceCovariance(), new DistanceCovariance { Form = DependenceForm.Sum }, new DistanceCovariance { Form = DependenceForm.Joint }, new DemographicParity() })
        {
            var steps = recipe.Epochs * ((rows.Count + recipe.BatchSize - 1) / recipe.BatchSize);
            var more = Enumerable.Range(0, 4).Select(_ => 1000 * (Seconds(penalty with { WholeSetEvery = 1 }) - Seconds(null)) / steps).Skip(1); // the first compiles
            Figures.Print($"penalties {table.Name} whole-set-step-{Methods.Of(penalty).Id}{(penalty is DistanceCovariance own ? $"-{own.Form}" : "")} n={rows.Count} ms={Figures.Median(more):F2}");
        }

        double Seconds(Penalty? penalty)
        {
            var start = Environment.CpuUsage.TotalTime;
            TrainingLoop.Run(recipe with { Penalty = penalty }, table.Task, train, null, 1, null, () => { });
            return (Environment.CpuUsage.TotalTime - start).TotalSeconds;
        }
    }

    private static IEnumerable<(string Name, Penalty? Penalty)> Ways(Table table)
    {
        yield return ("none", null);
        foreach (var weight in new[] { 3.0, 5, 10, 20, 30 })
            foreach (var every in new[] { 0, 50 })
                yield return ($"dcov-{weight}-every-{every}", new DistanceCovariance { Weight = weight, WholeSetEvery = every });
        foreach (var measure in Enum.GetValues<TargetMeasure>())
            foreach (var share in new[] { 0.75, 0.5, 0.25 })
            {
                // shares of what is there without a penalty
                var value = share * measure switch { TargetMeasure.JensenShannon => table.Task == LearningTask.Binary ? 0.05 : 0.2, TargetMeasure.Gap => 0.16, TargetMeasure.DistanceCorrelation => table.Task == LearningTask.Binary ? 0.19 : 0.72, _ => 0.004 };
                foreach (var (name, penalty) in new (string, Penalty)[] { ("dcov", new DistanceCovariance()), ("dcor", new DistanceCovariance { Correlation = true, Statistic = DistanceStatistic.U }) })
                    foreach (var step in new[] { 0.1, 0.3, 1 })
                        yield return (string.Create(CultureInfo.InvariantCulture, $"target-{name}-{measure}-{value:g3}-step-{step}"), penalty with { WholeSetEvery = 20, Target = new DualUpdate { Measure = measure, Value = value, StepSize = step } });
            }

        foreach (var (name, penalty) in new (string, Penalty)[]
        {
            ("worst", new WorstGroup()), ("gap", new GroupGap()), ("parity", new DemographicParity()), ("opportunity", new EqualOpportunity()), ("odds", new EqualizedOdds()),
            ("conditional", new DistanceCovariance { Conditional = true }), ("cs", new CauchySchwarzDependence()),
        })
            if (table.Task == LearningTask.Binary || penalty is not (EqualOpportunity or EqualizedOdds or DistanceCovariance))
                foreach (var weight in new[] { 1.0, 3, 10 })
                    foreach (var (way, own) in new[] { ("shuffled", penalty with { StratifiedBatches = false }), ("stratified", penalty with { StratifiedBatches = true }), ("every-20", penalty with { WholeSetEvery = 20 }) })
                        yield return ($"{name}-{weight}-{way}", own with { Weight = weight });
    }

    private static Dictionary<string, double> Measure(Table table, Rows rows, Recipe recipe, int seed)
    {
        using var scope = NewDisposeScope();
        var order = new Generator((ulong)seed).Permutation(rows.Count);
        var (first, second) = (rows.Count * 3 / 5, rows.Count * 4 / 5);
        var (train, held, test) = (rows.Take(order[..first], order[..first]), rows.Take(order[first..second], order[..first]), rows.Take(order[second..], order[..first]));
        var result = TrainingLoop.Run(recipe, table.Task, train, held, seed, null, () => { });
        var served = new float[test.Rows * result.Network.Outputs];
        result.Network.Score(test.Features, test.Categories, served);
        var said = tensor(served, test.Rows, 1);
        said = table.Task == LearningTask.Binary ? said.sigmoid() : said;
        var targets = table.Task == LearningTask.Binary ? Targets.Classes(test.Labels!) : Targets.Values(test.Labels!);
        var costs = CellMeans.Costs(said, targets).unsqueeze(1);
        double Of(Penalty penalty) => penalty.Value(said, test.Protected!, targets).ToDouble();
        var counts = zeros(test.Protected!.CellCount, dtype: float32).index_add(0, test.Protected.Cells, ones(test.Rows), 1);
        var large = counts.index_select(0, test.Protected.Cells).ge(CellRows).to_type(float32);
        return new()
        {
            [table.Task == LearningTask.Binary ? "logloss" : "rmse"] = table.Task == LearningTask.Binary ? costs.mean().ToDouble() : Math.Sqrt(costs.mean().ToDouble()),
            ["dcor"] = new DistanceCovariance { Correlation = true, Statistic = DistanceStatistic.U, Root = true }.Value(said, test.Protected, targets).ToDouble(),
            ["gap"] = new DemographicParity { Measure = GapMeasure.Largest }.Value(said, test.Protected, targets, large).ToDouble(),
            ["worst"] = new WorstGroup { Smoothing = 0 }.Value(said, test.Protected, targets, large).ToDouble(),
            ["jsd"] = new DependenceMeter(50).JensenShannon(said, test.Protected, null),
            ["target"] = result.Target?.Measured ?? 0,
            ["met"] = result.Target?.Met == true ? 1 : 0,
            ["weight"] = result.Target?.Weight ?? recipe.Penalty?.Weight ?? 0,
            ["own"] = recipe.Penalty is null ? 0 : Of(recipe.Penalty),
            ["opportunity"] = table.Task == LearningTask.Binary ? new EqualOpportunity { Measure = GapMeasure.Largest }.Value(said, test.Protected, targets, large).ToDouble() : 0,
            ["spread"] = said.std().ToDouble(),
            ["epoch"] = result.BestEpoch,
            ["seconds"] = result.Epochs[^1].Elapsed.TotalSeconds / result.Epochs.Count,
        };
    }

    private static Rows Read(Table table)
    {
        var path = Path.Combine("..", "shared", "data", table.File);
        if (!File.Exists(path))
            throw new InvalidOperationException($"The benchmark needs the tables of ../shared/data, but '{path}' does not exist.");
        var lines = File.ReadAllLines(path).Select(line => line.Split(',')).ToArray();
        var names = lines[0];
        var cells = lines[1..];
        string[] numbers = [.. names.Except([table.Label, .. table.Protected, .. table.LeftOut, .. table.Texts])];
        var features = cells.SelectMany(row => numbers.Select(name => Number(row, name)).Concat(table.Texts.Select(name => (float)Codes(name).IndexOf(Text(row, name))))).ToArray();
        return new(tensor(features, cells.Length, numbers.Length + table.Texts.Length), tensor(cells.Select(row => Number(row, table.Label)).ToArray()), table.Task,
            ProtectedColumns.Of([.. table.Protected.Select(name => cells.All(row => float.TryParse(Text(row, name), CultureInfo.InvariantCulture, out _))
                ? ProtectedColumn.Numbers(name, tensor(cells.Select(row => Number(row, name)).ToArray()))
                : ProtectedColumn.OfCategories(name, tensor(cells.Select(row => (long)Codes(name).IndexOf(Text(row, name))).ToArray()), Codes(name).Count))]));

        string Text(string[] row, string name) => row[Array.IndexOf(names, name)];
        float Number(string[] row, string name) => float.Parse(Text(row, name), CultureInfo.InvariantCulture);
        List<string> Codes(string name) => [.. cells.Select(row => Text(row, name)).Distinct().Order(StringComparer.Ordinal)];
    }

    private sealed record Rows(Tensor Features, Tensor Labels, LearningTask Task, ProtectedColumns Protected)
    {
        public int Count => (int)Labels.shape[0];

        /// <summary>Some rows, their features standardised over others.</summary>
        public Dataset Take(long[] rows, long[] over)
        {
            var (own, all) = (tensor(rows, dtype: int64), Features.index_select(0, tensor(over, dtype: int64)));
            var labels = Labels.index_select(0, own);
            return new()
            {
                Features = (Features.index_select(0, own) - all.mean([0L])) / all.std(0L, unbiased: false).clamp_min(1e-6),
                Labels = Task == LearningTask.Binary ? labels.to_type(int64) : labels,
                Classes = Task == LearningTask.Binary ? 2 : 1,
                Protected = Protected.Take(own),
            };
        }
    }
}
