using System.CommandLine;
using System.CommandLine.Invocation;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.ML;
using Retort.Cli.Output;
using Retort.Cli.Reports;
using Retort.Cli.Training;

namespace Retort.Cli.Commands;

/// <summary><c>retort sweep</c>: from a table to the best model of a search for recipes.</summary>
internal static class SweepCommand
{
    private const string DefaultSpace = "default";
    private const double DefaultMinutes = 5;

    public static Command Create()
    {
        var table = new TableOptions("model.zip, model.onnx, recipe.json, sweep.json, metrics.json and report.html; a search that was ended goes on there", "model");
        var minutes = new Option<double?>("--minutes")
        {
            Description = "How long the search may take, in all where it goes on; default 5, or no limit where --trials is given.",
            HelpName = "M",
            CustomParser = parsed =>
            {
                var text = parsed.Tokens[0].Value;
                if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !(number > 0 && number < 1e6))
                    parsed.AddError($"Option --minutes must be a number above 0, but is '{text}'.");
                return number;
            },
        };
        var trials = CommonOptions.Whole("--trials", "How many recipes are tried at most.", least: 1);
        var objective = new Option<string>("--objective")
        {
            Description = $"What the search is after, separated by commas: {SweepGoal.Names}. The first decides which recipe is best. gap:COLUMN protects the column as --protected does; gap is the largest difference of mean scores between groups of the protected columns.",
            HelpName = "NAMES",
            DefaultValueFactory = _ => "loss",
        };
        var space = new Option<string>("--space") { Description = $"The recipes to search among: {SweepSpaces.Names}, or a JSON file as --space-template prints one.", HelpName = "NAME|FILE", DefaultValueFactory = _ => DefaultSpace };
        var template = new Option<bool>("--space-template") { Description = "Print the space of --space as JSON, to be changed and given to --space as a file, and do nothing else." };
        template.Action = new Template(space);
        var seed = CommonOptions.Whole("--seed", "Where random numbers begin; default 0, or the seed of the space's base.");
        var threads = CommonOptions.Whole("--threads", "How many trials run at once, each on a thread; default as many as there are processors.", least: 1);
        var refit = new Option<bool>("--refit") { Description = "After the search train the best recipe once more, for as many epochs, on the rows too that it was judged by; a calibration keeps those that it needs." };
        var force = new Option<bool>("--force") { Description = "Replace what --out holds, even a model of another label or task, and begin anew where there is a search." };

