using System.Diagnostics;
using System.Text.Json;

namespace Retort.Tests;

/// <summary>The command and the samples in processes of their own.</summary>
[TestClass]
public sealed class ProcessTests
{
    [TestMethod]
    public async Task The_demo_reloads_its_student_and_agrees()
    {
        var (code, output, error) = await ChildProcess.Run("Retort.Cli", "Retort.Cli", "demo", "--seeds", "1", "--json");
        Assert.AreEqual(0, code, error);
        Assert.AreEqual(1, output.TrimEnd().Split('\n').Length, "nothing but JSON");
        var result = JsonDocument.Parse(output).RootElement;
        Assert.IsTrue(result.GetProperty("reload").GetProperty("agree").GetBoolean());
        Assert.AreEqual(3, result.GetProperty("sets").GetArrayLength());
        foreach (var set in result.GetProperty("sets").EnumerateArray())
        {
            var sizes = set.GetProperty("models").EnumerateArray().Select(m => m.GetProperty("parameters").GetInt32()).ToArray();
            Assert.IsTrue(sizes[0] > 10 * sizes[1] && sizes[1] == sizes[2], "the student is the small one");
        }
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task Ctrl_C_stops_within_an_epoch_without_a_model(bool twice)
    {
        if (OperatingSystem.IsWindows())
            Assert.Inconclusive("Windows has no kill -INT.");
        var program = ChildProcess.Program("Retort.Cli", "Retort.Cli");
        using var cli = new Cli();
        // an epoch takes most of a minute: the run must end within it
        string[] arguments = ["train", "--data", Cli.Data("digits.csv"), "--label", "digit", "--out", cli["m"], "--checkpoint", "1", "--recipe", """{"Network": {"$type": "mlp", "Layers": 4, "Width": 1024}, "BatchSize": 1}"""];
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        while (!File.Exists(cli["m/.checkpoint"]) && !process.HasExited)
            await Task.Delay(50);
        Signal();
        if (twice)
            Signal();
        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(10)).Token);

        Assert.AreEqual(130, process.ExitCode);
        if (!twice)
            Assert.AreEqual($"Cancelled before the first epoch ended, so no model was written; the same command goes on from {cli["m/.checkpoint"]}.\n", await process.StandardError.ReadToEndAsync());
        Assert.IsTrue(Directory.GetFileSystemEntries(cli["m"]).All(name => Path.GetFileName(name) is ".checkpoint" or ".checkpoint.new"), "nothing but the state of the run");

        void Signal() => Process.Start("kill", ["-INT", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]).WaitForExit();
    }

    [TestMethod]
    public async Task Ctrl_C_after_an_epoch_keeps_the_best_one_and_the_same_command_goes_on()
    {
        if (OperatingSystem.IsWindows())
            Assert.Inconclusive("Windows has no kill -INT.");
        using var cli = new Cli();
        string[] Arguments(string folder) =>
            ["train", "--data", Cli.Data("digits.csv"), "--label", "digit", "--out", cli[folder], "--epochs", "30", "--checkpoint", "0", "--recipe", """{"Patience": 30, "Network": {"$type": "mlp", "Width": 64, "Dropout": 0.1}}"""];
        using var process = Process.Start(new ProcessStartInfo("dotnet", [ChildProcess.Program("Retort.Cli", "Retort.Cli"), .. Arguments("m")]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var written = new HashSet<DateTime>(); // an epoch has 39 steps, and each writes
        while (written.Count < 60 && !process.HasExited)
        {
            await Task.Delay(5);
            if (File.Exists(cli["m/.checkpoint"]))
                written.Add(File.GetLastWriteTimeUtc(cli["m/.checkpoint"]));
        }

        Process.Start("kill", ["-INT", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]).WaitForExit();
        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token);

        Assert.AreEqual(130, process.ExitCode);
        Assert.AreEqual($"Cancelled; the model in {cli["m"]} is that of the best epoch so far, and the same command goes on from {cli["m/.checkpoint"]}.\n", await process.StandardError.ReadToEndAsync());
        Assert.IsTrue(Cli.Json("evaluate", "--model", cli["m/model.zip"], "--data", Cli.Data("digits.csv")).GetProperty("accuracy").GetDouble() > 0.5);

        var (code, output, error) = Cli.Run(Arguments("m"));
        Assert.AreEqual(0, code, error);
        StringAssert.Contains(output, $"Goes on     from {cli["m/.checkpoint"]}, where an earlier run was ended");
        Assert.AreEqual(0, Cli.Run(Arguments("whole")).Code);
        CollectionAssert.AreEqual(File.ReadAllBytes(cli["whole/model.zip"]), File.ReadAllBytes(cli["m/model.zip"]));
        CollectionAssert.AreEqual(new[] { "metrics.json", "model.onnx", "model.zip", "recipe.json", "report.html" }, Directory.GetFileSystemEntries(cli["m"]).Select(Path.GetFileName).Order().ToArray());
    }

    [TestMethod]
    public async Task A_run_that_is_killed_three_times_ends_in_the_same_files()
    {
        var (code, output, error) = await ChildProcess.Run("Retort.Bench", "Retort.Bench", "kill", "3");
        Assert.AreEqual(0, code, output + error);
        StringAssert.Matches(output, new(@"^kill times=3 resumed=\d+ ended=\d+ identical=yes "));
    }
}
