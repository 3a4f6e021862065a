using System.Globalization;

namespace Retort.Tests;

/// <summary>Distillations beside computations of the papers' formulas in NumPy: the numbers and the script that made them lie in Golden.</summary>
[TestClass]
public sealed class DistillationGoldenTests
{
    private static readonly Dictionary<string, double[]> Golden = File.ReadLines(Repository.Path("tests", "Retort.Tests", "Golden", "distillations.txt"))
        .Select(line => line.Split(' '))
        .ToDictionary(words => words[0], words => words[1..].Select(word => double.Parse(word, CultureInfo.InvariantCulture)).ToArray());

    public static IEnumerable<object[]> Names => Golden.Keys.Where(name => name is not ("mixing-weight" or "dho-choice" or "labels" or "from-labels" or "from-teacher")).Select(name => new object[] { name });

    private static Tensor Table(Func<int, int, double> value) =>
        tensor([.. Enumerable.Range(0, 32).Select(k => value(k / 4, k % 4))], 8, 4, dtype: float64);

    private static Tensor Row(Func<int, double> value) => tensor([.. Enumerable.Range(0, 8).Select(value)], dtype: float64);

    [TestMethod, DynamicData(nameof(Names))]
    public void The_value_is_that_of_the_script(string name)
    {
        using var scope = NewDisposeScope();
        Distillation kd = name switch
        {
            "kd" => new SoftTargets(),
            "dkd" or "dkd-two" => new DecoupledTarget { WarmupEpochs = 0 },
            "dkd-other" => new DecoupledTarget { Alpha = 0.5, Beta = 2, Temperature = 1.5, WarmupEpochs = 0 },
            "dkd-epoch-5" => new DecoupledTarget(),
            "forward" => new FDivergence { Form = DivergenceForm.ForwardKL },
            "reverse" => new FDivergence { Form = DivergenceForm.ReverseKL },
            "jensen-shannon" => new FDivergence { Temperature = 1 },
            "jensen-shannon-2" => new FDivergence(),
            "total-variation" => new FDivergence { Form = DivergenceForm.TotalVariation, Temperature = 1 },
            "total-variation-2" => new FDivergence { Form = DivergenceForm.TotalVariation },
            "alpha-0.5" => new FDivergence { Form = DivergenceForm.Alpha, Temperature = 1 },
            "alpha-0.3" => new FDivergence { Form = DivergenceForm.Alpha, Alpha = 0.3, Temperature = 1 },
            "logit-standard" => new LogitStandardization(),
            "sinkd" => new SinkhornDistance(),
            "sinkd-logarithms" => new SinkhornDistance { Epsilon = 0.04 },
            "sinkd-other" => new SinkhornDistance { Epsilon = 0.5, Iterations = 3, Temperature = 1 },
            "pld" or "pld-two" => new PlackettLuce(),
            "pld-4" => new PlackettLuce { TeacherTemperature = 4 },
            "bd-kd" => new BalancedDivergence(),
            "bd-kd-other" => new BalancedDivergence { Sharpness = -3, Temperature = 1 },
            "nkd" or "nkd-two" => new NormalizedTargets(),
            "nkd-other" => new NormalizedTargets { Gamma = 3.5, Temperature = 3 },
            "uskd" => new CustomizedTargets(),
            "uskd-other" => new CustomizedTargets { TargetWeight = 0.7, OtherWeight = 2, WeakWeight = 0.3 },
            "ofa-kd" => new TargetEnhanced(),
            "ofa-kd-plain" => new TargetEnhanced { Epsilon = 1, BranchWeight = 0 },
            "ofa-kd-two" => new TargetEnhanced { Epsilon = 1.2, BranchWeight = 0 },
            "ofa-kd-values" => new TargetEnhanced { BranchWeight = 0.5 },
            "dhkd" or "dhkd-values" => new DualHeadTargets(),
            "dhkd-other" => new DualHeadTargets { Temperature = 0.7 },
            "dho" => new DualHeadOptimization(),
            "ps-kd" => new ProgressiveTargets(),
            "mdcs" => new DiverseExperts(),
            "kd3" => new AgreementSelection(),
            "muscle" or "muscle-values" => new BackwardCompatible(),
            "wa" => new WeightAligning(),
            _ => new GroundTruthTargets(),
        };
        var columns = name.EndsWith("-two", StringComparison.Ordinal) ? 2 : name.EndsWith("-values", StringComparison.Ordinal) ? 1 : 4;
        var student = Student(columns);
        var targets = columns == 1 ? Targets.Values(Row(i => 2 * Math.Cos(0.9 * i)))
            : Targets.Classes([.. Enumerable.Range(0, 8).Select(i => (long)((i * i + i / 2) % 4 % columns))]);
        var teacher = Said(name == "wa" ? Logits(2, 0.5, 0.9, -1.1, Math.Cos, 3) : Logits(2, 0.5, 0.9, -1.1, Math.Cos, columns));
        teacher = name == "wa" ? cat([teacher, zeros(8, 1)], 1) : teacher;

        using var state = new PartState();
        var step = StepContext.First() with { Epoch = 5, State = state, Rows = arange(8, dtype: int64) };
        var weights = Row(i => 1 + i % 3);
        kd.Begin(state, new(targets, new(teacher)) { Weights = weights, Outputs = columns });
        if (kd is ProgressiveTargets)
            kd.Value(new(0.5 * student), new(teacher), targets, weights, step);
        var sets = new[] { student, Other(0, columns), Other(1, columns) }[..kd.Sets];
        var all = new StudentOutput(student)
        {
            Heads = kd is TargetEnhanced { BranchWeight: > 0 } ? [Other(0, columns), Other(1, columns)] : kd.NeedsHidden ? [Other(0, columns)] : [],
            Sets = sets,
            Moved = new(0.9 * student) { Sets = [.. sets.Select(set => 0.9 * set)] },
        };
        TeacherOutput[] both = [new(teacher), new(Said(Logits(2, 0.3, 1.7, 0.6, Math.Sin, columns)))];
        var value = kd.Value(all, new(teacher) { Each = kd.NeedsEachTeacher ? both : [] }, targets, weights, step with { Progress = 1.0 / 3 }).ToDouble();
        Assert.AreEqual(Golden[name][0], value, kd is ProgressiveTargets ? 1e-7 : 1e-9); // its table has single precision

        Tensor Said(Tensor logits) => columns == 1 ? logits : logits.softmax(1);
    }

