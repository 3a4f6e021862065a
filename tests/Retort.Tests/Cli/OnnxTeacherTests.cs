namespace Retort.Tests;

/// <summary><c>retort train --teacher big.onnx</c>.</summary>
[TestClass]
public sealed class OnnxTeacherTests
{
    private const string Small = """{"Network": {"$type": "mlp", "Layers": 1, "Width": 8}, "Epochs": 6, "Optimizer": {"$type": "adamw", "LearningRate": 0.01}}""";

    private static string[] Table(Func<double, bool, string> label, int count = 300)
    {
        var random = new Random(1);
        return ["x,city,member,y", .. Enumerable.Range(0, count).Select(i =>
        {
            var (x, bonn) = (random.NextDouble() * 4 - 2, i % 3 == 0);
            return FormattableString.Invariant($"{(i % 20 == 7 ? "" : $"{x:G6}")},{(bonn ? "Bonn" : "Ulm")},{(i % 2 == 0 ? "yes" : "no")},{label(x, bonn)}");
        })];
    }

    [TestMethod]
    [DataRow("binary", "logLoss")]
    [DataRow("multiclass", "logLoss")]
    [DataRow("regression", "rmse")]
    public void It_teaches_as_the_model_that_it_was_made_of(string task, string metric)
    {
        using var cli = new Cli();
        var data = cli.File("a.csv", Table((x, bonn) => task switch
        {
            "binary" => x + (bonn ? 1 : 0) > 0 ? "1" : "0",
            "multiclass" => x < -0.5 ? "low" : bonn ? "mid" : "high",
            _ => FormattableString.Invariant($"{3 * x + (bonn ? 2 : 0):G5}"),
        }));
        string[] train = ["train", "--data", data, "--label", "y", "--task", task];
        Cli.Json([.. train, "--epochs", "20", "--out", cli["big"]]);
        double Taught(string teacher) => Cli.Json([.. train, "--recipe", Small, "--teacher", cli[teacher], "--out", cli["small"], "--force"]).GetProperty(metric).GetDouble();

        var (zip, onnx, alone) = (Taught("big/model.zip"), Taught("big/model.onnx"), Cli.Json([.. train, "--recipe", Small, "--out", cli["alone"]]).GetProperty(metric).GetDouble());
        Assert.AreEqual(zip, onnx, 1e-4);
        Assert.IsTrue(Math.Abs(alone - onnx) > 20 * Math.Abs(zip - onnx) + 1e-6, $"it is heard: {alone} alone, {zip} and {onnx} taught");
    }

    [TestMethod]
    public void One_that_does_not_fit_is_refused_in_one_sentence()
    {
        using var cli = new Cli();
        var data = cli.File("a.csv", Table((x, _) => x < -0.5 ? "low" : x < 0.5 ? "mid" : "high"));
        var other = cli.File("b.csv", Table((x, _) => x < -0.5 ? "little" : x < 0.5 ? "some" : "much"));
        var narrow = cli.File("c.csv", [.. File.ReadLines(data).Select(line => line[(line.IndexOf(',') + 1)..])]);
        Cli.Json("train", "--data", data, "--label", "y", "--epochs", "1", "--out", cli["big"]);
        string[] Train(string rows, string teacher) => ["train", "--data", rows, "--label", "y", "--recipe", Small, "--teacher", teacher, "--out", cli["small"]];

        Cli.Fails(1, $"Teacher '{cli["big/model.onnx"]}' must know the classes of the label in the order of their values, 'little', 'much', 'some', but knows 'high', 'low', 'mid'; a model.zip has its classes matched by name.", Train(other, cli["big/model.onnx"]));
        Cli.Fails(1, "Column 'x' was not found; 'c.csv' has 'city', 'member', 'y'.", Train(narrow, cli["big/model.onnx"]));
        Cli.Fails(1, $"File '{cli["none.onnx"]}' was not found.", Train(data, cli["none.onnx"]));
        var (code, _, error) = Cli.Run(Train(data, cli.File("broken.onnx", ["no model"])));
        Assert.AreEqual(1, code);
        StringAssert.StartsWith(error, $"File '{cli["broken.onnx"]}' must be a model of ONNX that can be loaded: ");
        Assert.IsFalse(Directory.Exists(cli["small"]));
    }
}
