using System.Diagnostics;

namespace Retort.Tests;

/// <summary>Runs a program that was built beside the tests, in a process of its own.</summary>
internal static class ChildProcess
{
    /// <summary>Exit code and output of <c>dotnet PROJECT/release/ASSEMBLY.dll ARGUMENTS</c>.</summary>
    public static Task<(int ExitCode, string Output, string Error)> Run(string project, string assembly, params string[] arguments) =>
        Start("dotnet", [Program(project, assembly), .. arguments]);

    /// <summary>Where an assembly lies that was built beside the tests; the test is inconclusive where it was not.</summary>
    public static string Program(string project, string assembly)
    {
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", project, "release", assembly + ".dll"));
        if (!File.Exists(program))
            Assert.Inconclusive($"{program} was not built.");
        return program;
    }

    public static Task<(int ExitCode, string Output, string Error)> Start(string command, params string[] arguments) => StartIn("", command, arguments);

    public static async Task<(int ExitCode, string Output, string Error)> StartIn(string folder, string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
