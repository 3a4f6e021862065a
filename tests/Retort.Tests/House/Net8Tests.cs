namespace Retort.Tests;

/// <summary>The net8.0 build of the packages, in a program and a process of its own.</summary>
[TestClass]
public sealed class Net8Tests
{
    [TestMethod]
    public async Task The_net8_build_trains_saves_loads_and_scores()
    {
        var (exitCode, output, error) = await ChildProcess.Run("Retort.Net8", "Retort.Net8");
        Assert.AreEqual(0, exitCode, output + error);
        StringAssert.Contains(output, "Version=v8.0");
    }
}
