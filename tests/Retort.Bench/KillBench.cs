using System.Diagnostics;
using System.Globalization;

namespace Retort.Bench;

/// <summary><c>retort train</c>, killed at random moments and given again each time: its files beside those of a run that nobody disturbed.</summary>
internal static class KillBench
{
    private static readonly string s_program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Retort.Cli", "release", "Retort.Cli.dll"));

    public static void Run(int times)
    {
        if (!File.Exists(s_program))
            throw new InvalidOperationException($"The command must be built, but '{s_program}' is not there.");
        var folder = Directory.CreateTempSubdirectory("retort-kill-").FullName;
        try
        {
            Run(times, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Run(int times, string folder)
    {
        var (data, whole, killed) = (Path.Combine(folder, "rows.csv"), Path.Combine(folder, "whole"), Path.Combine(folder, "killed"));
        WriteRows(data);
        var clock = Stopwatch.StartNew();
        if (Train(data, whole, null) != 0)
            throw new InvalidOperationException("The undisturbed run must succeed.");
        var undisturbed = clock.Elapsed;

        var random = new Random(times);
        var (kills, resumed, ended, identical) = (0, 0, 0, true);
        while (true)
        {
            var goesOn = File.Exists(Path.Combine(killed, ".checkpoint"));
            var code = Train(data, killed, kills < times ? random.NextDouble() * undisturbed : null);
            resumed += goesOn ? 1 : 0;
            if (code != 0)
            {
                kills++;
                continue;
            }

            ended++;
            identical &= Same(whole, killed);
            if (kills == times)
                break;
            Directory.Delete(killed, recursive: true);
        }

        Figures.Print($"kill times={kills} resumed={resumed} ended={ended} identical={(identical ? "yes" : "no")} undisturbed={undisturbed.TotalSeconds:F1} unit=s");
    }

    /// <summary>The exit code; not 0 where the process was killed before it had ended.</summary>
    private static int Train(string data, string folder, TimeSpan? killAfter)
    {
        string[] arguments =
        [
            s_program, "train", "--data", data, "--label", "y", "--out", folder, "--checkpoint", "1", "--seed", "1", "--epochs", "60", "--recipe",
            """{"Network": {"$type": "mlp", "Layers": 2, "Width": 128, "Dropout": 0.1}, "Averaging": {"$type": "ema"}, "Patience": 60}""",
        ];
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var error = process.StandardError.ReadToEndAsync();
        if (killAfter is { } after && !process.WaitForExit(after))
            process.Kill(); // SIGKILL
        process.WaitForExit();
        if (process.ExitCode is not (0 or 137 or -1))
            throw new InvalidOperationException($"The command must succeed, but ended with {process.ExitCode}: {error.Result}");
        return process.ExitCode;
    }

    private static bool Same(string whole, string killed)
    {
        string[] names = ["model.zip", "model.onnx", "recipe.json"];
        return names.All(name => File.ReadAllBytes(Path.Combine(whole, name)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(killed, name))))
            && Directory.GetFileSystemEntries(killed).Select(Path.GetFileName).Order().SequenceEqual(["metrics.json", "model.onnx", "model.zip", "recipe.json", "report.html"]);
    }

    private static void WriteRows(string path)
    {
        var random = new Random(1);
        using var file = new StreamWriter(path);
        file.WriteLine("a,b,c,d,colour,y");
        for (var row = 0; row < 3000; row++)
        {
            var numbers = Enumerable.Range(0, 4).Select(_ => random.NextDouble() * 2 - 1).ToArray();
            var colour = random.Next(3);
            file.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{numbers[0]:F4},{numbers[1]:F4},{numbers[2]:F4},{numbers[3]:F4},{"rgb"[colour]},{(numbers[0] * numbers[1] + colour * numbers[2] > 0 ? 1 : 0)}"));
        }
    }
}
