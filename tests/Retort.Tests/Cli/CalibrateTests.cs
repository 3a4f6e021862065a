namespace Retort.Tests;

/// <summary><c>retort calibrate</c> on models of both kinds.</summary>
[TestClass]
public sealed class CalibrateTests
{
    private static string[] Table(string label, int count, int seed, Func<Random, double, string> draw)
    {
        var random = new Random(seed);
        return [$"x,y,{label}", .. Enumerable.Range(0, count).Select(_ =>
        {
            var (x, y) = (random.NextDouble() * 4 - 2, random.NextDouble());
            return FormattableString.Invariant($"{x:G6},{y:G6},{draw(random, x)}");
        })];
    }

    private static string Flag(Random random, double x) => random.NextDouble() < 1 / (1 + Math.Exp(-2 * x)) ? "yes" : "no";

    private static string Kind(Random random, double x) => random.NextDouble() < 0.2 ? "red" : x + random.NextDouble() > 0.5 ? "green" : "blue";

    [TestMethod]
    [DataRow("flag", "temperature", "binary")]
    [DataRow("flag", """{"$type": "isotonic"}""", "binary")]
    [DataRow("kind", "temperature", "multiclass")]
    [DataRow("kind", "vector", "multiclass")]
    public void A_model_is_calibrated_and_evaluates_and_predicts_as_before(string label, string method, string task)
    {
        using var cli = new Cli();
        string File(string name, int rows, int seed) => cli.File(name, Table(label, rows, seed, label == "flag" ? Flag : Kind));
        Cli.Json("train", "--data", File("train.csv", 200, 1), "--label", label, "--epochs", "5", "--out", cli["m"]);
        var result = Cli.Json("calibrate", "--model", cli["m/model.zip"], "--data", File("held.csv", 400, 2), "--method", method, "--out", cli["calibrated.zip"]);
        Assert.AreEqual(400, result.GetProperty("rows").GetInt32());
        Assert.IsTrue(result.GetProperty("logLossAfter").GetDouble() <= result.GetProperty("logLossBefore").GetDouble());

        var (before, after) = (Evaluate(cli["m/model.zip"]), Evaluate(cli["calibrated.zip"]));
        Assert.AreEqual(task, after.GetProperty("task").GetString());
        Assert.AreEqual(label, after.GetProperty("label").GetString());
        if (method == "temperature")
            Assert.AreEqual(before.GetProperty("accuracy").GetDouble(), after.GetProperty("accuracy").GetDouble());
        Assert.AreNotEqual(before.GetProperty("logLoss").GetDouble(), after.GetProperty("logLoss").GetDouble());
        Assert.AreEqual(100, Cli.Json("predict", "--model", cli["calibrated.zip"], "--data", cli["test.csv"], "--out", cli["scored.csv"]).GetProperty("rows").GetInt32());

        System.Text.Json.JsonElement Evaluate(string model) => Cli.Json("evaluate", "--model", model, "--data", File("test.csv", 100, 3));
    }

    [TestMethod]
    public void Rows_whose_label_is_missing_are_left_out()
    {
        using var cli = new Cli();
        Cli.Json("train", "--data", cli.File("train.csv", Table("flag", 200, 1, (r, x) => Flag(r, x) == "yes" ? "1" : "0")), "--label", "flag", "--epochs", "3", "--out", cli["m"]);
        var held = Table("flag", 100, 2, (r, x) => Flag(r, x) == "yes" ? "1" : "0");
        held[5] = "1,1,";
        var result = Cli.Json("calibrate", "--model", cli["m/model.zip"], "--data", cli.File("held.csv", held), "--out", cli["c.zip"]);
        Assert.AreEqual((99, 1), (result.GetProperty("rows").GetInt32(), result.GetProperty("rowsWithoutLabel").GetInt32()));
    }

    [TestMethod]
    public void What_cannot_be_calibrated_is_said_in_one_sentence()
    {
        using var cli = new Cli();
        Cli.Json("train", "--data", cli.File("number.csv", Table("z", 100, 1, (r, x) => FormattableString.Invariant($"{x + r.NextDouble():G6}"))), "--label", "z", "--epochs", "2", "--out", cli["r"]);
        Cli.Fails(2, $"Model '{cli["r/model.zip"]}' must be a classifier to be calibrated, but predicts a number.",
            "calibrate", "--model", cli["r/model.zip"], "--data", cli["number.csv"], "--out", cli["c.zip"]);
        Assert.IsFalse(File.Exists(cli["c.zip"]));
        var ids = string.Join(", ", Methods.All.Where(m => m.Type.IsSubclassOf(typeof(Calibration)) && !m.Needs.HasFlag(Needs.NoisyCopies)).Select(m => m.Id));
        Cli.Fails(2, $"Option --method must be one of {ids}, or JSON that starts with '{{', but is 'heat'.",
            "calibrate", "--model", cli["r/model.zip"], "--data", cli["number.csv"], "--method", "heat", "--out", cli["c.zip"]);
        Cli.Fails(2, $"Option --out must not name a file that is read, but names '{cli["r/model.zip"]}'.",
            "calibrate", "--model", cli["r/model.zip"], "--data", cli["number.csv"], "--out", cli["r/model.zip"]);
    }
}
