namespace Retort.Tests;

/// <summary>The net8.0 build of the packages, in a program and a process of its own.</summary>
[TestClass]
public sealed class Net8Tests
{
    [TestMethod]
    public async Task The_net8_build_trains_saves_loads_and_scores()
    {
        // beside this test's own output: .../bin/<project>/release
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Retort.Net8", "release", "Retort.Net8.dll"));
        if (!File.Exists(program))
            Assert.Inconclusive($"{program} was not built.");
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("dotnet", [program])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.AreEqual(0, process.ExitCode, await output + await error);
        StringAssert.Contains(await output, "Version=v8.0");
    }
}
