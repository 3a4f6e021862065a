// ./bench [name]: runs a benchmark and prints a line a figure.
using System.Globalization;
using Retort.Bench;

var benchmarks = new Dictionary<string, Action>
{
    ["score"] = ScoreBench.Run,
    ["load"] = LoadBench.Run,
    ["memory"] = MemoryBench.Run,
    ["large"] = () => LargeBench.Run(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1_000_000),
};
if (args.Length is not (1 or 2) || !benchmarks.TryGetValue(args[0], out var run))
{
    Console.Error.WriteLine($"The benchmark must be one of {string.Join(", ", benchmarks.Keys)}, but is '{string.Join(' ', args)}'.");
    return 2;
}

run();
return 0;
