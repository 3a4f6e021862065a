using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.ML;
using Microsoft.ML.Data;
using Retort.Cli.Metrics;
using Retort.Cli.Output;
using Retort.Cli.Tables;
using Retort.Cli.Training;

namespace Retort.Cli.Commands;

/// <summary><c>retort train</c>: from a table to a model that is saved and measured.</summary>
internal static class TrainCommand
{
    private const double TestShare = 0.2;
    private const string Auto = "auto";

    public static Command Create()
    {
        var data = CommonOptions.Data("The rows to learn from: CSV or TSV with a header line.");
        var label = new Option<string>("--label") { Description = "The column to predict.", HelpName = "COLUMN", Required = true };
        var task = new Option<string>("--task") { Description = "What kind of prediction; guessed from the label by default." };
        task.AcceptOnlyFromAmong("binary", "multiclass", "regression");
        var test = new Option<string?>("--test") { Description = "Rows to measure the model on; by default 20 % of the data, drawn by the seed.", HelpName = "FILE" };
        var ignore = new Option<string[]>("--ignore")
        {
            Description = "Columns to leave out, separated by commas; give the option once a column where a name has a comma.",
            HelpName = "COLUMNS",
            DefaultValueFactory = _ => [],
        };
        var guarded = new Option<string[]>("--protected")
        {
            Description = "Columns on which predictions should depend little, separated by commas: what the recipe's penalty looks at. They are left out of the features, and their groups are compared on the test rows.",
            HelpName = "COLUMNS",
            DefaultValueFactory = _ => [],
        };
        var path = new Option<string?>("--path")
        {
            Description = "Weights of the recipe's penalty, separated by commas: a network for each, side by side, with a table of what it costs and what it brings. 0 and the recipe's own weight are always among them; model.zip is that of the latter.",
            HelpName = "WEIGHTS",
        };
        var teacher = new Option<string?>("--teacher") { Description = "A saved ML.NET model to learn from beside the labels, or 'auto' for an ensemble of large networks that is trained first.", HelpName = "MODEL|auto" };
        var start = new Option<string?>("--start") { Description = "A model of 'retort train' on the same columns, whose steps are kept and whose weights training begins from: models of one start can be merged.", HelpName = "MODEL" };
        var recipe = new Option<string?>("--recipe") { Description = "What is trained and how: JSON, or a file of it (see 'retort methods').", HelpName = "JSON|FILE" };
        var seed = CommonOptions.Whole("--seed", "Where random numbers begin; default 0.");
        var epochs = CommonOptions.Whole("--epochs", "How often training passes over the rows at most; default as in the recipe.");
        var device = new Option<string?>("--device") { Description = "Where it is trained; default as in the recipe, which is the CPU where it names none." };
        device.AcceptOnlyFromAmong("cpu", "cuda");
        var folder = new Option<string>("--out") { Description = "The folder for model.zip, recipe.json and metrics.json.", HelpName = "DIR", DefaultValueFactory = _ => "model" };
        var seconds = CommonOptions.Whole("--checkpoint", "How many seconds of training may be lost when the command is killed; it goes on from a file in --out when it is given again. Default 30.", least: 0);
        var force = new Option<bool>("--force") { Description = "Replace what --out holds, even a model of another label or task, and begin anew where an earlier run was ended." };

        var command = new Command("train", "Train a network on a table, measure it on rows that it has not seen, and save it.")
        {
            data, label, task, test, ignore, guarded, path, teacher, start, recipe, seed, epochs, device, folder, seconds, force,
        };
        command.Does((parsed, terminal, cancel) => Run(
            new Request(
                parsed.GetRequiredValue(data), parsed.GetRequiredValue(label), Task(parsed.GetValue(task)), parsed.GetValue(test), parsed.GetRequiredValue(ignore), parsed.GetRequiredValue(guarded),
                parsed.GetValue(teacher) is { } named && named.Equals(Auto, StringComparison.OrdinalIgnoreCase) ? Auto : parsed.GetValue(teacher), Recipes.Read(parsed.GetValue(recipe), parsed.GetValue(seed), parsed.GetValue(epochs), parsed.GetValue(device)), parsed.GetRequiredValue(folder),
                parsed.GetValue(seconds) ?? 30, parsed.GetValue(force), Weights(parsed.GetValue(path)), parsed.GetValue(start)),
            terminal, cancel));
        return command;
    }

