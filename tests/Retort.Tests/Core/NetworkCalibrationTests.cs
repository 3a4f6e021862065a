namespace Retort.Tests;

[TestClass]
public sealed class NetworkCalibrationTests
{
    private static double LogLoss(FittedNetwork network, Dataset data)
    {
        using var scope = NewDisposeScope();
        var outputs = Memory.Of<float>(network.Forward(data.Features, data.Categories).contiguous()).ToArray();
        var (labels, sum) = (Memory.Of<long>(data.Labels!).ToArray(), 0.0);
        for (var row = 0; row < labels.Length; row++)
        {
            var own = outputs.AsSpan(row * network.Outputs, network.Outputs);
            network.Finish(own);
            sum -= network.Task == LearningTask.Binary ? -Math.Log(1 + Math.Exp(labels[row] == 1 ? -own[0] : own[0])) : Math.Log(own[(int)labels[row]]);
        }

        return sum / labels.Length;
    }

    [TestMethod, DataRow(LearningTask.Binary), DataRow(LearningTask.Multiclass)]
    public void A_network_that_was_trained_too_short_is_calibrated_on_new_rows(LearningTask task)
    {
        using var scope = NewDisposeScope();
        Dataset Draw(int rows, ulong seed) => task == LearningTask.Binary ? Some.Pair(rows, seed) : Some.Clouds(rows, 0.5, seed);
        var recipe = Some.Quick with { Epochs = 2, HoldOut = 0.4, Optimizer = new AdamW { LearningRate = 2e-3 }, Calibration = new TemperatureScaling() };
        var network = Some.Train(recipe, task, Draw(600, 1)).Network;
        var plain = new FittedNetwork(task, network.Architecture, network.Shape, network.Parameters);
        Assert.IsInstanceOfType<TemperatureScaling>(network.Calibrator!.Calibration);
        var test = Draw(3000, 2);
        Assert.IsTrue(LogLoss(network, test) < 0.98 * LogLoss(plain, test), $"{LogLoss(network, test)} {LogLoss(plain, test)}");
    }

    [TestMethod]
    public void A_calibrated_network_is_the_same_after_a_file()
    {
        using var scope = NewDisposeScope();
        var data = Some.Clouds(200);
        var network = Some.Train(Some.Quick with { HoldOut = 0.3, Calibration = new TemperatureScaling() }, LearningTask.Multiclass, data).Network;
        var stream = new MemoryStream();
        network.Write(new BinaryWriter(stream));
        Assert.AreEqual(LogLoss(network, data), LogLoss(FittedNetwork.Read(new BinaryReader(new MemoryStream(stream.ToArray()))), data));
    }

    [TestMethod]
    public void Without_held_out_rows_nothing_can_be_calibrated()
    {
        using var scope = NewDisposeScope();
        var recipe = Some.Quick with { Calibration = new TemperatureScaling() };
        Assert.AreEqual("HoldOut must be more than 0 where 'temperature' calibrates what is held out, but is 0.",
            Assert.ThrowsExactly<ArgumentException>(() => Some.Train(recipe, LearningTask.Multiclass, Some.Clouds(100))).Message);
    }

    [TestMethod]
    public void The_rows_that_calibrate_do_not_train()
    {
        using var scope = NewDisposeScope();
        var (train, held) = (Some.Clouds(100), Some.Clouds(60, seed: 5));
        var judged = TrainingLoop.Run(Some.Quick with { Calibration = new TemperatureScaling() }, LearningTask.Multiclass, train, held, 1, null, () => { });
        var plain = TrainingLoop.Run(Some.Quick, LearningTask.Multiclass, train, held, 1, null, () => { });
        Assert.AreEqual(plain.Epochs[0].TrainLoss, judged.Epochs[0].TrainLoss);
        Assert.AreNotEqual(plain.Epochs[0].ValidationLoss, judged.Epochs[0].ValidationLoss); // half of the rows judge
    }
}
