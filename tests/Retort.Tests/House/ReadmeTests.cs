using System.Text.RegularExpressions;

namespace Retort.Tests;

/// <summary>What the README shows is what is compiled and run.</summary>
[TestClass]
public sealed class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Repository.Path("README.md"));

    [TestMethod]
    public void Every_block_of_code_is_part_of_a_sample()
    {
        var samples = Directory.GetFiles(Repository.Path("samples"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText).ToArray();
        var blocks = Regex.Matches(Readme, "```csharp\n(.*?)```", RegexOptions.Singleline).Select(m => m.Groups[1].Value).ToArray();
        Assert.AreNotEqual(0, blocks.Length);
        foreach (var block in blocks)
            Assert.IsTrue(samples.Any(s => s.Contains(block, StringComparison.Ordinal)), "No sample has these lines:\n" + block);
    }

    [TestMethod]
    public void Every_command_and_option_shown_exists()
    {
        foreach (var line in Regex.Matches(Readme, @"^retort (\w+)(.*)$", RegexOptions.Multiline).Select(m => m.Groups))
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
        var blocks = Regex.Matches(Readme, "```\n(retort .*?)```", RegexOptions.Singleline).Select(m => m.Groups[1].Value).ToArray();
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
        foreach (Match link in Regex.Matches(Readme, @"\]\((?!https?:)([^)#]+)\)"))
            Assert.IsTrue(Path.Exists(Repository.Path(link.Groups[1].Value)), link.Value);
    }
}
