using System.Globalization;

namespace Retort.Tests;

/// <summary>Losses beside other people's implementations: the numbers and the script that made them lie in Golden.</summary>
[TestClass]
public sealed class LossGoldenTests
{
    public static IEnumerable<object[]> Lines => File.ReadLines(Repository.Path("tests", "Retort.Tests", "Golden", "losses.txt"))
        .Select(line => new object[] { line.Split(' ')[0], double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture) });

    private static Tensor Table(double scale, int columns) =>
        tensor([.. Enumerable.Range(0, 8 * columns).Select(k => scale * Math.Sin(1 + 1.3 * (k / columns) + 0.7 * (k % columns)))], 8, columns, dtype: float64);

    private static Tensor Row(Func<int, double> value) => tensor([.. Enumerable.Range(0, 8).Select(value)], dtype: float64);

    [TestMethod, DynamicData(nameof(Lines))]
    public void The_value_is_that_of_the_other_implementation(string name, double expected)
    {
        using var scope = NewDisposeScope();
        long[] classes = [.. Enumerable.Range(0, 8).Select(i => (long)((i * i + i / 2) % 3))];
        var (hard, two) = (Targets.Classes(classes), Targets.Classes([.. classes.Select(label => label == 1 ? 1L : 0)]));
        var (labels, amounts) = (Targets.Values(Row(i => 2 * Math.Cos(0.9 * i))), Targets.Values(Row(i => Math.Max(0, 3 * Math.Cos(1.1 * i)))));
        var weights = Row(i => 1 + i % 3);
        var (logits, pair) = (Table(3, 3), Table(3, 2));
        var outputs = Table(2, 3);
        Tensor One(Loss loss, Targets targets, Tensor? each) => loss.Value(outputs.narrow(1, 0, 1), targets, each);
        Tensor Sharp(AnyLossMetric metric) => new AnyLoss { Metric = metric, Sharpness = 150, StartSharpness = 150 }.Value(1e3 * pair, two, weights); // decisions as good as hard

        var actual = name switch
        {
            "cross-entropy" => new CrossEntropyLoss().Value(logits, hard, weights),
            "cross-entropy-smooth" => new CrossEntropyLoss { LabelSmoothing = 0.1 }.Value(logits, hard),
            "brier" => new BrierLoss().Value(pair, two, weights),
            "mw-judge" => new MannWhitneyLoss().Judge(new(pair), two, weights, StepContext.First()),
            "accuracy" => Sharp(AnyLossMetric.Accuracy),
            "f1" => Sharp(AnyLossMetric.F1),
            "f2" => Sharp(AnyLossMetric.F2),
            "f-half" => Sharp(AnyLossMetric.FHalf),
            "balanced-accuracy" => Sharp(AnyLossMetric.BalancedAccuracy),
            "huber" => One(new HuberLoss { Delta = 0.7 }, labels, null),
            "squared" => One(new SquaredLoss(), labels, null),
            "gaussian-nll" => new GaussianLoss().Value(outputs.narrow(1, 0, 2), labels),
            "poisson" => One(new PoissonLoss(), amounts, weights),
            "poisson-torch" => One(new PoissonLoss(), amounts, null),
            "pinball" => new PinballLoss { Levels = [0.1, 0.5, 0.8] }.Value(outputs, labels, weights),
            _ => One(new TweedieLoss { Power = double.Parse(name.Split('-')[1], CultureInfo.InvariantCulture) }, amounts, weights),
        };
        Assert.AreEqual(expected, actual.ToDouble(), 1e-9);
    }
}
