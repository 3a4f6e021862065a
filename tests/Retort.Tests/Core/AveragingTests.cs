namespace Retort.Tests;

[TestClass]
public sealed class AveragingTests
{
    public static IEnumerable<object[]> All => Methods.OfKind(typeof(Averaging)).Select(method => new object[] { (Averaging)method.Create() });

    private static WeightAverage Start(Averaging averaging, int count) => averaging.Start(zeros(count, dtype: float32));

    private static void Take(WeightAverage average, float[] weights, double progress = 1, bool endsEpoch = true) => average.Take(tensor(weights), progress, endsEpoch);

    private static float[] Mean(WeightAverage average, int count)
    {
        var weights = zeros(count, dtype: float32);
        average.Exchange(weights);
        return weights.data<float>().ToArray();
    }

    [TestMethod]
    public void The_exponential_average_by_hand() // 1; + max(1/2, 9/11) (3 - 1) = 29/11; + max(1/2, 9/12) (5 - 29/11)
    {
        using var scope = NewDisposeScope();
        var average = Start(new ExponentialAverage { Decay = 0.5 }, 1);
        foreach (var weight in new[] { 1f, 3f, 5f })
            Take(average, [weight]);
        Assert.AreEqual(29 / 11.0 + 0.75 * (5 - 29 / 11.0), Mean(average, 1)[0], 1e-6);
    }

    [TestMethod]
    public void A_long_exponential_average_has_the_horizon_of_its_decay() // twenty steps after a jump from 0 to 1: 1 - 0.9^20
    {
        using var scope = NewDisposeScope();
        var average = Start(new ExponentialAverage { Decay = 0.9 }, 1);
        for (var step = 0; step < 200; step++)
            Take(average, [step < 180 ? 0f : 1f]);
        Assert.AreEqual(1 - Math.Pow(0.9, 20), Mean(average, 1)[0], 1e-5);
    }

    [TestMethod]
    public void The_stochastic_average_counts_late_epochs_alike() // epochs 3 and 4 of 4: (5 + 8) / 2
    {
        using var scope = NewDisposeScope();
        var average = Start(new StochasticAverage { From = 0.5 }, 1);
        foreach (var (weight, epoch) in new[] { (1f, 1), (2f, 2), (5f, 3), (8f, 4) })
        {
            Take(average, [100], epoch / 4.0, endsEpoch: false);
            Take(average, [weight], epoch / 4.0);
        }

        Assert.AreEqual(6.5f, Mean(average, 1)[0]);
    }

    [TestMethod, DynamicData(nameof(All))]
    public void Exchanging_twice_gives_both_back(Averaging averaging)
    {
        using var scope = NewDisposeScope();
        var average = Start(averaging, 2);
        var weights = tensor(new[] { 5f, 6f });
        float[] Exchanged()
        {
            average.Exchange(weights);
            return weights.data<float>().ToArray();
        }

        CollectionAssert.AreEqual(new[] { 5f, 6f }, Exchanged(), "Nothing was taken yet.");
        Take(average, [1, 2]);
        CollectionAssert.AreEqual(new[] { 1f, 2f }, Exchanged());
        CollectionAssert.AreEqual(new[] { 5f, 6f }, Exchanged());
    }

    [TestMethod, DynamicData(nameof(All))]
    public void An_average_goes_on_where_another_wrote_itself(Averaging averaging)
    {
        using var scope = NewDisposeScope();
        var (whole, first, second) = (Start(averaging, 3), Start(averaging, 3), Start(averaging, 3));
        Take(whole, [1, 2, 3]);
        Take(whole, [2, 5, 3]);
        using var file = new MemoryStream();
        Take(first, [1, 2, 3]);
        first.Write(new(file));
        file.Position = 0;
        second.Read(new(file));
        Take(second, [2, 5, 3]);
        CollectionAssert.AreEqual(Mean(whole, 3), Mean(second, 3));
    }

