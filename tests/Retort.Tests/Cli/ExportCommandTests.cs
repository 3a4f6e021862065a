using Microsoft.ML.OnnxRuntime;

namespace Retort.Tests;

/// <summary><c>retort export</c>.</summary>
[TestClass]
public sealed class ExportCommandTests
{
    private static string[] Table(int count)
    {
        var random = new Random(1);
        return ["x,city,paid", .. Enumerable.Range(0, count).Select(i =>
        {
            var (x, city) = (random.NextDouble() * 4 - 2, i % 3 == 0 ? "Bonn" : "Ulm");
            return FormattableString.Invariant($"{(i % 20 == 7 ? "" : $"{x:G6}")},{city},{(x + (city == "Bonn" ? 1 : 0) > 0 ? "yes" : "no")}");
        })];
    }

    [TestMethod]
    public void A_model_is_written_as_ONNX_and_as_one_that_needs_nothing_of_ours()
    {
        using var cli = new Cli();
        var data = cli.File("a.csv", Table(200));
        Cli.Json("train", "--data", data, "--label", "paid", "--epochs", "3", "--out", cli["m"]);
        Cli.Json("calibrate", "--model", cli["m/model.zip"], "--data", data, "--method", "platt", "--out", cli["calibrated.zip"]);
        foreach (var model in new[] { "m/model.zip", "calibrated.zip" })
        {
            Assert.AreEqual("onnx", Cli.Json("export", "--model", cli[model], "--out", cli["m.onnx"]).GetProperty("format").GetString());
            using var session = new InferenceSession(cli["m.onnx"]);
            CollectionAssert.AreEquivalent(new[] { "x", "city" }, session.InputMetadata.Keys.ToArray());
            CollectionAssert.AreEqual(new[] { "Score", "Probability", "PredictedLabel" }, session.OutputNames.ToArray());

            Cli.Json("export", "--model", cli[model], "--data", data, "--format", "portable", "--out", cli["portable.zip"]);
            var (own, there) = (Cli.Json("evaluate", "--model", cli[model], "--data", data), Cli.Json("evaluate", "--model", cli["portable.zip"], "--data", data, "--label", "paid"));
            foreach (var metric in new[] { "accuracy", "logLoss", "brier" })
                Assert.AreEqual(own.GetProperty(metric).GetDouble(), there.GetProperty(metric).GetDouble(), 1e-5, metric);
        }
    }

    [TestMethod]
    public void What_cannot_be_exported_is_said_and_leaves_nothing()
    {
        using var cli = new Cli();
        Cli.Fails(1, $"File '{cli["none.zip"]}' was not found.", "export", "--model", cli["none.zip"], "--out", cli["m.onnx"]);
        Assert.IsFalse(File.Exists(cli["m.onnx"]));
    }
}
