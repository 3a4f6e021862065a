using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using Retort.Cli.Metrics;
using Retort.Cli.Tables;

namespace Retort.Cli.Demo;

/// <summary>Saves a student, lets another process load it, and compares the scores.</summary>
internal static class Reload
{
    public const double Tolerance = 1e-6;

    /// <summary>The largest difference between the scores here and those of a new process.</summary>
    /// <exception cref="InvalidOperationException">The new process failed.</exception>
    public static async Task<(double Difference, int Rows)> Check(DemoRun run, string folder, CancellationToken cancel)
    {
        var ml = new MLContext();
        var (model, data) = (Path.Combine(folder, "model.zip"), Path.Combine(folder, "rows.csv"));
        ml.Model.Save(run.Student, run.TestRows.Schema, model);
        using (var stream = File.Create(data))
            ml.Data.SaveAsText(run.TestRows, stream, separatorChar: ',', headerRow: true, schema: false, forceDense: true);

        var here = Scored.Read(run.Student.Transform(run.TestRows), run.Set.Label, cancel).Predictions;
        var there = await Elsewhere(["score", "--model", model, "--data", data, "--json"], cancel);
        if (here.Length != there.Length)
            throw new InvalidOperationException($"The new process must give {here.Length} scores, but gave {there.Length}.");
        return (here.Zip(there, (a, b) => Math.Abs((double)a - b)).Max(), run.TestRows.GetColumn<float>(run.Set.Label).Count());
    }

    /// <summary>All scores of a table, by nothing but <c>new MLContext().Model.Load(path)</c>.</summary>
    public static float[] Scores(string model, string data, CancellationToken cancel)
    {
        var ml = new MLContext();
        var loaded = ml.Model.Load(model, out var schema);
        var rows = Table.Read(data, cancel).Load(ml, schema.Where(c => c.Type == NumberDataViewType.Single).Select(c => (c.Name, DataKind.Single)));
        var scored = loaded.Transform(rows);
        return Scored.Read(scored, schema[^1].Name, cancel).Predictions;
    }

    private static async Task<float[]> Elsewhere(string[] arguments, CancellationToken cancel)
    {
        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
            start.ArgumentList.Add(Assembly.GetExecutingAssembly().Location);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);

        using var process = Process.Start(start)!;
        using var kill = cancel.Register(() => process.Kill(entireProcessTree: true));
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var output = await process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);
        cancel.ThrowIfCancellationRequested();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<float[]>(JsonDocument.Parse(output.TrimEnd().Split('\n')[^1]).RootElement.GetProperty("scores"))!
            : throw new InvalidOperationException($"The new process must load the saved student, but ended with {process.ExitCode}: {(await error).Trim()}");
    }
}
