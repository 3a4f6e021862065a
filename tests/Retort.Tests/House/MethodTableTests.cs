namespace Retort.Tests;

/// <summary>The tables of methods, in docs and in the README, are those of the cards.</summary>
[TestClass]
public sealed class MethodTableTests
{
    [TestMethod]
    public void The_page_of_methods_is_what_the_command_prints()
    {
        var (code, page, error) = Cli.Run("methods", "--markdown");
        Assert.AreEqual((0, ""), (code, error));
        Accepted.Holds(Repository.Path("docs", "methods.md"), page, nameof(MethodTableTests));
        foreach (var method in Methods.All)
            StringAssert.Matches(page, new($@"\| `{method.Id}` \| `{method.Type.Name}` \| [A-Z]"), "every method says what it does");
    }

    [TestMethod]
    public void The_table_of_the_README_has_every_method()
    {
        var rows = Methods.All.GroupBy(method => method.Kind).Select(kind => $"| [{kind.Key}](docs/methods.md#{kind.Key.ToLowerInvariant()}) | {string.Join(", ", kind.Select(method => $"`{method.Id}`"))} |\n");
        Accepted.HoldsBetweenMarks(Repository.Path("README.md"), "method table", $"| Part | Methods |\n|---|---|\n{string.Concat(rows)}", nameof(MethodTableTests));
    }
}