        var command = new Command("sweep", "Search for the best recipe for a table: many networks side by side, of which the best train on.") { minutes, trials, objective, space, template, refit, seed, threads, force };
        table.AddTo(command);
        command.Does((parsed, terminal, cancel) =>
        {
            var (goals, columns) = SweepGoal.Read(parsed.GetRequiredValue(objective));
            var own = table.Read(parsed, 0, parsed.GetValue(force));
            own = own with { Protected = [.. own.Protected, .. columns] };
            if (own.Protected.Count == 0 && goals.Any(goal => goal.Objective == SweepObjective.Gap))
                throw new UsageException("Objective 'gap' must come with protected columns, as gap:COLUMN or by --protected, but comes without.");
            var recipes = SweepSpaces.Read(parsed.GetRequiredValue(space), parsed.GetValue(seed), own.Teacher is not null, own.Protected.Count > 0);
            var (most, time) = (parsed.GetValue(trials), parsed.GetValue(minutes) ?? (parsed.GetValue(trials) is null ? DefaultMinutes : null));
            var settings = new SweepSettings { Trials = most ?? int.MaxValue / 2, Seed = recipes.Base.Seed, Threads = parsed.GetValue(threads) ?? 0 };
            return Run(own with { Seed = recipes.Base.Seed }, recipes, goals, settings, time is { } limit ? TimeSpan.FromMinutes(limit) : null, parsed.GetValue(refit), terminal, cancel);
        });
        return command;
    }

    private static int Run(TableRequest request, RecipeSpace space, IReadOnlyList<SweepGoal> goals, SweepSettings settings, TimeSpan? limit, bool refit, Terminal terminal, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        var data = TrainingTable.Read(request, terminal, cancel);
        goals = [.. goals.Select(goal => goal.For(data.Plan.Task))];
        try
        {
            space = space.For(data.Plan.Task);
        }
        catch (ArgumentException e)
        {
            throw new UsageException(e.Sentence());
        }

        using var output = new OutputFolder(request.Out);
        if (request.Force)
            output.ForgetSearch();
        if (Directory.Exists(output.Search))
            terminal.Say($"Goes on     from {output.Search}, where an earlier search was ended");
        Directory.CreateDirectory(output.Search);
        using var clock = new SweepClock(output.Search);
        settings = settings with
        {
            Objectives = [.. goals.Select(goal => goal.Objective)],
            Time = limit is { } most ? most - clock.Elapsed is var left && left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1) : null, // what is known is taken in any case
        };
        var progress = new SweepProgress(terminal, goals, space, settings, clock);
        var mapped = data.LabelMap.Transform(data.Train);
        var prepared = data.Pipeline.Prepare()?.Fit(mapped);
        SweepRun sweep;
        try
        {
            sweep = terminal.Watch(SweepProgress.Titles(goals), () => progress.Draw(limit), () => data.Pipeline.Sweep(
                prepared?.Transform(mapped) ?? mapped, space, settings, data.TaughtBy(space.Base, progress.Taught), output.Search, progress, progress, cancel));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new UsageException(FormattableString.Invariant($"Option --minutes must be enough for an epoch of one trial, but is {limit?.TotalMinutes}."));
        }
        catch (OperationCanceledException e)
        {
            throw new CancelledException($"Cancelled before the first trial ended an epoch, so no model was written; the same command goes on from {output.Search}.", e);
        }

        clock.Stop();
        var refitted = refit && !cancel.IsCancellationRequested ? Refitted() : null;
        var cancelled = cancel.IsCancellationRequested;
        var rest = cancelled ? CancellationToken.None : cancel; // the best so far is measured and written; a second signal ends the process
        var chosen = refitted is not null ? "refit" : sweep.Soup is not null ? "soup" : "best";
        var best = Whole(refitted ?? sweep.SoupModel ?? sweep.ModelOf(sweep.Best));
        var tested = TestedModel.Of(data, best, terminal, rest);
        var front = goals.Count == 1 || sweep.Front.Count == 1 ? [] : sweep.Front.Select(trial => (Trial: trial, Quality: Kept(trial))).ToArray();
        ModelFile.Save(data.Context, best, data.Input, output["model.zip"]);
        var onnx = ModelFile.SaveOnnx(data.Context, best, data.Test, output["model.onnx"], terminal);
        File.WriteAllText(output["recipe.json"], Indented(JsonNode.Parse(sweep.Best.Recipe.ToJson())!));
        File.WriteAllText(output["sweep.json"], Indented(sweep.ToJson(space, goals, clock.Elapsed.TotalSeconds, chosen)));
        var metrics = tested.ToJson(data);
        metrics["sweep"] = Summary(sweep, goals, front, chosen);
        metrics["rowsPerSecond"] = Terminal.Value(tested.RowsPerSecond);
        metrics["seconds"] = Terminal.Value(clock.Elapsed.TotalSeconds);
        File.WriteAllText(output["metrics.json"], Indented(metrics));
        var report = ReportFile.TryWrite(terminal, output[ReportFile.Name], () => ReportSource.Of(data, best, tested, output["model.zip"]), rest);
        rest.ThrowIfCancellationRequested();
        output.Finish("model.onnx", "model-*.zip", "path.*", ReportFile.Name);

        Say(terminal, sweep, goals, space, settings, front, chosen);
        tested.Say(terminal);
        terminal.Say(FormattableString.Invariant($"Searched for {clock.Elapsed.TotalSeconds:F1} s ({watch.Elapsed.TotalSeconds:F1} s in all by this command); the network scores {tested.RowsPerSecond:N0} rows a second."));
        terminal.Say($"Written to {request.Out}: model.zip, {(onnx ? "model.onnx, " : "")}recipe.json, sweep.json, metrics.json{(report ? $", {ReportFile.Name}" : "")}{(front.Length > 0 ? " and a model for each trial on the front" : "")}; with more --minutes or --trials the same command goes on.");
        metrics["out"] = request.Out;
        if (cancelled)
        {
            metrics["cancelled"] = true;
            terminal.Error.WriteLine($"Cancelled; the model in {request.Out} is the best of {sweep.Trials.Count} trials so far, and the same command goes on from {output.Search}.");
        }

        terminal.Result(metrics);
        return cancelled ? App.Cancelled : App.Ok;

        ITransformer Whole(ITransformer network) => prepared is null ? network : prepared.Append(network);

        // the search is not lost where this is ended
        ITransformer? Refitted()
        {
            try
            {
                return terminal.Progress("Training the best recipe on all rows", _ => sweep.Refit());
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return null;
            }
        }

        IReadOnlyList<(string Name, double Value)> Kept(SweepTrial trial)
        {
            var model = Whole(sweep.ModelOf(trial));
            ModelFile.Save(data.Context, model, data.Input, output[FileOf(trial)]);
            return TestedModel.QualityOf(data, model, rest);
        }
    }

    private static void Say(Terminal terminal, SweepRun sweep, IReadOnlyList<SweepGoal> goals, RecipeSpace space, SweepSettings settings, (SweepTrial Trial, IReadOnlyList<(string Name, double Value)> Quality)[] front, string chosen)
    {
        var failed = sweep.Trials.Count(trial => trial.Failure is not null);
        terminal.Say("");
        terminal.Say(FormattableString.Invariant($"{sweep.Trials.Count:N0} recipes tried, {sweep.Trials.Count(trial => trial.Rungs == settings.Rungs):N0} trained to their end{(failed > 0 ? $", {failed:N0} failed" : "")}. {(front.Length > 0 ? "Those that no other is better than in all objectives, on held-out rows and (last columns) on the test rows" : "The best, on held-out rows")}:"));
        if (front.Length > 0)
            terminal.Table([.. SweepProgress.Titles(goals).SkipLast(1), .. front[0].Quality.Take(2).Select(metric => ">Test " + metric.Name), "Recipe"], front.Select(own =>
            {
                var row = SweepProgress.Row(own.Trial, goals, space, settings.Rungs);
                return (IReadOnlyList<string>)[.. row.SkipLast(1), .. own.Quality.Take(2).Select(metric => Terminal.Number(metric.Value)), row[^1]];
            }));
        else
            terminal.Table(SweepProgress.Titles(goals), sweep.Trials.Where(trial => trial.Failure is null).OrderByDescending(trial => trial == sweep.Best).ThenByDescending(trial => trial.Rungs).ThenBy(trial => trial.Loss).Take(5).Select(trial => SweepProgress.Row(trial, goals, space, settings.Rungs)));
        if (sweep.Soup is { } soup)
            terminal.Say($"Soup        of trials {string.Join(", ", soup.Trials)}: {string.Join(", ", goals.Select((goal, i) => $"{goal.Name} {SweepProgress.Number(goal, soup.Objectives[i])}"))}");
        terminal.Say(chosen switch
        {
            "refit" => $"Taken       the recipe of trial {sweep.Best.Number}, trained once more on the rows too that judged it",
            "soup" => "Taken       the soup: the mean of their weights is better than the best of them",
            _ => $"Taken       trial {sweep.Best.Number}",
        });
        if (!sweep.IsWhole)
            terminal.Say("Note        no trial was trained to its end; with more --minutes the same command goes on");
    }

    private static JsonObject Summary(SweepRun sweep, IReadOnlyList<SweepGoal> goals, (SweepTrial Trial, IReadOnlyList<(string Name, double Value)> Quality)[] front, string chosen)
    {
        var summary = new JsonObject
        {
            ["trials"] = sweep.Trials.Count,
            ["failed"] = sweep.Trials.Count(trial => trial.Failure is not null),
            ["best"] = sweep.Best.Number,
            ["epochs"] = sweep.Best.Epochs,
            ["objectives"] = SweepRun.Objectives(sweep.Best.Objectives, goals),
            ["chosen"] = chosen,
            ["soup"] = sweep.SoupJson(goals),
        };
        if (front.Length > 0)
            summary["front"] = new JsonArray([.. front.Select(own => (JsonNode)new JsonObject
            {
                ["trial"] = own.Trial.Number,
                ["model"] = FileOf(own.Trial),
                ["objectives"] = SweepRun.Objectives(own.Trial.Objectives, goals),
                ["test"] = new JsonObject(own.Quality.Select(metric => KeyValuePair.Create(metric.Name, Terminal.Value(metric.Value)))),
            })]);
        return summary;
    }

    private static string FileOf(SweepTrial trial) => FormattableString.Invariant($"model-{trial.Number}.zip");

    private static string Indented(JsonNode node) => node.ToJsonString(new() { WriteIndented = true }) + "\n";

    private sealed class Template(Option<string> space) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var configuration = parseResult.InvocationConfiguration;
            try
            {
                configuration.Output.WriteLine(SweepSpaces.Named(parseResult.GetValue(space) ?? DefaultSpace).ToJson());
                return App.Ok;
            }
            catch (UsageException e)
            {
                configuration.Error.WriteLine(e.Sentence());
                return App.BadUsage;
            }
        }
    }
}
