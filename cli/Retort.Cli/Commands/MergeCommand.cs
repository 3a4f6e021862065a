using System.CommandLine;
using System.Text.Json.Nodes;
using Microsoft.ML;
using Microsoft.ML.Data;
using Retort.Cli.Metrics;
using Retort.Cli.Output;
using Retort.Cli.Tables;
using Retort.Cli.Training;

namespace Retort.Cli.Commands;

/// <summary><c>retort merge</c>: one model of several saved ones, as large as one of them.</summary>
internal static class MergeCommand
{
    public static Command Create()
    {
        var models = new Argument<string[]>("models") { Description = "Saved models of one network, with the same fitted steps before it.", HelpName = "MODEL", Arity = ArgumentArity.OneOrMore };
        var method = new Option<string>("--method")
        {
            Description = $"How weights are merged: {string.Join(", ", Ids)}; or JSON of one with its settings.",
            HelpName = "ID|JSON",
            DefaultValueFactory = _ => "uniform",
        };
        var start = new Option<string?>("--start") { Description = "The model that all were trained from ('retort train --start'); methods with task vectors need it.", HelpName = "MODEL" };
        var data = new Option<string?>("--data") { Description = "Rows for methods that need some, CSV or TSV with a header line; with labels, the models, the merged one and the barrier between two of them are measured on these rows.", HelpName = "FILE" };
        var label = new Option<string?>("--label") { Description = "The column that was to be predicted; by default the one that the first model was trained on.", HelpName = "COLUMN" };
        var folder = new Option<string>("--out") { Description = "The folder for model.zip and recipe.json.", HelpName = "DIR", Required = true };
        var command = new Command("merge", "Merge the weights of saved models into one model.") { models, method, start, data, label, folder };
        command.Does((parsed, terminal, cancel) => Run(
            parsed.GetRequiredValue(models), Read(parsed.GetRequiredValue(method)), parsed.GetValue(start), parsed.GetValue(data), parsed.GetValue(label), parsed.GetRequiredValue(folder), terminal, cancel));
        return command;
    }

    private static IEnumerable<string> Ids => Methods.All.Where(method => method.Type.IsSubclassOf(typeof(Merging)) && method.Type != typeof(TwinMerging)).Select(method => method.Id);

    private static Merging Read(string text)
    {
        if (!text.TrimStart().StartsWith('{') && !Ids.Contains(text))
            throw new UsageException($"Option --method must be one of {string.Join(", ", Ids)}, or JSON that starts with '{{', but is '{text}'.");
        try
        {
            return Merging.FromJson(text.TrimStart().StartsWith('{') ? text : new JsonObject { ["$type"] = text }.ToJsonString());
        }
        catch (ArgumentException e)
        {
            throw new UsageException(e.Sentence());
        }
    }

    private static int Run(string[] paths, Merging merging, string? startPath, string? data, string? label, string folder, Terminal terminal, CancellationToken cancel)
    {
        using var output = new OutputFolder(folder);
        var ml = new MLContext(seed: 1);
        ModelFile[] files = [.. paths.Select(path => ModelFile.Load(ml, path))];
        var start = startPath is null ? null : ModelFile.Load(ml, startPath);
        label ??= files[0].SpareLabel;
        var (rows, key) = data is null ? (null, "Label") : Rows(ml, files[0], Table.Read(data, cancel), label);
        ITransformer merged;
        try
        {
            merged = ml.Model.Merge([.. files.Select(file => file.Model)], merging, start?.Model, rows, key ?? "Label");
        }
        catch (ArgumentException e)
        {
            throw new UsageException(e.Sentence());
        }

        cancel.ThrowIfCancellationRequested();
        var network = merged as NetworkTransformer ?? ((IEnumerable<ITransformer>)merged).OfType<NetworkTransformer>().Single();
        ModelFile.Save(ml, merged, files[0].Input, output["model.zip"]);
        File.WriteAllText(output["recipe.json"], network.Model.Recipe.ToJson() + "\n");
        var result = new JsonObject { ["method"] = Methods.Of(merging).Id, ["models"] = new JsonArray([.. paths.Select(path => (JsonNode)path)]), ["parameters"] = network.Model.Parameters };
        if (network.Model.Recipe.Ancestry is { Start: null } && merging is not (WeightMatching or PleasMerging))
            terminal.Say("Note        the models were not trained from one start ('retort train --start'), or do not say so; the mean of such networks is mostly worse than each unless their units are aligned ('weight-matching', 'pleas')");
        terminal.Say($"{paths.Length} models merged by {merging}; the model is in {Path.Combine(folder, "model.zip")}.");
        if (rows is not null && key is not null)
            Measure(ml, files, merged, rows, label!, key, terminal, result, cancel);
        output.Finish();
        result["out"] = folder;
        terminal.Result(result);
        return App.Ok;
    }

    private static void Measure(MLContext ml, ModelFile[] files, ITransformer merged, IDataView rows, string label, string key, Terminal terminal, JsonObject result, CancellationToken cancel)
    {
        var each = files.Select(file => Loss(file.Model)).ToArray();
        var whole = Loss(merged);
        terminal.Say(FormattableString.Invariant($"On these rows the {whole.Name} of the models is {string.Join(", ", each.Select(loss => FormattableString.Invariant($"{loss.Value:G4}")))}; of the merged one {whole.Value:G4}."));
        result[whole.Name] = Terminal.Value(whole.Value);
        result["ofModels"] = new JsonArray([.. each.Select(loss => Terminal.Value(loss.Value))]);
        if (files.Length != 2)
            return;
        var barrier = ml.Model.MergeBarrier(files[0].Model, files[1].Model, rows, key);
        terminal.Say(barrier.ToString());
        result["barrier"] = new JsonObject { ["height"] = Terminal.Value(barrier.Height), ["alignedHeight"] = Terminal.Value(barrier.AlignedHeight), ["advice"] = barrier.Advice };

        (string Name, double Value) Loss(ITransformer model)
        {
            var scored = Scored.Read(model.Transform(rows), label, cancel);
            return Quality.Of(scored).First(metric => metric.Name is "logLoss" or "rmse");
        }
    }

    // what the models read and, where the file has it, the label as trainers take it
    private static (IDataView Rows, string? Key) Rows(MLContext ml, ModelFile model, Table table, string? label)
    {
        var isThere = label is not null && table.Columns.Any(column => column.Name == label);
        var columns = model.Columns(table).Where(column => column.Name != label);
        var view = ml.Data.Cache(table.Load(ml, isThere ? columns.Append(model.Label(table, label!)) : columns));
        if (!isThere)
            return (view, null);
        var key = Names.Free("Label", view.Schema.Select(column => column.Name));
        return (ModelOutputs.Of(model.Model.GetOutputSchema(model.Input)).Task switch
        {
            LearningTask.Multiclass => ml.Transforms.Conversion.MapValueToKey(key, label).Fit(view).Transform(view),
            LearningTask.Binary => Flag(view),
            _ => ml.Transforms.CopyColumns(key, label).Fit(view).Transform(view),
        }, key);

        IDataView Flag(IDataView all)
        {
            var present = all.Schema[label!].Type is BooleanDataViewType ? all : ml.Data.FilterRowsByMissingValues(all, label!);
            return ml.Transforms.Conversion.ConvertType(key, label, DataKind.Boolean).Fit(present).Transform(present);
        }
    }
}