    private static Tensor Logits(double size, double start, double ofRow, double ofClass, Func<double, double> wave, int columns) =>
        Table((i, j) => size * wave(start + ofRow * i + ofClass * j)).narrow(1, 0, columns);

    private static Tensor Student(int columns) => Logits(3, 1, 1.3, 0.7, Math.Sin, columns);

    private static Tensor Other(int k, int columns) => Logits(2.5, 0.4 + k, 0.8, -0.5, Math.Sin, columns);

    [TestMethod]
    public void The_choice_of_dho_is_the_best_of_all() // share, temperature and log-loss
    {
        var right = Targets.Classes(Logits(2, 0.5, 0.9, -1.1, Math.Cos, 4).argmax(1));
        var (share, temperature) = new DualHeadOptimization().Choose([Student(4), Other(0, 4)], right, Row(i => 1 + i % 3));
        Assert.AreEqual(Golden["dho-choice"][0], share, 1e-12);
        Assert.AreEqual(Golden["dho-choice"][1], temperature, 1e-12);
    }

    [TestMethod]
    public void The_mixing_weight_is_the_best_on_held_out_rows() // of 100001 that were tried
    {
        Tensor Read(string name) => tensor(Golden[name], dtype: float64).unsqueeze(1);
        Assert.AreEqual(Golden["mixing-weight"][0], GroundTruthTargets.MixingWeight(Read("labels"), Read("from-labels"), Read("from-teacher")), 1.01e-5);
    }
}
