using System.Globalization;

namespace Retort.Tests;

/// <summary>Mergings beside computations of the papers' formulas in NumPy: the numbers and the script that made them lie in Golden.</summary>
[TestClass]
public sealed class MergingGoldenTests
{
    private static readonly Dictionary<string, double[]> Golden = File.ReadLines(Repository.Path("tests", "Retort.Tests", "Golden", "merging.txt"))
        .Select(line => line.Split(' '))
        .ToDictionary(words => words[0], words => words[1..].Select(word => double.Parse(word, CultureInfo.InvariantCulture)).ToArray());

    public static IEnumerable<object[]> Names => Golden.Keys.Where(name => name != "information").Select(name => new object[] { name });

    private static readonly Mlp Small = new() { Layers = 1, Width = 3, Activation = Activation.Tanh, ScalesFeatures = false };

    private static FittedNetwork Network(Func<int, double> weight, string origin = "") =>
        new(LearningTask.Multiclass, Small, new(2, [], 3), [.. Enumerable.Range(0, 21).Select(i => (float)weight(i))]) { Origin = origin };

    private static FittedNetwork Start { get; } = Network(i => 0.8 * Math.Sin(0.7 * i + 0.2));

    private static FittedNetwork Model(int k) => Network(i => Math.Sin(0.7 * i + 1.3 * k), Start.Fingerprint);

    private static Dataset Rows() => new()
    {
        Features = stack([(arange(7, dtype: float32) + 1).cos(), (arange(7, dtype: float32) * 2).sin()], 1).contiguous(),
        Classes = 3,
    };

    [TestMethod, DynamicData(nameof(Names))]
    public void The_weights_are_those_of_the_script(string name)
    {
        using var scope = NewDisposeScope();
        Merging merging = name switch
        {
            "uniform" => new UniformMerging(),
            "slerp" => new SlerpMerging(),
            "slerp-0.3" => new SlerpMerging { Position = 0.3 },
            "wise-ft" => new WiseFtMerging { Share = 0.75 },
            "task-arithmetic" => new TaskArithmeticMerging(),
            "duet" => new DuetMerging { Factors = [0.5, -0.25, 0.75] },
            "ties" => new TiesMerging(),
            "ties-other" => new TiesMerging { Density = 0.6, Factor = 1.5 },
            "pcb" => new PcbMerging(),
            "pcb-other" => new PcbMerging { Ratio = 0.4, Factor = 1.2 },
            "fisher" => new FisherMerging(),
            "fisher-floor" => new FisherMerging { Floor = 0.1 },
            "regmean" => new RegMeanMerging(),
            _ => new RegMeanMerging { Shrinkage = 1 },
        };
        var models = Enumerable.Range(0, merging.MostModels == 2 ? 2 : 3).Select(Model).ToArray();
        var merged = NetworkMerge.Of(models, merging, merging.NeedsStart ? Start : null, [Rows()]);
        AssertNear(Golden[name], merged.Parameters, merging is RegMeanMerging ? 2e-4 : 2e-6); // the ridge; products in float32
    }

    [TestMethod]
    public void Information_is_that_of_the_script()
    {
        using var scope = NewDisposeScope();
        AssertNear(Golden["information"], [.. NetworkInformation.Of(Model(0), Model(0).Parameters, Rows(), 100).Select(number => (float)number)], 1e-6);
    }

    private static void AssertNear(double[] expected, float[] actual, double tolerance)
    {
        for (var i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], actual[i], tolerance, $"weight {i}");
    }
}
