using System.Globalization;

namespace Retort.Tests;

/// <summary>Every optimizer beside the published algorithm: the numbers and the script that made them lie in Golden.</summary>
[TestClass]
public sealed class OptimizerGoldenTests
{
    private const double Rate = 0.05;

    private static readonly Dictionary<string, Optimizer> Rules = new()
    {
        ["sgd"] = new Sgd { LearningRate = Rate, WeightDecay = 0 },
        ["sgd-plain"] = new Sgd { LearningRate = Rate, WeightDecay = 0, Nesterov = false },
        ["adamw"] = new AdamW { LearningRate = Rate, WeightDecay = 0.1 },
        ["muon"] = new Muon { LearningRate = Rate, WeightDecay = 0, Others = new() { LearningRate = 0.002, Beta2 = 0.95, WeightDecay = 0.1 } },
        ["normuon"] = new NorMuon { LearningRate = Rate, WeightDecay = 0, Others = new() { LearningRate = 0.002, Beta2 = 0.95, WeightDecay = 0.1 } },
        ["stable-spam"] = new StableSpam { LearningRate = Rate, WeightDecay = 0.1, ResetInterval = 5 },
        ["adamp"] = new AdamP { LearningRate = Rate, WeightDecay = 0.1 },
    };

    public static IEnumerable<object[]> Lines => File.ReadLines(Repository.Path("tests", "Retort.Tests", "Golden", "optimizers.txt")).Select(line => new object[] { line.Split(' ')[0], line.Split(' ')[1], line });

    private static ParameterLayout Layout(string problem)
    {
        var layout = new ParameterLayout();
        var isSmall = problem == "small";
        layout.Add(ParameterRole.Weights, isSmall ? [3, 4] : [19, 9]);
        layout.Add(ParameterRole.Biases, isSmall ? [3] : [17]);
        layout.Add(ParameterRole.Table, isSmall ? [2, 2] : [2, 8]);
        layout.Add(ParameterRole.Head, isSmall ? [2, 3] : [3, 33]);
        return layout;
    }

    private static float[] Gradients(ParameterLayout layout, float[] p, int t)
    {
        double[] g = [.. p.Select((x, i) => x / 2.0 + Math.Cos(1.3 * i + 0.7 * t))];
        g[5] *= t == 4 ? 20 : 1;

        var table = layout.Slots[2];
        var width = (int)table.Shape[1];
        double Square(int row) => Enumerable.Range(0, width).Sum(i => Math.Pow(p[table.Offset + row * width + i], 2));
        for (var i = 0; i < width; i++)
            (g[table.Offset + i], g[table.Offset + width + i]) = (p[table.Offset + i], -p[table.Offset + width + i] * Square(0) / Square(1));

        var head = layout.Slots[3];
        for (var start = head.Offset; start < layout.Count; start += (int)head.Shape[1])
        {
            var row = Enumerable.Range(start, (int)head.Shape[1]);
            var share = row.Sum(i => g[i] * p[i]) / row.Sum(i => (double)p[i] * p[i]);
            foreach (var i in row)
                g[i] -= share * p[i];
        }

        return [.. g.Select(x => (float)x)];
    }

    [TestMethod, DynamicData(nameof(Lines))]
    public void Eight_steps_agree_with_the_source(string problem, string rule, string line)
    {
        using var scope = NewDisposeScope();
        double[] expected = [.. line.Split(' ')[2..].Select(x => double.Parse(x, CultureInfo.InvariantCulture))];
        var layout = Layout(problem);
        var stepper = Rules[rule].Start(layout);
        float[] p = [.. expected.Select((_, i) => (float)Math.Sin(i + 1.0))];
        for (var t = 1; t <= 8; t++)
            stepper.Step(p, Gradients(layout, p, t), Rate);
        for (var i = 0; i < p.Length; i++)
            Assert.AreEqual(expected[i], p[i], rule.EndsWith("muon") ? 5e-5 : 1e-5, $"weight {i}");
    }

    [TestMethod]
    public void Every_optimizer_has_golden_numbers() => CollectionAssert.IsSubsetOf(
        Methods.OfKind(typeof(Optimizer)).Select(method => method.Id).ToArray(), Lines.Select(line => line[1]).ToArray());
}
