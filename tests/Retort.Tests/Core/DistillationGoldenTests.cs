using System.Globalization;

namespace Retort.Tests;

/// <summary>Distillations beside computations of the papers' formulas in NumPy: the numbers and the script that made them lie in Golden.</summary>
[TestClass]
public sealed class DistillationGoldenTests
{
    private static readonly Dictionary<string, double[]> Golden = File.ReadLines(Repository.Path("tests", "Retort.Tests", "Golden", "distillations.txt"))
        .Select(line => line.Split(' '))
        .ToDictionary(words => words[0], words => words[1..].Select(word => double.Parse(word, CultureInfo.InvariantCulture)).ToArray());

    public static IEnumerable<object[]> Names => Golden.Keys.Where(name => name is not ("mixing-weight" or "labels" or "from-labels" or "from-teacher")).Select(name => new object[] { name });

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
            _ => new GroundTruthTargets(),
        };
        var columns = name.EndsWith("-two", StringComparison.Ordinal) ? 2 : name == "ground-truth-values" ? 1 : 4;
        var student = Table((i, j) => 3 * Math.Sin(1 + 1.3 * i + 0.7 * j)).narrow(1, 0, columns);
        var teacher = Table((i, j) => 2 * Math.Cos(0.5 + 0.9 * i - 1.1 * j)).narrow(1, 0, columns);
        var targets = columns == 1 ? Targets.Values(Row(i => 2 * Math.Cos(0.9 * i)))
            : Targets.Classes([.. Enumerable.Range(0, 8).Select(i => (long)((i * i + i / 2) % 4 % columns))]);
        var step = StepContext.First() with { Epoch = 5 };
        var value = kd.Value(new(student), new(columns == 1 ? teacher : teacher.softmax(1)), targets, Row(i => 1 + i % 3), step).ToDouble();
        Assert.AreEqual(Golden[name][0], value, 1e-9);
    }

    [TestMethod]
    public void The_mixing_weight_is_the_best_on_held_out_rows() // of 100001 that were tried
    {
        Tensor Read(string name) => tensor(Golden[name], dtype: float64).unsqueeze(1);
        Assert.AreEqual(Golden["mixing-weight"][0], GroundTruthTargets.MixingWeight(Read("labels"), Read("from-labels"), Read("from-teacher")), 1.01e-5);
    }
}
