using System.Text.RegularExpressions;

namespace Retort.Tests;

/// <summary>What the README and the other pages show is what is compiled and run.</summary>
[TestClass]
public sealed class ReadmeTests
{
    // the pages for people: README, those of docs, and those of the packages
    private static readonly (string File, string Text)[] s_pages = [.. new[] { "docs", Path.Combine("nuget", "readme") }
        .Where(folder => Directory.Exists(Repository.Path(folder))).SelectMany(folder => Directory.GetFiles(Repository.Path(folder), "*.md"))
        .Prepend(Repository.Path("README.md")).Select(file => (file, File.ReadAllText(file)))];

    [TestMethod]
    public void Every_block_of_code_is_part_of_a_sample()
    {
        var samples = Directory.GetFiles(Repository.Path("samples"), "*.cs", SearchOption.AllDirectories).Append(Repository.Path("tests", "Retort.Tests", "House", "Snippets.cs"))
            .Select(file => Unindented(File.ReadAllText(file))).ToArray();
        var blocks = s_pages.SelectMany(page => Regex.Matches(page.Text, "```csharp\n(.*?)```", RegexOptions.Singleline).Select(m => (page.File, Text: m.Groups[1].Value))).ToArray();
        Assert.AreNotEqual(0, blocks.Length);
        foreach (var (file, block) in blocks)
            Assert.IsTrue(block.Length > 0 && samples.Any(s => s.Contains(Unindented(block), StringComparison.Ordinal)), $"{file}: no sample has these lines:\n{block}");
    }

    private static string Unindented(string code) => Regex.Replace(code, "^ +", "", RegexOptions.Multiline);

    [TestMethod]
    public void Every_command_and_option_shown_exists()
    {
        foreach (var line in s_pages.SelectMany(page => Regex.Matches(page.Text, @"^retort (\w+)(.*)$", RegexOptions.Multiline)).Select(m => m.Groups).DistinctBy(groups => groups[0].Value))
        {
            var (code, help, _) = Cli.Run(line[1].Value, "--help");
            Assert.AreEqual(0, code, line[0].Value);
            foreach (Match option in Regex.Matches(line[2].Value, @"--[a-z]+"))
                StringAssert.Contains(help, option.Value + (option.Value == "--json" ? "" : " "), line[0].Value);
        }
    }

    [TestMethod]
    public async Task The_commands_run_as_they_stand_there()
    {
        if (OperatingSystem.IsWindows())
            Assert.Inconclusive("The blocks are written for a Unix shell.");
        // the pages of packages speak of tables that only their readers have
        var blocks = s_pages.Where(page => !page.File.Contains("nuget", StringComparison.Ordinal))
            .SelectMany(page => Regex.Matches(page.Text, "```\n(retort .*?)```", RegexOptions.Singleline)).Select(m => m.Groups[1].Value).ToArray();
        Assert.AreNotEqual(0, blocks.Length);
        foreach (var block in blocks)
        {
            using var folder = new Cli();
            Directory.CreateSymbolicLink(folder["samples"], Repository.Path("samples"));
            // the demo takes a minute and has a test of its own
            var script = $"set -e; cd '{folder["."]}'; retort() {{ dotnet '{ChildProcess.Program("Retort.Cli", "Retort.Cli")}' \"$@\"; }}\n{block.Replace("retort demo\n", "", StringComparison.Ordinal)}";
            var (code, output, error) = await ChildProcess.Start("bash", "-c", script);
            Assert.AreEqual(0, code, output + error);
        }
    }

    [TestMethod]
    public void Every_file_linked_exists()
    {
        foreach (var (file, text) in s_pages)
        {
            foreach (Match link in Regex.Matches(text, @"\]\((?!https?:)([^)#]+)(#[^)]*)?\)"))
                Assert.IsTrue(Path.Exists(Path.Combine(Path.GetDirectoryName(file)!, link.Groups[1].Value)), $"{file}: {link.Value}");
        }
    }
}
