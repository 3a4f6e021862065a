using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.AutoML;

namespace Retort.Bench;

/// <summary>
/// A search of forty trials with a random tuner, in a process that is killed at ten random moments and begun again each time, beside one that nobody disturbed: <c>./bench sweep-kill [TIMES]</c>.
/// </summary>
/// <remarks>
/// <c>cost</c> is what the tables say, epochs times rows; <c>trained</c> what was trained in fact, by the log of all processes. What a killed process had trained of a rung since its last checkpoint is trained again (<c>trainedAgain</c>, epochs); of rungs that had ended when a process was killed nothing is (<c>endedAgain</c>).
/// </remarks>
internal static class SweepKillBench
{
    private const int Trials = 40;
    private const string Child = "child";

    public static void Run(string[] arguments)
    {
        if (arguments is [Child, var own, var rows])
            Search(own, rows);
        else
            Kill(arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 10);
    }

    /// <summary>What the child process does. It tells of every epoch that it trains, so that nothing is trained unseen.</summary>
    private static void Search(string folder, string rows)
    {
        var ml = new MLContext(1);
        var space = new RecipeSpace
        {
            Base = new() { Epochs = 30, BatchSize = 64 },
            Networks = [new Mlp(), new ResNetMlp()],
            Optimizers = [new AdamW()],
            Mixings = [null, new Mixup()],
            Held = ["mlp.Width", "mlp.Layers", "resnet-mlp.Width", "resnet-mlp.Blocks", "resnet-mlp.Expansion"],
        };
        using var file = new StreamWriter(Path.Combine(folder, "epochs.log"), append: true) { AutoFlush = true };
        ml.Log += (_, message) =>
        {
            if (message.RawMessage.Contains(": Epoch ", StringComparison.Ordinal))
                lock (file)
                    file.WriteLine(message.RawMessage);
        };
        var data = ml.Data.LoadFromTextFile(rows, [new("Features", Microsoft.ML.Data.DataKind.Single, 0, 3), new("Label", Microsoft.ML.Data.DataKind.Boolean, 4)], separatorChar: ',');
        var sweep = ml.BinaryClassification.Trainers.NetworkExperiment(space, new() { Trials = Trials }, folder: folder, tuner: new RandomTuner(space)).Fit(data);
        File.WriteAllLines(Path.Combine(folder, "table"), sweep.Trials.Select(trial => $"{trial}"));
        File.WriteAllText(Path.Combine(folder, "cost"), sweep.Trials.Sum(trial => trial.RowEpochs).ToString(CultureInfo.InvariantCulture));
    }

    private static void Kill(int times)
    {
        var folder = Directory.CreateTempSubdirectory("retort-sweep-kill-").FullName;
        try
        {
            var (rows, whole, killed) = (Path.Combine(folder, "rows.csv"), Directory.CreateDirectory(Path.Combine(folder, "whole")).FullName, Directory.CreateDirectory(Path.Combine(folder, "killed")).FullName);
            WriteRows(rows);
            var clock = Stopwatch.StartNew();
            if (!Ended(whole, rows, null))
                throw new InvalidOperationException("The undisturbed search must succeed.");
            var undisturbed = clock.Elapsed;

            var (random, ended) = (new Random(1), new List<(int Trained, string[] Epochs)>());
            while (ended.Count < times)
                if (!Ended(killed, rows, random.NextDouble() * undisturbed * 2 / times))
                    ended.Add((Epochs(killed).Count, EndedEpochs(killed)));
                else
                {
                    Directory.Delete(killed, recursive: true); // it was over before all kills: once more
                    Directory.CreateDirectory(killed);
                    ended.Clear();
                }

            Ended(killed, rows, null);

            var identical = File.ReadAllText(Path.Combine(whole, "table")) == File.ReadAllText(Path.Combine(killed, "table"));
            var (cost, costAfterKills) = (double.Parse(File.ReadAllText(Path.Combine(whole, "cost")), CultureInfo.InvariantCulture), double.Parse(File.ReadAllText(Path.Combine(killed, "cost")), CultureInfo.InvariantCulture));
            var (epochs, inAll) = (Epochs(whole), Epochs(killed));
            var endedAgain = ended.Sum(kill => inAll.Skip(kill.Trained).Intersect(kill.Epochs).Count());
            Figures.Print($"sweep-kill trials={Trials} kills={times} identical={(identical ? "yes" : "no")} cost={cost} costAfterKills={costAfterKills} trained={cost * inAll.Count / epochs.Count:F0} trainedAgain={inAll.Count - inAll.Distinct().Count()} endedAgain={endedAgain} leftInCheckpoints={Directory.GetFiles(killed, "*.checkpoint*").Length} undisturbed={undisturbed.TotalSeconds:F1} unit=row-epochs");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A line for each epoch that was trained: the trial and the epoch.</summary>
    private static List<string> Epochs(string folder) =>
        File.Exists(Path.Combine(folder, "epochs.log")) ? [.. File.ReadAllLines(Path.Combine(folder, "epochs.log")).Select(line => string.Join(' ', line.Split(' ').Take(4)))] : [];

    /// <summary>The same of the epochs of rungs that have ended.</summary>
    private static string[] EndedEpochs(string folder) => !File.Exists(Path.Combine(folder, "trials.jsonl")) ? [] : [.. File.ReadAllLines(Path.Combine(folder, "trials.jsonl")).Skip(1).Where(line => line.EndsWith('}'))
        .Select(line => JsonDocument.Parse(line).RootElement).SelectMany(trial => Enumerable.Range(1, trial.GetProperty("Epochs").GetInt32()).Select(epoch => $"Trial {trial.GetProperty("Trial").GetInt32()}: Epoch {epoch}")).Distinct()];

    /// <summary>Whether the search came to its end; not where the process was killed before.</summary>
    private static bool Ended(string folder, string rows, TimeSpan? killAfter)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(SweepKillBench).Assembly.Location, "sweep-kill", Child, folder, rows]) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        if (killAfter is { } after && !process.WaitForExit(after))
            process.Kill(); // SIGKILL
        process.WaitForExit();
        return process.ExitCode is 0 or 137 or -1 ? process.ExitCode == 0 : throw new InvalidOperationException($"The search must succeed, but ended with {process.ExitCode}: {error.Result}");
    }

    private static void WriteRows(string path)
    {
        var random = new Random(1);
        File.WriteAllLines(path, Enumerable.Range(0, 2000).Select(_ =>
        {
            var numbers = Enumerable.Range(0, 4).Select(_ => random.NextDouble() * 2 - 1).ToArray();
            return string.Create(CultureInfo.InvariantCulture, $"{numbers[0]:F4},{numbers[1]:F4},{numbers[2]:F4},{numbers[3]:F4},{(numbers[0] * numbers[1] + numbers[2] > 0.2 * random.NextDouble() ? 1 : 0)}");
        }));
    }

    /// <summary>Any point of the space; the same in every process.</summary>
    private sealed class RandomTuner(RecipeSpace space) : ITuner
    {
        private readonly Microsoft.ML.SearchSpace.SearchSpace _space = space.ToSearchSpace();

        public Microsoft.ML.SearchSpace.Parameter Propose(TrialSettings settings)
        {
            var random = new Random(settings.TrialId);
            return _space.SampleFromFeatureSpace([.. Enumerable.Range(0, _space.FeatureSpaceDim).Select(_ => random.NextDouble())]);
        }

        public void Update(TrialResult result)
        {
        }
    }
}
