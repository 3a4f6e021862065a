// ./bench [name] [arguments]: runs a benchmark and prints a line a figure.
using System.Globalization;
using Retort.Bench;

var benchmarks = new Dictionary<string, Action<string[]>>
{
    ["score"] = _ => ScoreBench.Run(),
    ["load"] = _ => LoadBench.Run(),
    ["memory"] = _ => MemoryBench.Run(),
    ["kill"] = rest => KillBench.Run(rest.Length > 0 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : 20),
    ["large"] = rest => LargeBench.Run(rest.Length > 0 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : 1_000_000),
    ["train"] = TrainBench.Run,
    ["quality"] = QualityBench.Run,
    ["calibrate"] = CalibrateBench.Run,
    ["optimizers"] = OptimizersBench.Run,
    ["losses"] = LossesBench.Run,
    ["reliability"] = ReliabilityBench.Run,
    ["dcov"] = DcovBench.Run,
    ["penalties"] = PenaltiesBench.Run,
    ["fairness"] = FairnessBench.Run,
    ["distill"] = DistillBench.Run,
    ["distill-cost"] = DistillCostBench.Run,
    ["distill-labels"] = DistillLabelsBench.Run,
    ["depth"] = DepthBench.Run,
    ["soup"] = SoupBench.Run,
    ["merge"] = MergeBench.Run,
    ["pairing"] = PairingBench.Run,
    ["mix"] = MixBench.Run,
    ["mix-cost"] = MixCostBench.Run,
    ["mix-view"] = MixViewBench.Run,
    ["sweep"] = SweepBench.Run,
    ["sweep-soup"] = SweepSoupBench.Run,
    ["sweep-kill"] = SweepKillBench.Run,
    ["sweep-front"] = SweepFrontBench.Run,
    ["options"] = NetworkOptionsBench.Run,
    ["rs2"] = SubsetBench.Run,
    ["pbt"] = PopulationBench.Run,
    ["autolrs"] = AutoLrsBench.Run,
    ["onnx"] = OnnxBench.Run,
    ["serve"] = ServeBench.Run,
};
if (args.Length == 0 || !benchmarks.TryGetValue(args[0], out var run))
{
    Console.Error.WriteLine($"The benchmark must be one of {string.Join(", ", benchmarks.Keys)}, but is '{string.Join(' ', args)}'.");
    return 2;
}

try
{
    run(args[1..]);
    return 0;
}
catch (InvalidOperationException refusal)
{
    Console.Error.WriteLine(refusal.Message);
    return 1;
}
