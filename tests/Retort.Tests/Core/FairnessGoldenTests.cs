using System.Globalization;

namespace Retort.Tests;

/// <summary>Measures of fairness beside computations of the definitions in NumPy and SciPy: the numbers and the script that made them lie in Golden.</summary>
[TestClass]
public sealed class FairnessGoldenTests
{
    private const int Rows = 240;

    private static readonly Dictionary<string, double> Golden = File.ReadLines(Repository.Path("tests", "Retort.Tests", "Golden", "fairness.txt"))
        .Select(line => line.Split(' '))
        .ToDictionary(words => words[0], words => double.Parse(words[1], CultureInfo.InvariantCulture));

    private static readonly FairnessSettings s_settings = new() { MinimumCount = 11, Bootstrap = 0, Permutations = 0 };

    private static double[] Each(Func<int, double> value) => [.. Enumerable.Range(0, Rows).Select(value)];

    private static int[] Whole(Func<int, int> value) => [.. Enumerable.Range(0, Rows).Select(value)];

    internal static GroupColumn Three => new("three", ["0", "1", "2"], Whole(i => i % 3));

    internal static GroupColumn Two => new("two", ["0", "1"], Whole(i => i * i / 7 % 2));

    internal static GroupColumn Number => GroupColumn.OfNumbers("number", Each(i => Math.Round(3 * Math.Sin(1.3 * i + 1) + i % 5, 1)), 4);

    internal static double[] Weights => Each(i => 1 + i % 4);

    internal static FairnessRows Binary(double[]? weights) => FairnessRows.Binary(
        Each(i => Math.Round(1 / (1 + Math.Exp(-2 * Math.Sin(1.3 * i) - 0.5 * (i % 3))), 2)), Whole(i => 0.5 + 0.4 * Math.Sin(1.3 * i + 0.7) + 0.1 * Math.Cos(5 * i) > 0.55 ? 1 : 0), weights: weights);

    internal static FairnessRows Multiclass(double[]? weights)
    {
        double Logit(int i, int j) => 2 * Math.Cos(0.5 + 0.9 * i - 1.1 * j) + (i % 3 == j ? 1 : 0);
        var probabilities = new double[3 * Rows];
        for (var i = 0; i < probabilities.Length; i++)
            probabilities[i] = Logit(i / 3, i % 3);
        for (var i = 0; i < Rows; i++)
            Logits.Softmax(probabilities.AsSpan(3 * i, 3), 1);
        return FairnessRows.Multiclass(probabilities, Whole(i => Enumerable.Range(0, 3).MaxBy(j => Logit(i, j) + 0.8 * Math.Sin(3 * i + 2 * j))), ["0", "1", "2"], weights: weights);
    }

    internal static FairnessRows Regression(double[]? weights) =>
        FairnessRows.Regression(Each(i => Math.Round(2 * Math.Sin(1.3 * i) + i % 3, 1)), Each(i => 2 * Math.Sin(1.3 * i + 0.4) + 0.7 * (i % 3)), weights);

    [TestMethod]
    [DataRow("binary")]
    [DataRow("multiclass")]
    [DataRow("regression")]
    [DataRow("weighted-binary")]
    [DataRow("weighted-multiclass")]
    [DataRow("weighted-regression")]
    public void Every_number_is_that_of_the_script(string task)
    {
        var weights = task.StartsWith("weighted", StringComparison.Ordinal) ? Weights : null;
        var rows = task.EndsWith("binary", StringComparison.Ordinal) ? Binary(weights) : task.EndsWith("multiclass", StringComparison.Ordinal) ? Multiclass(weights) : Regression(weights);
        var metrics = FairnessMetrics.Of(rows, [Three, Two, Number], s_settings);
        var seen = 0;
        foreach (var (name, expected) in Golden.Where(line => line.Key.StartsWith(task + ".", StringComparison.Ordinal)))
        {
            Assert.AreEqual(expected, Value(metrics, name.Split('.')), 1e-12, name);
            seen++;
        }

        Assert.IsTrue(seen > 10);
    }

    private static double Value(FairnessMetrics metrics, string[] words)
    {
        if (words[1] == "spread")
            return metrics.ScoreSpread.Value;
        var view = words[1] == "cells" ? metrics.Intersection! : metrics[words[1]];
        switch (words[2])
        {
            case "jsd": return view.Divergence.Value.Value;
            case "large": return view.Groups.Count - view.SmallGroups;
            case "dcov": return view.Dependence.Covariance;
            case "dcor": return view.Dependence.Correlation;
            case "udcov": return view.Dependence.UnbiasedCovariance;
        }

        if (words[2].StartsWith("group", StringComparison.Ordinal))
        {
            var group = view.Groups.Where(group => !group.IsSmall).ElementAt(int.Parse(words[2][5..], CultureInfo.InvariantCulture));
            return (words[3] switch
            {
                "base" => group.BaseRate,
                "selected" => group.SelectionRate,
                "tpr" => group.TruePositiveRate,
                "fpr" => group.FalsePositiveRate,
                "precision" => group.Precision,
                "mean" => metrics.Task == LearningTask.Regression ? group.MeanPrediction : group.MeanScore,
                "error" => group.ErrorRate,
                "loss" => group.LogLoss,
                "label" => group.MeanLabel,
                "rmse" => group.RootMeanSquaredError,
                "mae" => group.MeanAbsoluteError,
                _ => group.Bias,
            }).Value;
        }

        if (words.Length > 3 && words[3].StartsWith("class", StringComparison.Ordinal))
            return view.ClassGaps.Single(gap => gap.Name == words[2] && gap.Class == words[3][5..]).Difference.Value;
        var gap = view.Gaps.Single(gap => gap.Name == words[2]);
        return (words.Length > 3 ? gap.Ratio : gap.Difference).Value;
    }
}
