namespace Retort.Tests;

[TestClass]
public sealed class GradientMeterTests
{
    [TestMethod]
    public void Long_gradients_are_shortened_and_short_ones_are_not() // 3, 4 has the norm 5
    {
        var meter = new GradientMeter(clipNorm: 1, CPU);
        float[] tooLong = [3, 4], short_ = [0.3f, 0.4f];
        meter.Measure(tooLong);
        meter.Measure(short_);
        Assert.AreEqual(0.6f, tooLong[0], 1e-6f);
        Assert.AreEqual(0.8f, tooLong[1], 1e-6f);
        CollectionAssert.AreEqual(new[] { 0.3f, 0.4f }, short_);
        var (norm, sum) = meter.Means();
        Assert.AreEqual((5 + 0.5) / 2, norm, 1e-6);
        Assert.AreEqual((7 + 0.7) / 2, sum, 1e-6);
    }

    [TestMethod]
    public void A_device_measures_and_shortens_alike()
    {
        using var scope = NewDisposeScope();
        var meter = new GradientMeter(clipNorm: 1, CPU);
        Tensor tooLong = tensor(new[] { 3f, 4f }), shorter = tensor(new[] { 0.3f, 0.4f }), none = zeros(2, dtype: float32);
        foreach (var gradients in new[] { tooLong, shorter, none })
            meter.MeasureThere(gradients);
        Assert.AreEqual(0.8f, tooLong[1].ToSingle(), 1e-6f);
        Assert.AreEqual(0.4f, shorter[1].ToSingle());
        Assert.AreEqual(0f, none[1].ToSingle());
        Assert.AreEqual((5 + 0.5) / 3, meter.Means().Norm, 1e-6);
    }

    [TestMethod]
    public void Without_a_limit_nothing_is_shortened()
    {
        float[] gradients = [3e20f, 4e20f];
        var meter = new GradientMeter(clipNorm: 0, CPU);
        meter.Measure(gradients);
        CollectionAssert.AreEqual(new[] { 3e20f, 4e20f }, gradients);
        Assert.AreEqual(5e20, meter.Means().Norm, 1e14); // a square is 1e41: beyond float
    }

    [TestMethod]
    public void Norms_agree_with_double_at_every_length_and_size()
    {
        foreach (var length in new[] { 1, 7, 8, 9, 33, 4095, 4096, 4097, 10_000 })
            foreach (var size in new[] { 1e-25, 1e-10, 1, 1e10, 1e25 })
            {
                var random = new Generator((ulong)length);
                float[] numbers = [.. Enumerable.Range(0, length).Select(_ => (float)(size * random.Normal()))];
                var (norm, sum) = Spans.Norms(numbers);
                Assert.AreEqual(1, norm / Math.Sqrt(numbers.Sum(x => (double)x * x)), 1e-6);
                Assert.AreEqual(1, sum / numbers.Sum(x => Math.Abs((double)x)), 1e-6);
                Assert.AreEqual(numbers.Max(Math.Abs), Spans.Largest(numbers));
            }
    }

    [TestMethod]
    public void A_clipped_run_moves_no_farther_than_its_steps_allow() // 10 steps of plain gradient descent, each at most 0.1 * 0.01 long
    {
        using var data = Some.Clouds(320);
        float[] Weights(double rate) => Some.Train(Some.Quick with
        {
            Epochs = 1,
            ClipNorm = 0.01,
            Schedule = new ConstantRate(),
            Optimizer = new Sgd { LearningRate = rate, Momentum = 0, WeightDecay = 0 },
        }, LearningTask.Multiclass, data).Network.Parameters;
        var distance = Math.Sqrt(Weights(0.1).Zip(Weights(1e-12), (x, y) => Math.Pow(x - y, 2)).Sum());
        Assert.IsTrue(distance is > 0.001 and < 0.0101, $"{distance}");
    }

    [TestMethod]
    public void Every_epoch_reports_the_size_of_its_gradients()
    {
        using var data = Some.Clouds(60);
        foreach (var report in Some.Train(Some.Quick with { Epochs = 2 }, LearningTask.Multiclass, data).Epochs)
            Assert.IsTrue(report.GradientNorm > 0 && report.GradientSum > report.GradientNorm && double.IsFinite(report.GradientSum));
    }
}
