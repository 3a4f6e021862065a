using System.Globalization;
using System.Text.RegularExpressions;

namespace Retort.Tests;

/// <summary>What a process holds after many fits.</summary>
[TestClass]
public sealed class MemoryTests
{
    [TestMethod]
    public async Task Two_hundred_fits_end_within_5_percent_of_the_size_after_20()
    {
        var (exitCode, output, error) = await ChildProcess.Run("Retort.Bench", "Retort.Bench", "memory");
        Assert.AreEqual(0, exitCode, output + error);
        var ratio = double.Parse(Regex.Match(output, @"ratio=([\d.]+)").Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.IsTrue(ratio <= 1.05, output);
    }
}
