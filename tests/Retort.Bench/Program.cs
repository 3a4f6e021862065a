// ./bench [name]: runs a benchmark and prints a line a figure.
using Retort.Bench;

var benchmarks = new Dictionary<string, Action> { ["score"] = ScoreBench.Run, ["load"] = LoadBench.Run, ["memory"] = MemoryBench.Run };
if (args.Length != 1 || !benchmarks.TryGetValue(args[0], out var run))
{
    Console.Error.WriteLine($"The benchmark must be one of {string.Join(", ", benchmarks.Keys)}, but is '{string.Join(' ', args)}'.");
    return 2;
}

run();
return 0;
