namespace Retort.Tests;

[TestClass]
public sealed class ConformalRuleTests
{
    private const int Seeds = 200, Learned = 150, Tested = 200;

    public static IEnumerable<object[]> Sets =>
    [
        [new ConformalSets()], [new ConformalSets { Score = SetScore.Adaptive }], [new ConformalSets { Score = SetScore.Adaptive, Randomized = false }], [new ConformalSets { Coverage = 0.7 }],
    ];

    private static (double[] Probabilities, int[] Labels) Rows(int count, ulong seed)
    {
        var scores = Scores.Overconfident(count, 5, seed);
        var probabilities = (double[])scores.Logits.Clone();
        for (var row = 0; row < count; row++)
            Logits.Softmax(probabilities.AsSpan(row * 5, 5));
        return (probabilities, scores.Labels);
    }

    [TestMethod, DynamicData(nameof(Sets))]
    public void Sets_hold_the_true_class_as_often_as_promised(ConformalSets settings)
    {
        var (held, size) = (0.0, 0.0);
        var isIn = new bool[5];
        for (var seed = 1UL; seed <= Seeds; seed++)
        {
            var (learn, labels) = Rows(Learned, seed);
            var predictor = settings.Fit(learn, 5, labels);
            var (test, truth) = Rows(Tested, 1000 + seed);
            for (var row = 0; row < Tested; row++)
            {
                size += predictor.Predict(test.AsSpan(row * 5, 5), isIn);
                held += isIn[truth[row]] ? 1 : 0;
            }
        }

        // deviation of a seed's coverage: sqrt(0.09 / 150 + 0.09 / 200) = 0.03, over 200 seeds 0.0023
        var coverage = held / Seeds / Tested;
        Assert.IsTrue(coverage >= settings.Coverage - 0.008, $"{coverage}");
        Assert.IsTrue(coverage <= settings.Coverage + (settings.Randomized || settings.Score == SetScore.LeastAmbiguous ? 0.015 : 0.1), $"{coverage}");
        Assert.IsTrue(size / Seeds / Tested < 5);
    }

    [TestMethod]
    public void Intervals_hold_the_true_value_as_often_as_promised()
    {
        var (around, between) = (0.0, 0.0);
        for (var seed = 1UL; seed <= Seeds; seed++)
        {
            var random = new Generator(seed);
            double[] x = [.. Enumerable.Range(0, Learned + Tested).Select(_ => random.Uniform())], y = [.. x.Select(own => own + own * random.Normal())];
            var residual = new ConformalIntervals().Fit(x[..Learned], y[..Learned]);
            var quantile = new ConformalIntervals { Coverage = 0.8 }.Fit([.. x[..Learned].Select(own => 0.5 * own)], [.. x[..Learned].Select(own => 1.5 * own)], y[..Learned]);
            for (var row = Learned; row < x.Length; row++)
            {
                var (low, high) = residual.Predict(x[row]);
                around += low <= y[row] && y[row] <= high ? 1 : 0;
                (low, high) = quantile.Predict(0.5 * x[row], 1.5 * x[row]);
                between += low <= y[row] && y[row] <= high ? 1 : 0;
            }
        }

        Assert.AreEqual(0.9, around / Seeds / Tested, 0.012);
        Assert.AreEqual(0.8, between / Seeds / Tested, 0.015);
    }

    [TestMethod]
    public void The_margin_is_the_smallest_score_of_sufficient_rank()
    {
        double[] truth = [1, 2, 3, 4, 5, 6, 7, 8, 9], predictions = new double[9];
        Assert.AreEqual(9, new ConformalIntervals().Fit(predictions, truth).Margin); // ceil(10 * 0.9) = 9 of 9
        Assert.AreEqual(5, new ConformalIntervals { Coverage = 0.5 }.Fit(predictions, truth).Margin);
        Assert.AreEqual(double.PositiveInfinity, new ConformalIntervals { Coverage = 0.95 }.Fit(predictions, truth).Margin);
        Assert.AreEqual((1.5, 1.5), new ConformalIntervals { Coverage = 0.5 }.Fit([0, 0, 0], [5, 5, 5], [2.5, 2.5, 2.5]).Predict(1, 2)); // a margin of -2.5
    }

    [TestMethod]
    public void Too_few_rows_give_every_class()
    {
        var isIn = new bool[2];
        Assert.AreEqual(2, new ConformalSets().Fit([0.9, 0.1], 2, [0]).Predict([1, 0], isIn));
    }

    [TestMethod]
    public void What_is_written_is_read()
    {
        var (probabilities, labels) = Rows(50, 1);
        var memory = new MemoryStream();
        var sets = new ConformalSets { Score = SetScore.Adaptive, Seed = 5 }.Fit(probabilities, 5, labels);
        var intervals = new ConformalIntervals { Coverage = 0.5 }.Fit(probabilities[..50], probabilities[50..100]);
        sets.Write(new BinaryWriter(memory));
        intervals.Write(new BinaryWriter(memory));
        memory.Position = 0;
        var read = SetPredictor.Read(new BinaryReader(memory));
        Assert.AreEqual((sets.Settings, sets.Classes, sets.Threshold), (read.Settings, read.Classes, read.Threshold));
        Assert.AreEqual(intervals.Margin, IntervalPredictor.Read(new BinaryReader(memory)).Margin);
    }
}