    private static LearningTask? Task(string? name) => name is null ? null : Enum.Parse<LearningTask>(name, ignoreCase: true);

    private static double[] Weights(string? text) => [.. (text?.Split(',', StringSplitOptions.TrimEntries) ?? []).Select(word =>
        double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var weight) && weight >= 0 && double.IsFinite(weight) ? weight
        : throw new UsageException($"Option --path must hold numbers of at least 0, separated by commas, but holds '{word}'."))];

    private static int Run(Request request, Terminal terminal, CancellationToken cancel)
    {
        if (request.Path.Count > 0 && (request.Protected.Count == 0 || request.Recipe.Penalty is null))
            throw new UsageException($"Option --path must come with {(request.Protected.Count == 0 ? "--protected" : "a recipe that has a Penalty")}, but comes without.");
        if (request.Path.Count > 0 && request.Start is not null)
            throw new UsageException("Option --path must come without --start, but comes with it.");
        var watch = Stopwatch.StartNew();
        var ml = new MLContext(request.Recipe.Seed);
        var table = Table.Read(request.Data, cancel);
        var plan = Plan.Of(table, request.Label, request.Task, request.Ignore, request.Protected);
        Tell(terminal, table, plan, request.Task is null, request.Teacher is not null && plan.Task != LearningTask.Binary);
        if (!request.Force)
            MustNotReplaceAnother(request.Out, plan);

        var teacher = request.Teacher is { } path and not Auto ? ModelFile.Load(ml, path) : null;
        var start = request.Start is null ? null : StartModel.Load(ml, request.Start);
        var pipeline = new Pipeline(ml, plan, table.Columns.Select(c => c.Name));
        var columns = Columns(pipeline, plan, teacher, table);
        var (train, test, testMissing) = Split(ml, request, table, plan, pipeline, columns, cancel);
        using var output = new OutputFolder(request.Out);
        var checkpoint = new Checkpoint(output.Checkpoint) { Interval = TimeSpan.FromSeconds(request.CheckpointSeconds), Keep = true };
        if (request.Force)
            output.Forget();
        if (plan.Protected.Count > 0 && request.Recipe.Penalty is null)
            terminal.Say("Note        --protected leaves its columns out of the features; a recipe with a Penalty also lowers the dependence on them");
        if (request.Path.Count == 0 && File.Exists(checkpoint.Path))
            terminal.Say($"Goes on     from {checkpoint.Path}, where an earlier run was ended");

        var labelMap = pipeline.LabelMap(table.Load(ml, columns));
        var fit = Stopwatch.StartNew();
        ITransformer model;
        PathRun? along = null;
        ITransformer? prepared = null;
        try
        {
            model = request.Path.Count > 0 ? AlongPath() : start is not null ? FromStart(start) : terminal.Progress("Training", show => pipeline
                .Build(request.Recipe, Taught(show), new EpochProgress(show), cancel, checkpoint)
                .Fit(labelMap.Transform(train)));
        }
        catch (OperationCanceledException) when (File.Exists(checkpoint.Path))
        {
            throw new CancelledException($"Cancelled before the first epoch ended, so no model was written; the same command goes on from {checkpoint.Path}.");
        }

        fit.Stop();
        var cancelled = cancel.IsCancellationRequested;
        var rest = cancelled ? CancellationToken.None : cancel; // the best epoch so far is measured and written; a second signal ends the process

        var scored = Scored.Read(model.Transform(test), plan.Label.Name, rest);
        var quality = Quality.Of(scored);
        var points = along?.Write(
            terminal, output, Whole, (each, file) => ModelFile.Save(ml, each, table.Load(ml, pipeline.Columns).Schema, file), each => Quality.Of(Scored.Read(each.Transform(test), plan.Label.Name, rest)));
        var speed = 1 / Measured.SecondsARow(model, ml.Data.Cache(test), rest);
        string[] guarded = [.. plan.Protected.Select(column => column.Name)];
        var unseen = Array.Find(guarded, name => test.Schema.GetColumnOrNull(name) is null);
        if (unseen is not null)
            terminal.Say($"Note        the groups of the protected columns are not compared, since '{request.Test}' has no column '{unseen}'");
        var fairness = guarded.Length == 0 || unseen is not null ? null : Fairness.Of(ml, model.Transform(ml.Data.Cache(test)), plan.Task, plan.Label.Name, guarded, request.Recipe.Seed);

        ModelFile.Save(ml, model, table.Load(ml, pipeline.Columns).Schema, output["model.zip"]);
        File.WriteAllText(output["recipe.json"], JsonNode.Parse(request.Recipe.ToJson())!.ToJsonString(new() { WriteIndented = true }) + "\n");

        var metrics = new JsonObject
        {
            ["task"] = Name(plan.Task),
            ["label"] = plan.Label.Name,
            ["testRows"] = scored.Rows,
            ["rowsWithoutLabel"] = plan.Label.Missing + testMissing,
        };
        foreach (var (name, value) in quality)
            metrics[name] = Terminal.Value(value);
        if (fairness is not null)
            metrics["fairness"] = JsonNode.Parse(fairness.ToJson());
        if (points is not null)
            metrics["path"] = points;
        metrics["rowsPerSecond"] = Terminal.Value(speed);
        metrics["seconds"] = Terminal.Value(fit.Elapsed.TotalSeconds);
        File.WriteAllText(output["metrics.json"], metrics.ToJsonString(new() { WriteIndented = true }) + "\n");
        rest.ThrowIfCancellationRequested();
        output.Finish();
        if (!cancelled)
            output.Forget();

        Report.Quality(terminal, quality, scored);
        if (fairness is not null)
            FairnessReport.Say(terminal, fairness);
        terminal.Say(FormattableString.Invariant($"Trained in {fit.Elapsed.TotalSeconds:F1} s ({watch.Elapsed.TotalSeconds:F1} s in all); scores {speed:N0} rows a second."));
        terminal.Say($"Written to {request.Out}: model.zip, recipe.json, metrics.json{(along is null ? "" : ", path.json, path.csv and a model for each weight")}.");
        metrics["out"] = request.Out;
        if (cancelled)
        {
            metrics["cancelled"] = true;
            terminal.Error.WriteLine($"Cancelled; the model in {request.Out} is that of the best epoch so far{(File.Exists(checkpoint.Path) ? $", and the same command goes on from {checkpoint.Path}" : "")}.");
        }

        terminal.Result(metrics);
        return cancelled ? App.Cancelled : App.Ok;

        Teacher? Taught(Action<double, string> show) =>
            teacher is not null ? Teacher.Of(teacher.Model) : request.Teacher == Auto ? AutoTeacher.For(request.Recipe, (share, text) => show(share, $"the teacher, {text}")) : null;

        ITransformer FromStart(StartModel begun)
        {
            prepared = begun.Steps;
            var mapped = labelMap.Transform(train);
            return Whole(terminal.Progress("Training", show => pipeline.Trainer(request.Recipe, Taught(show), null, new EpochProgress(show), cancel, checkpoint, begun.Network).Fit(prepared?.Transform(mapped) ?? mapped)));
        }

        ITransformer Whole(ITransformer network) => prepared is null ? network : prepared.Append(network);

        // as the pipeline would, but for several networks at once
        ITransformer AlongPath()
        {
            var mapped = labelMap.Transform(train);
            prepared = pipeline.Prepare()?.Fit(mapped);
            var own = request.Recipe.Penalty!.Weight;
            along = terminal.Progress("Training", show => pipeline.Path(prepared?.Transform(mapped) ?? mapped, request.Recipe, [.. request.Path, own], Taught(show), new PathProgress(show), cancel));
            return Whole(along.At(own) ?? throw new CancelledException(FormattableString.Invariant($"Cancelled before the network of weight {own} had ended its first epoch, so no model was written.")));
        }
    }

    // what a folder holds may have cost hours
    private static void MustNotReplaceAnother(string folder, Plan plan)
    {
        var path = Path.Combine(folder, "metrics.json");
        if (!File.Exists(path))
            return;
        JsonNode? old;
        try
        {
            old = JsonNode.Parse(File.ReadAllText(path));
        }
        catch (JsonException)
        {
            return;
        }

        var (label, task) = (plan.Label.Name, Name(plan.Task));
        if (old?["task"]?.ToString() is { } oldTask && old["label"]?.ToString() is { } oldLabel && (oldTask, oldLabel) != (task, label))
            throw new UsageException($"Folder '{folder}' must be free or hold a model of the same kind ({task}, label '{label}'), but holds one of {oldTask}, label '{oldLabel}'; --force replaces it.");
    }

    private static string Name(LearningTask task) => task.ToString().ToLowerInvariant();

    private static void Tell(Terminal terminal, Table table, Plan plan, bool guessed, bool keepsUnlabeled)
    {
        terminal.Say(FormattableString.Invariant($"Data        {table.Path}: {table.Rows:N0} rows, {table.Columns.Count} columns"));
        var values = plan.Task == LearningTask.Regression ? "numbers" : $"{plan.Label.Different} classes: {Names.List(plan.Label.Values, 10)}";
        terminal.Say($"Label       {plan.Label.Name} ({values}){(plan.Label.Missing > 0 ? $", missing in {plan.Label.Missing} rows, which {(keepsUnlabeled ? "learn from the teacher alone" : "are left out")}" : "")}");
        terminal.Say($"Task        {Name(plan.Task)}{(guessed ? " (guessed from the label; --task says otherwise)" : "")}");
        Kind("Numbers", plan.Numbers);
        Kind("True/false", plan.Bools);
        Kind("Categories", plan.Categories);
        foreach (var (name, reason) in plan.Ignored)
            terminal.Say($"Ignored     {name}: {reason}");

        void Kind(string title, IReadOnlyList<Column> columns)
        {
            if (columns.Count > 0)
                terminal.Say($"{title,-11} {columns.Count}: {string.Join(", ", columns.Take(12).Select(c => c.Spoiler is { } spoiler ? $"{c.Name} ({spoiler})" : c.Name))}{(columns.Count > 12 ? ", ..." : "")}");
        }
    }

    // what the pipeline reads and, beside it, what training alone looks at and what the teacher reads
    private static IReadOnlyList<(string Name, DataKind Kind)> Columns(Pipeline pipeline, Plan plan, ModelFile? teacher, Table table)
    {
        IReadOnlyList<(string Name, DataKind Kind)> own = [.. pipeline.Columns, .. plan.Protected.Select(column => (column.Name, Pipeline.Kind(column)))];
        if (teacher is null)
            return own;
        var all = own.ToList();
        foreach (var column in teacher.Columns(table))
        {
            var same = own.FirstOrDefault(c => c.Name == column.Name);
            if (same.Name is null)
                all.Add(column);
            else if (same.Kind != column.Kind)
                throw new InvalidDataException($"Column '{column.Name}' must be read as the teacher reads it, as {column.Kind}, but holds {same.Kind}.");
        }

        return all;
    }

    private static (IDataView Train, IDataView Test, long TestMissing) Split(
        MLContext ml, Request request, Table table, Plan plan, Pipeline pipeline, IReadOnlyList<(string, DataKind)> columns, CancellationToken cancel)
    {
        var rows = Labelled(table.Load(ml, columns));
        if (request.Test is null)
        {
            var split = ml.Data.TrainTestSplit(ml.Data.Cache(rows), TestShare, seed: request.Recipe.Seed);
            return (split.TrainSet, split.TestSet, 0);
        }

        var test = Table.Read(request.Test, cancel);
        foreach (var column in plan.Features.Append(plan.Label))
            if (test[column.Name].Kind != column.Kind && column.Kind != ColumnKind.Category)
                throw new InvalidDataException($"Column '{column.Name}' of '{test.Path}' must hold {(column.Kind == ColumnKind.Number ? "numbers" : "true or false")} as in '{table.Path}', but does not{(test[column.Name].FirstText is { } first ? $" in line {first.Line}: '{first.Text}'" : "")}.");
        return (ml.Data.Cache(rows), Labelled(test.Load(ml, [.. pipeline.Columns, .. Fairness.Columns(test, plan.Protected.Select(column => column.Name).Where(name => test.Columns.Any(own => own.Name == name)), pipeline.Columns)])), test[plan.Label.Name].Missing);

        // trainers leave out rows without a label, but a Boolean cannot say that it has none
        IDataView Labelled(IDataView view) =>
            plan.Task == LearningTask.Binary && plan.Label.Kind == ColumnKind.Number ? ml.Data.FilterRowsByMissingValues(view, plan.Label.Name) : view;
    }

    private sealed record Request(string Data, string Label, LearningTask? Task, string? Test, IReadOnlyCollection<string> Ignore, IReadOnlyCollection<string> Protected, string? Teacher, Recipe Recipe, string Out, int CheckpointSeconds, bool Force, IReadOnlyList<double> Path, string? Start);
}
