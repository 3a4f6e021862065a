using System.Globalization;

namespace Retort.Tests;

/// <summary>Distillations that compare hidden blocks or moved rows, beside computations of their formulas in NumPy: the numbers and the script that made them lie in Golden.</summary>
[TestClass]
public sealed class FeatureDistillationGoldenTests
{
    private static readonly Dictionary<string, double> Golden = File.ReadLines(Repository.Path("tests", "Retort.Tests", "Golden", "feature-distillations.txt"))
        .Select(line => line.Split(' ')).ToDictionary(words => words[0], words => double.Parse(words[1], CultureInfo.InvariantCulture));

    public static IEnumerable<object[]> Names => Golden.Keys.Select(name => new object[] { name });

    private static Tensor Table(int width, Func<int, int, double> value) => tensor([.. Enumerable.Range(0, 8 * width).Select(k => value(k / width, k % width))], 8, width, dtype: float64);

    private static Tensor Student => Table(4, (i, j) => 3 * Math.Sin(1 + 1.3 * i + 0.7 * j));

    [TestMethod, DynamicData(nameof(Names))]
    public void The_value_is_that_of_the_script(string name)
    {
        using var scope = NewDisposeScope();
        using var state = new PartState();
        Distillation kd = name switch
        {
            "fitnet" => new HiddenRegression(),
            "fitnet-other" => new HiddenRegression { HiddenWeight = 3, SoftTargetWeight = 0.5, Temperature = 3 },
            "rkd" => new RelationalDistillation(),
            "rkd-distances" => new RelationalDistillation { DistanceWeight = 1, AngleWeight = 0 },
            "rkd-alike" => new RelationalDistillation { DistanceWeight = 1, AngleWeight = 2 },
            "rkd-three" => new RelationalDistillation { AngleRows = 3 },
            "nd" or "nd-longer" => new NormDirection { WarmupEpochs = 0 },
            "nd-epoch-5" => new NormDirection(),
            "trg" => new TokenGraph(),
            "trg-inner" => new TokenGraph { LocalWeight = 0, GlobalWeight = 0 },
            "trg-local" => new TokenGraph { InnerWeight = 0, GlobalWeight = 0 },
            "trg-other" => new TokenGraph { Tokens = 3, Nearest = 0.4, Sigma = 1.3, InnerWeight = 5, LocalWeight = 3, GlobalWeight = 2 },
            "mtard" => new MultiTeacherAdversarial(),
            "mtard-balanced" => new MultiTeacherAdversarial { BalanceRate = 0.2, BalancePower = 2, Temperature = 3 },
            "hard" => new HardRows(),
            _ => new HardRows { MovedWeight = 0.8, Temperature = 4 },
        };
        var (own, taught) = (Table(5, (i, j) => Math.Sin(0.3 + 0.8 * i + 1.7 * j)), Table(7, (i, j) => 2 * Math.Cos(0.2 + 1.1 * i - 0.6 * j) + 0.1 * j));
        var head = Table(7, (i, j) => (name == "nd-longer" ? 5 : 0.5) * Math.Sin(0.9 * i - 0.4 * j));
        if (name == "rkd-alike")
            foreach (var hidden in (Tensor[])[own, taught])
                hidden[5] = hidden[2];
        var targets = Targets.Classes([.. Enumerable.Range(0, 8).Select(i => (long)((i * i + i / 2) % 4))]);
        var weights = tensor([.. Enumerable.Range(0, 8).Select(i => 1.0 + i % 3)]);
        var scores = Table(4, (i, j) => 2 * Math.Cos(0.5 + 0.9 * i - 1.1 * j)).softmax(1);
        var moved = new TeacherOutput(Table(4, (i, j) => 1.5 * Math.Sin(0.4 + i - j)).softmax(1));
        var teacher = new TeacherOutput(scores) { Hidden = taught, Each = kd.NeedsEachTeacher ? [new(scores), new(ones_like(scores) / 4)] : [], Moved = moved };
        kd.Begin(state, new(targets, teacher) { Weights = weights, Outputs = 4 });
        var step = StepContext.First() with { Epoch = 5, Progress = 0.5, State = state };
        if (name == "trg")
            step = step with { Progress = 0 };

        for (var n = 0; n < (name == "mtard-balanced" ? 3 : 0); n++)
            Value(n);
        Assert.AreEqual(Golden[name], Value(name == "mtard-balanced" ? 3 : 0).ToDouble(), name == "mtard-balanced" || name.StartsWith("fitnet", StringComparison.Ordinal) ? 1e-6 : 1e-9); // the balance is kept in single precision

        Tensor Value(int n)
        {
            var away = new StudentOutput((Student + Table(4, (i, j) => 0.5 * Math.Cos(i + 2 * j))) * (1 + 0.1 * n));
            return kd.Value(new(Student * (1 - 0.2 * n)) { Hidden = own, Heads = [head], Moved = away }, teacher, targets, weights, step);
        }
    }
}
