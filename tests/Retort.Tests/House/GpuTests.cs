namespace Retort.Tests;

/// <summary>The program that checks a GPU, given the CPU: the way of the numbers is the same.</summary>
[TestClass]
public sealed class GpuTests
{
    [TestMethod]
    public async Task What_a_GPU_is_checked_for_holds_on_the_CPU()
    {
        var (exitCode, output, error) = await ChildProcess.Run("Retort.Gpu", "Retort.Gpu", "check", "cpu");
        Assert.AreEqual(0, exitCode, output + error);
        StringAssert.EndsWith(output.TrimEnd(), "passed, 0 failed on cpu");
    }
}
