namespace Retort.Tests;

/// <summary><c>retort evaluate --protected</c>: the groups of columns that the model need not read.</summary>
[TestClass]
public sealed class EvaluateProtectedTests
{
    // the value and the flag lean on the group, which no feature says; a row has no label, another no group
    private static string[] Lines(int count)
    {
        var random = new Random(3);
        return ["x,group,age,flag,value", .. Enumerable.Range(0, count).Select(i =>
        {
            var (x, group) = (random.NextDouble(), random.Next(2));
            return FormattableString.Invariant($"{x:F3},{(i == 5 ? "" : group == 0 ? "left" : "right")},{20 + random.Next(40)},{(i == 7 ? "" : x + 0.2 * group > 0.6 ? "1" : "0")},{x + group:F3}");
        })];
    }

    [TestMethod]
    [DataRow("flag", "binary")]
    [DataRow("value", "regression")]
    public void Groups_are_compared_of_any_task(string label, string task)
    {
        using var cli = new Cli();
        var data = cli.File("a.csv", Lines(400));
        var (code, _, error) = Cli.Run("train", "--data", data, "--label", label, "--task", task, "--ignore", "group,age," + (label == "flag" ? "value" : "flag"), "--out", cli["m"], "--epochs", "8");
        Assert.AreEqual(0, code, error);
        string[] evaluate = ["evaluate", "--model", cli["m/model.zip"], "--data", data, "--label", label, "--protected", "group,age"];
        var json = Cli.Json(evaluate);
        var fairness = json.GetProperty("fairness");
        Assert.AreEqual(task, fairness.GetProperty("task").GetString());
        Assert.AreEqual(json.GetProperty("rows").GetInt32(), fairness.GetProperty("rows").GetInt32());
        Assert.AreEqual(label == "flag" ? 399 : 400, fairness.GetProperty("rows").GetInt32());
        CollectionAssert.AreEqual(new[] { "left", "right", "(missing)" }, fairness.GetProperty("columns")[0].GetProperty("groups").EnumerateArray().Select(group => group.GetProperty("name").GetString()).ToArray());
        Assert.AreEqual(5, fairness.GetProperty("columns")[1].GetProperty("groups").GetArrayLength());
        Assert.AreEqual(fairness.ToString(), Cli.Json(evaluate).GetProperty("fairness").ToString());
        Assert.AreNotEqual(fairness.ToString(), Cli.Json([.. evaluate, "--seed", "2"]).GetProperty("fairness").ToString());

        var (_, output, _) = Cli.Run(evaluate);
        foreach (var text in (string[])["group: 3 groups", "1 (small)", "group × age", label == "flag" ? "equalized-odds" : "bias", "Column 'group' has no value in 1 of"])
            StringAssert.Contains(output, text);
    }

    [TestMethod]
    public void What_cannot_be_compared_is_one_sentence()
    {
        using var cli = new Cli();
        var data = cli.File("a.csv", Lines(100));
        Assert.AreEqual(0, Cli.Run("train", "--data", data, "--label", "value", "--ignore", "group,age,flag", "--out", cli["m"], "--epochs", "2").Code);
        Cli.Fails(1, "Column 'sex' was not found; 'a.csv' has 'x', 'group', 'age', 'flag', 'value'.", "evaluate", "--model", cli["m/model.zip"], "--data", data, "--label", "value", "--protected", "sex");
        Cli.Fails(2, "Option --protected must not name the label, but names 'value'.", "evaluate", "--model", cli["m/model.zip"], "--data", data, "--label", "value", "--protected", "value");
    }
}
