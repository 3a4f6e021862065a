using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Retort.Cli.Demo;
using Retort.Cli.Output;
using Retort.Cli.Tables;

namespace Retort.Cli.Commands;

/// <summary><c>retort demo</c>: what a teacher is worth to a small network, on three real tables.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var seeds = CommonOptions.Whole("--seeds", "How many seeds each set is run with; default 5.", least: 1);
        var command = new Command("demo", "Teach small networks on three real tables, compare them, and reload one in a new process.") { seeds };
        command.Does((parsed, terminal, cancel) => Run(parsed.GetValue(seeds) ?? 5, terminal, cancel));
        return command;
    }

    private static int Run(int seeds, Terminal terminal, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        terminal.Say($"Three tables, {Names.Count(seeds, "seed")} each: a teacher, a small network from the labels alone, and the same network taught by the teacher too.");
        var runs = terminal.Progress("Training", show => Train(seeds, show, cancel));
        var sets = DemoSet.All.Select(set => Summary.Of([.. runs.Where(r => r.Set == set)], cancel)).ToArray();

        terminal.Table(
            ["Set", "Model", ">Accuracy or RMSE", ">Log-loss", ">Parameters", ">Microseconds a row"],
            sets.SelectMany(s => s.Rows.Select((r, i) => (IReadOnlyList<string>)
                [i == 0 ? s.Set.Name : "", r.Name, MainText(s, r), r.LogLoss.Text(4), Terminal.Number(r.Parameters, 0), Terminal.Number(r.Microseconds, 2)])));
        terminal.Say("Held-out rows (20 %), mean ± standard deviation over the seeds; accuracy in %, RMSE for diabetes (lower is better), log-loss in nats (lower is better).");
        foreach (var set in sets)
            terminal.Say(set.Verdict());

        var student = runs.First(r => r.Set == DemoSet.All[0]);
        var (difference, rows) = Saved(student, cancel);
        var agree = difference <= Reload.Tolerance;
        terminal.Say("");
        terminal.Say(FormattableString.Invariant($"The student of {student.Set.Name} was saved and loaded by a new process: its scores of {rows} rows {(agree ? "agree" : "do NOT agree")} (largest difference {difference:G2}, allowed {Reload.Tolerance:G1})."));
        terminal.Say(FormattableString.Invariant($"{watch.Elapsed.TotalSeconds:F0} seconds in all."));
        terminal.Result(new JsonObject
        {
            ["seeds"] = seeds,
            ["sets"] = new JsonArray([.. sets.Select(s => s.ToJson())]),
            ["reload"] = new JsonObject { ["agree"] = agree, ["largestDifference"] = Terminal.Value(difference), ["rows"] = rows },
            ["seconds"] = watch.Elapsed.TotalSeconds,
        });
        return agree ? App.Ok : App.Failed;
    }

    private static DemoRun[] Train(int seeds, Action<double, string> show, CancellationToken cancel)
    {
        var jobs = DemoSet.All.SelectMany(set => Enumerable.Range(1, seeds).Select(seed => (set, seed))).ToArray();
        var runs = new DemoRun[jobs.Length];
        var done = 0;
        Parallel.For(0, jobs.Length, new ParallelOptions { MaxDegreeOfParallelism = 2 }, i =>
        {
            cancel.ThrowIfCancellationRequested();
            runs[i] = DemoRun.Of(jobs[i].set, jobs[i].seed, cancel);
            show((double)Interlocked.Increment(ref done) / jobs.Length, $"{jobs[i].set.Name}, seed {jobs[i].seed}");
        });
        return runs;
    }

    private static (double Difference, int Rows) Saved(DemoRun student, CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("retort-demo-");
        try
        {
            return Reload.Check(student, folder.FullName, cancel).GetAwaiter().GetResult();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string MainText(Summary set, Summary.Row row) => set.Regression ? row.Main.Text(2) : new Spread(100 * row.Main.Mean, 100 * row.Main.Deviation).Text(2);
}
