using Retort.Cli;
using Retort.Cli.Tables;
using Retort.Cli.Training;

namespace Retort.Tests;

[TestClass]
public sealed class PlanTests
{
    [TestMethod]
    [DataRow("digits.csv", "digit", LearningTask.Multiclass)]
    [DataRow("breast-cancer.csv", "malignant", LearningTask.Binary)]
    [DataRow("diabetes.csv", "progression", LearningTask.Regression)]
    public void The_task_of_the_sample_tables_is_guessed(string file, string label, LearningTask task) =>
        Assert.AreEqual(task, Plan.Of(Table.Read(Cli.Data(file), default), label, null, []).Task);

    [TestMethod]
    [DataRow("0 1", LearningTask.Binary)]
    [DataRow("yes no", LearningTask.Binary)]
    [DataRow("1 2", LearningTask.Multiclass)]
    [DataRow("red green blue", LearningTask.Multiclass)]
    [DataRow("1.5 2.5 3.5", LearningTask.Regression)]
    public void The_task_is_guessed_from_the_label(string values, LearningTask task)
    {
        using var cli = new Cli();
        Assert.AreEqual(task, Plan.Of(Rows(cli, values.Split(' ')), "y", null, []).Task);
    }

    [TestMethod]
    public void Columns_that_cannot_help_are_left_out_with_a_reason()
    {
        using var cli = new Cli();
        var lines = Enumerable.Range(0, 120).Select(i => $"{i},same,,name{i},{(char)('a' + i % 3)},{i % 2}");
        var table = Table.Read(cli.File("a.csv", [.. lines.Prepend("n,constant,empty,name,kind,y")]), default);
        var plan = Plan.Of(table, "y", null, ["n"]);

        Assert.AreEqual(
            "n: as asked; constant: it always says 'same'; empty: it is empty; name: text with 120 different values in 120 rows",
            string.Join("; ", plan.Ignored.Select(i => $"{i.Name}: {i.Reason}")));
        CollectionAssert.AreEqual(new[] { "kind" }, plan.Features.Select(c => c.Name).ToArray());
    }

    [TestMethod]
    public void Dates_and_free_text_are_left_out_by_name()
    {
        using var cli = new Cli();
        var day = new DateTime(2024, 1, 30);
        var lines = Enumerable.Range(0, 120).Select(i =>
            $"{i},{day.AddDays(i / 2):yyyy-MM-dd},{day.AddHours(i):d.M.yyyy HH:mm},{day.AddDays(i):M/d/yyyy},{day.AddDays(i % 5):yyyy-MM-dd},the pump of line {i} leaks a little,{i % 2}");
        var plan = Plan.Of(Table.Read(cli.File("a.csv", [.. lines.Prepend("n,iso,german,american,few,note,y")]), default), "y", null, []);

        const string Hint = "; a column of what matters in them, such as days since or month, would be read";
        Assert.AreEqual(
            $"iso: dates, such as '2024-01-30'{Hint}; german: dates, such as '30.1.2024 00:00'{Hint}; american: dates, such as '1/30/2024'{Hint}; note: free text, such as 'the pump of line 0 leaks a little'; columns of what it says would be read",
            string.Join("; ", plan.Ignored.Select(i => $"{i.Name}: {i.Reason}")));
        CollectionAssert.AreEqual(new[] { "n", "few" }, plan.Features.Select(c => c.Name).ToArray());
    }

    [TestMethod]
    public void A_label_that_does_not_fit_is_refused_in_one_sentence()
    {
        using var cli = new Cli();
        string Message(string values, LearningTask task) => Assert.ThrowsExactly<InvalidDataException>(() => Plan.Of(Rows(cli, values.Split(' ')), "y", task, [])).Message;

        Assert.AreEqual("Label 'y' must hold numbers for regression, but line 2 has 'a'.", Message("a b", LearningTask.Regression));
        Assert.AreEqual(
            "Label 'y' must hold 0 and 1, or true and false, or yes and no, in every row for a binary task, but holds 'a', 'b'; task multiclass takes any values.",
            Message("a b", LearningTask.Binary));
        Assert.AreEqual("Label 'y' must have at least two different values, but has only '1'.", Message("1", LearningTask.Binary));
        Assert.AreEqual(
            "Label 'y' must repeat its classes for a multiclass task, but has 60 different values in 60 rows.",
            Message(string.Join(' ', Enumerable.Range(0, 60)), LearningTask.Multiclass));
    }

    [TestMethod]
    public void The_label_cannot_be_ignored()
    {
        using var cli = new Cli();
        var table = Rows(cli, ["0", "1"]);
        Assert.AreEqual("Option --ignore must not name the label, but names 'y'.", Assert.ThrowsExactly<UsageException>(() => Plan.Of(table, "y", null, ["y"])).Message);
        Assert.AreEqual($"File '{table.Path}' must have a column to learn from beside the label 'y', but has none that is not ignored (x: as asked).",
            Assert.ThrowsExactly<InvalidDataException>(() => Plan.Of(table, "y", null, ["x"])).Message);
    }

    private static Table Rows(Cli cli, string[] labels) =>
        Table.Read(cli.File("rows.csv", [.. Enumerable.Range(0, 60).Select(i => $"{i},{labels[i % labels.Length]}").Prepend("x,y")]), default);
}
