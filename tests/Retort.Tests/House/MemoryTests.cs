using System.Globalization;
using System.Text.RegularExpressions;

namespace Retort.Tests;

/// <summary>What a process holds after many fits.</summary>
[TestClass]
public sealed class MemoryTests
{
    [TestMethod]
    public async Task Two_hundred_fits_and_two_thousand_epochs_end_about_as_large_as_they_began()
    {
        var (exitCode, output, error) = await ChildProcess.Run("Retort.Bench", "Retort.Bench", "memory");
        Assert.AreEqual(0, exitCode, output + error);
        Assert.IsTrue(Ratio("fits=200") <= 1.05, output);
        Assert.IsTrue(Ratio("epochs=2000") <= 1.02, output);

        double Ratio(string line) => double.Parse(Regex.Match(output, $@"{line} ratio=([\d.]+)").Groups[1].Value, CultureInfo.InvariantCulture);
    }
}
