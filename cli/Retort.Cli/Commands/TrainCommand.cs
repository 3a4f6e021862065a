using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.ML;
using Retort.Cli.Consumption;
using Retort.Cli.Output;
using Retort.Cli.Reports;
using Retort.Cli.Training;

namespace Retort.Cli.Commands;

/// <summary><c>retort train</c>: from a table to a model that is saved and measured.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var table = new TableOptions("model.zip, model.onnx, recipe.json, metrics.json and report.html", "model");
        var path = new Option<string?>("--path")
        {
            Description = "Weights of the recipe's penalty, separated by commas: a network for each, side by side, with a table of what it costs and what it brings. 0 and the recipe's own weight are always among them; model.zip is that of the latter.",
            HelpName = "WEIGHTS",
        };
        var start = new Option<string?>("--start") { Description = "A model of 'retort train' on the same columns, whose steps are kept and whose weights training begins from: models of one start can be merged.", HelpName = "MODEL" };
        var recipe = new Option<string?>("--recipe") { Description = "What is trained and how: JSON, or a file of it (see 'retort methods').", HelpName = "JSON|FILE" };
        var seed = CommonOptions.Whole("--seed", "Where random numbers begin; default 0.");
        var epochs = CommonOptions.Whole("--epochs", "How often training passes over the rows at most; default as in the recipe.");
        var device = new Option<string?>("--device") { Description = "Where it is trained; default as in the recipe, which is the CPU where it names none." };
        device.AcceptOnlyFromAmong("cpu", "cuda");
        var seconds = CommonOptions.Whole("--checkpoint", "How many seconds of training may be lost when the command is killed; it goes on from a file in --out when it is given again. Default 30.", least: 0);
        var force = new Option<bool>("--force") { Description = "Replace what --out holds, even a model of another label or task, and begin anew where an earlier run was ended." };

        var emit = new Option<string?>("--emit") { Description = "project: also write what a program needs to use the model, in the folder 'project' of --out: code, a console program and a web service with a page to try it." };
        emit.AcceptOnlyFromAmong("project");

        var command = new Command("train", "Train a network on a table, measure it on rows that it has not seen, and save it.") { path, start, recipe, seed, epochs, device, seconds, emit, force };
        table.AddTo(command);
        command.Does((parsed, terminal, cancel) =>
        {
            var own = Recipes.Read(parsed.GetValue(recipe) ?? (parsed.GetValue(start) is { } begun ? StartModel.RecipeOf(begun) : null), parsed.GetValue(seed), parsed.GetValue(epochs), parsed.GetValue(device));
            return Run(new(table.Read(parsed, own.Seed, parsed.GetValue(force)), own, parsed.GetValue(seconds) ?? 30, Weights(parsed.GetValue(path)), parsed.GetValue(start), parsed.GetValue(emit) is not null), terminal, cancel);
        });
        return command;
    }

    private static double[] Weights(string? text) => [.. (text?.Split(',', StringSplitOptions.TrimEntries) ?? []).Select(word =>
        double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var weight) && weight >= 0 && double.IsFinite(weight) ? weight
        : throw new UsageException($"Option --path must hold numbers of at least 0, separated by commas, but holds '{word}'."))];

    private static int Run(Request request, Terminal terminal, CancellationToken cancel)
    {
        if (request.Path.Count > 0 && (request.Table.Protected.Count == 0 || request.Recipe.Penalty is null))
            throw new UsageException($"Option --path must come with {(request.Table.Protected.Count == 0 ? "--protected" : "a recipe that has a Penalty")}, but comes without.");
        if (request.Path.Count > 0 && request.Start is not null)
            throw new UsageException("Option --path must come without --start, but comes with it.");
        var project = Path.Combine(request.Table.Out, "project");
        if (request.EmitsProject)
            ConsumptionProject.MustBeFree(project);
        var watch = Stopwatch.StartNew();
        var data = TrainingTable.Read(request.Table, terminal, cancel);
        var pipeline = data.Pipeline;
        var start = request.Start is null ? null : StartModel.Load(data.Context, request.Start);
        using var output = new OutputFolder(request.Table.Out);
        var checkpoint = new Checkpoint(output.Checkpoint) { Interval = TimeSpan.FromSeconds(request.CheckpointSeconds), Keep = true };
        if (request.Table.Force)
            output.Forget();
        if (data.Protected.Length > 0 && request.Recipe.Penalty is null)
            terminal.Say("Note        --protected leaves its columns out of the features; a recipe with a Penalty also lowers the dependence on them");
        if (request.Path.Count == 0 && File.Exists(checkpoint.Path))
            terminal.Say($"Goes on     from {checkpoint.Path}, where an earlier run was ended");

        if (!request.EmitsProject && Directory.Exists(project))
            terminal.Say($"Note        {project} keeps the model of an earlier run; --emit project makes it anew");

        var fit = Stopwatch.StartNew();
        var learning = new LearningRecord();
        ITransformer model;
        PathRun? along = null;
        ITransformer? prepared = null;
        try
        {
            model = request.Path.Count > 0 ? AlongPath() : start is not null ? FromStart(start) : terminal.Progress("Training", show => pipeline
                .Build(request.Recipe, data.TaughtBy(request.Recipe, show), learning.Before(new EpochProgress(show)), cancel, checkpoint)
                .Fit(data.LabelMap.Transform(data.Train)));
        }
        catch (OperationCanceledException) when (File.Exists(checkpoint.Path))
        {
            throw new CancelledException($"Cancelled before the first epoch ended, so no model was written; the same command goes on from {checkpoint.Path}.");
        }

        fit.Stop();
        var cancelled = cancel.IsCancellationRequested;
        var rest = cancelled ? CancellationToken.None : cancel; // the best epoch so far is measured and written; a second signal ends the process

        var points = along?.Write(terminal, output, Whole, (each, file) => ModelFile.Save(data.Context, each, data.Input, file), each => TestedModel.QualityOf(data, each, rest));
        var tested = TestedModel.Of(data, model, terminal, rest);
        ModelFile.Save(data.Context, model, data.Input, output["model.zip"]);
        var onnx = ModelFile.SaveOnnx(data.Context, model, data.Test, output["model.onnx"], terminal);
        File.WriteAllText(output["recipe.json"], JsonNode.Parse(request.Recipe.ToJson())!.ToJsonString(new() { WriteIndented = true }) + "\n");

        var metrics = tested.ToJson(data);
        if (points is not null)
            metrics["path"] = points;
        metrics["rowsPerSecond"] = Terminal.Value(tested.RowsPerSecond);
        metrics["seconds"] = Terminal.Value(fit.Elapsed.TotalSeconds);
        metrics["learning"] = learning.ToJson();
        File.WriteAllText(output["metrics.json"], metrics.ToJsonString(new() { WriteIndented = true }) + "\n");
        metrics.Remove("learning"); // a list an epoch: for programs that read the file
        var report = ReportFile.TryWrite(terminal, output[ReportFile.Name], () => ReportSource.Of(data, model, tested, output["model.zip"]), rest);
        if (request.EmitsProject)
            ConsumptionProject.Write(data.Context, TrainedProject.Source(data, model, request.Recipe, tested, fit.Elapsed), output["project"], project);
        rest.ThrowIfCancellationRequested();
        output.Finish("model.onnx", "model-*.zip", "path.*", "sweep.json", ReportFile.Name);
        if (!cancelled)
            output.Forget();

        tested.Say(terminal);
        terminal.Say(FormattableString.Invariant($"Trained in {fit.Elapsed.TotalSeconds:F1} s ({watch.Elapsed.TotalSeconds:F1} s in all); scores {tested.RowsPerSecond:N0} rows a second."));
        terminal.Say($"Written to {request.Table.Out}: model.zip, {(onnx ? "model.onnx, " : "")}recipe.json, metrics.json{(report ? $", {ReportFile.Name}" : "")}{(along is null ? "" : ", path.json, path.csv and a model for each weight")}{(request.EmitsProject ? ", and the folder project" : "")}.");
        metrics["out"] = request.Table.Out;
        if (cancelled)
        {
            metrics["cancelled"] = true;
            terminal.Error.WriteLine($"Cancelled; the model in {request.Table.Out} is that of the best epoch so far{(File.Exists(checkpoint.Path) ? $", and the same command goes on from {checkpoint.Path}" : "")}.");
        }

        terminal.Result(metrics);
        return cancelled ? App.Cancelled : App.Ok;

        ITransformer FromStart(StartModel begun)
        {
            prepared = begun.Steps;
            var mapped = data.LabelMap.Transform(data.Train);
            return Whole(terminal.Progress("Training", show => pipeline.Trainer(request.Recipe, data.TaughtBy(request.Recipe, show), null, learning.Before(new EpochProgress(show)), cancel, checkpoint, begun.Network).Fit(prepared?.Transform(mapped) ?? mapped)));
        }

        ITransformer Whole(ITransformer network) => prepared is null ? network : prepared.Append(network);

        // as the pipeline would, but for several networks at once
        ITransformer AlongPath()
        {
            var mapped = data.LabelMap.Transform(data.Train);
            prepared = pipeline.Prepare()?.Fit(mapped);
            var own = request.Recipe.Penalty!.Weight;
            along = terminal.Progress("Training", show => pipeline.Path(prepared?.Transform(mapped) ?? mapped, request.Recipe, [.. request.Path, own], data.TaughtBy(request.Recipe, show), learning.Before(new PathProgress(show), own), cancel));
            return Whole(along.At(own) ?? throw new CancelledException(FormattableString.Invariant($"Cancelled before the network of weight {own} had ended its first epoch, so no model was written.")));
        }
    }

    private sealed record Request(TableRequest Table, Recipe Recipe, int CheckpointSeconds, IReadOnlyList<double> Path, string? Start, bool EmitsProject);
}
