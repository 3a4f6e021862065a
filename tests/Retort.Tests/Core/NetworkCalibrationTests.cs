namespace Retort.Tests;

[TestClass]
public sealed class NetworkCalibrationTests
{
    private static double LogLoss(FittedNetwork network, Dataset data)
    {
        using var scope = NewDisposeScope();
        var outputs = new float[data.Rows * network.Outputs];
        network.Score(data.Features, data.Categories, outputs);
        var (labels, sum) = (Memory.Of<long>(data.Labels!).ToArray(), 0.0);
        for (var row = 0; row < labels.Length; row++)
        {
            var own = outputs.AsSpan(row * network.Outputs, network.Outputs);
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

    public static IEnumerable<object[]> Calibrations => from method in Methods.OfKind(typeof(Calibration)) from task in new[] { LearningTask.Binary, LearningTask.Multiclass } select new object[] { (Calibration)method.Create(), task };

    [TestMethod, DynamicData(nameof(Calibrations))]
    public void Rows_one_by_one_and_a_file_give_what_a_block_gives(Calibration calibration, LearningTask task)
    {
        using var scope = NewDisposeScope();
        var data = task == LearningTask.Binary ? Some.Pair(200) : Some.Clouds(200);
        var network = Some.Train(Some.Quick with { HoldOut = 0.3, Epochs = 3, Calibration = calibration }, task, data).Network;
        var stream = new MemoryStream();
        network.Write(new BinaryWriter(stream));
        var loaded = FittedNetwork.Read(new BinaryReader(new MemoryStream(stream.ToArray())));
        var (served, again, row) = (new float[200 * network.Outputs], new float[200 * network.Outputs], new float[network.Outputs]);
        data = task == LearningTask.Binary ? Some.Pair(200, seed: 9) : Some.Clouds(200, seed: 9); // off the steps that some calibrators have at the rows that they learned from
        network.Score(data.Features, null, served);
        loaded.Score(data.Features, null, again);
        CollectionAssert.AreEqual(served, again);
        for (var i = 0; i < 200; i++)
        {
            loaded.ScoreRow(Memory.Of<float>(data.Features).Slice(i * network.Features, network.Features), [], row);
            for (var k = 0; k < row.Length; k++)
                Assert.AreEqual(served[i * row.Length + k], row[k], 1e-4 * (1 + Math.Abs(row[k])));
        }
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