    [TestMethod]
    public void The_mean_of_the_epochs_is_what_is_kept() // a run of one epoch ends where a run of two stands after its first
    {
        using var data = Some.Clouds(100);
        var recipe = Some.Quick with { Schedule = new ConstantRate() };
        float[] Weights(int epochs, Averaging? averaging) => Some.Train(recipe with { Epochs = epochs, Averaging = averaging }, LearningTask.Multiclass, data).Network.Parameters;
        var (one, two, mean) = (Weights(1, null), Weights(2, null), Weights(2, new StochasticAverage { From = 0, HoldRate = false }));
        for (var i = 0; i < mean.Length; i++)
            Assert.AreEqual((one[i] + two[i]) / 2, mean[i], 1e-6);
    }

    [TestMethod]
    public void The_averaged_weights_are_what_is_validated()
    {
        using var train = Some.Clouds(100);
        using var validation = Some.Clouds(300, seed: 9);
        var result = Some.Train(Some.Quick with { Averaging = new ExponentialAverage { Decay = 0.9 } }, LearningTask.Multiclass, train, validation);
        using var scope = NewDisposeScope();
        var loss = new CrossEntropyLoss().Value(result.Network.Forward(validation.Features, null), Targets.Classes(validation.Labels!)).ToDouble();
        Assert.AreEqual(result.Epochs.Min(report => report.ValidationLoss!.Value), loss, 1e-5);
    }

    [TestMethod, DynamicData(nameof(All))]
    public void Averaging_calms_a_noisy_run(Averaging averaging) // a linear model at a constant high rate ends wherever the noise of its batches left it, beyond the loss that a decay reaches
    {
        using var train = Some.Clouds(300);
        using var validation = Some.Clouds(1000, seed: 9);
        var recipe = Some.Quick with { Epochs = 20, Patience = 20, BatchSize = 4, Schedule = new ConstantRate(), Network = new Mlp { Layers = 0 }, Optimizer = new AdamW { LearningRate = 0.1 } };
        double Late(Recipe with) => Some.Train(with, LearningTask.Multiclass, train, validation).Epochs.TakeLast(3).Average(report => report.ValidationLoss!.Value);
        var best = Late(recipe with { BatchSize = 32, Schedule = new LinearDecay() });
        var (averaged, plain) = (Late(recipe with { Averaging = averaging }) - best, Late(recipe) - best);
        Assert.IsTrue(plain > 0.003 && averaged < 0.7 * plain, $"{averaged} beside {plain} above {best}");
    }

    [TestMethod]
    public void The_rate_is_held_and_patience_waits_for_the_average()
    {
        using var train = Some.Clouds(60, spread: 2);
        using var validation = Some.Clouds(300, spread: 2, seed: 9);
        var recipe = Some.Quick with { Epochs = 40, Patience = 2, Network = new Mlp { Width = 64 }, Averaging = new StochasticAverage { From = 0.5 } };
        var epochs = Some.Train(recipe, LearningTask.Multiclass, train, validation).Epochs;
        Assert.IsTrue(epochs.Count > 20);
        Assert.AreEqual(0.01 * 0.5, epochs[^1].LearningRate, 1e-12); // linear decay, held at half
    }

    [TestMethod]
    public void Settings_outside_their_range_are_refused()
    {
        Assert.AreEqual("Decay must lie in [0, 1), but is 1.", Assert.ThrowsExactly<ArgumentException>(new ExponentialAverage { Decay = 1 }.Validate).Message);
        Assert.AreEqual("From must lie in [0, 1), but is 1.", Assert.ThrowsExactly<ArgumentException>(new StochasticAverage { From = 1 }.Validate).Message);
        Assert.AreEqual("ClipNorm must be at least 0, but is -1.", Assert.ThrowsExactly<ArgumentException>((Some.Quick with { ClipNorm = -1 }).Validate).Message);
    }
}
