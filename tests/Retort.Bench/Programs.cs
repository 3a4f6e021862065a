using System.Diagnostics;

namespace Retort.Bench;

/// <summary>Programs in processes of their own.</summary>
internal static class Programs
{
    /// <summary>The command <c>retort</c> as it was built beside this program: what it prints, and the peak of its resident size in bytes.</summary>
    /// <exception cref="InvalidOperationException">It fails, or was not built.</exception>
    public static (string Output, long Peak) Retort(params string[] arguments)
    {
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Retort.Cli", "release", "Retort.Cli.dll"));
        if (!File.Exists(program))
            throw new InvalidOperationException($"The command must be built, but '{program}' is not there.");
        return Run("dotnet", [program, .. arguments]);
    }

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="InvalidOperationException">It fails.</exception>
    public static (string Output, long Peak) Run(string name, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(name, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        var peak = 0L;
        while (!process.WaitForExit(100))
        {
            process.Refresh();
            peak = Math.Max(peak, process.HasExited ? 0 : process.PeakWorkingSet64);
        }

        if (process.ExitCode != 0)
            throw new InvalidOperationException($"'{name} {string.Join(' ', arguments)}' must succeed, but ended with {process.ExitCode}: {error.Result}{output.Result}");
        return (output.Result, peak);
    }
}
