namespace Retort.Tests;

/// <summary><c>retort merge</c>, and <c>retort train --start</c> before it.</summary>
[TestClass]
public sealed class MergeCommandTests
{
    private static string[] Table(string label, int count, int seed)
    {
        var random = new Random(seed);
        return [$"x,y,{label}", .. Enumerable.Range(0, count).Select(_ =>
        {
            var (x, y) = (random.NextDouble() * 4 - 2, random.NextDouble());
            return FormattableString.Invariant($"{x:G6},{y:G6},{label switch { "flag" => x > 0 ? "yes" : "no", "kind" => x > 0.7 ? "red" : x + y > 0 ? "green" : "blue", _ => FormattableString.Invariant($"{100 + 30 * x:G6}") }}");
        })];
    }

    [TestMethod]
    [DataRow("flag", "uniform", "logLoss")]
    [DataRow("kind", "ties", "logLoss")]
    [DataRow("number", """{"$type": "fisher", "Rows": 50}""", "rmse")]
    public void Models_of_one_start_become_one(string label, string method, string metric)
    {
        using var cli = new Cli();
        var (first, second, held) = (cli.File("a.csv", Table(label, 150, 1)), cli.File("b.csv", Table(label, 150, 2)), cli.File("held.csv", Table(label, 100, 3)));
        Cli.Json("train", "--data", first, "--label", label, "--epochs", "3", "--out", cli["start"]);
        Cli.Json("train", "--data", first, "--label", label, "--epochs", "6", "--start", cli["start/model.zip"], "--out", cli["a"]);
        Cli.Json("train", "--data", second, "--label", label, "--epochs", "6", "--start", cli["start/model.zip"], "--out", cli["b"]);
        var result = Cli.Json("merge", cli["a/model.zip"], cli["b/model.zip"], "--method", method, "--start", cli["start/model.zip"], "--data", held, "--out", cli["merged"]);
        Assert.AreEqual(2, result.GetProperty("ofModels").GetArrayLength());
        Assert.IsTrue(result.GetProperty("barrier").GetProperty("height").GetDouble() >= 0);
        StringAssert.Contains(File.ReadAllText(cli["merged/recipe.json"]), "\"Ancestry\": {");
        var measured = Cli.Json("evaluate", "--model", cli["merged/model.zip"], "--data", held);
        Assert.AreEqual(result.GetProperty(metric).GetDouble(), measured.GetProperty(metric).GetDouble(), 1e-6);
        Assert.AreEqual(100, Cli.Json("predict", "--model", cli["merged/model.zip"], "--data", held, "--out", cli["scored.csv"]).GetProperty("rows").GetInt32());
    }

    [TestMethod]
    public void What_cannot_be_merged_is_said_in_one_sentence_and_leaves_nothing()
    {
        using var cli = new Cli();
        var data = cli.File("a.csv", Table("flag", 120, 1));
        Cli.Json("train", "--data", data, "--label", "flag", "--epochs", "2", "--out", cli["a"]);
        Cli.Json("train", "--data", data, "--label", "flag", "--epochs", "2", "--recipe", """{"Optimizer": {"$type": "sgd"}}""", "--out", cli["b"]);
        Cli.Fails(2, "The models must differ, but models 1 and 2 have the same weights.", "merge", cli["a/model.zip"], cli["a/model.zip"], "--out", cli["m"]);
        Cli.Fails(2, "The number of models that 'uniform' merges must be at least 2, but is 1.", "merge", cli["a/model.zip"], "--out", cli["m"]);
        Cli.Fails(2, "The merging 'ties' must be given the start that all models were trained from, but is given none.", "merge", cli["a/model.zip"], cli["b/model.zip"], "--method", "ties", "--out", cli["m"]);
        Cli.Fails(2, "The merging 'fisher' must be given data, but is given none.", "merge", cli["a/model.zip"], cli["b/model.zip"], "--method", "fisher", "--out", cli["m"]);
        Assert.IsFalse(Directory.Exists(cli["m"]));
        StringAssert.StartsWith(Cli.Run("merge", cli["a/model.zip"], cli["b/model.zip"], "--method", "blend", "--out", cli["m"]).Error, "Option --method must be one of dare, duet, fisher, ");
    }
}
