using System.CommandLine;
using System.Text.Json.Nodes;
using Microsoft.ML;
using Microsoft.ML.Data;
using Retort.Cli.Metrics;
using Retort.Cli.Output;
using Retort.Cli.Tables;
using Retort.Cli.Training;

namespace Retort.Cli.Commands;

/// <summary><c>retort calibrate</c>: a saved classifier whose probabilities keep what they promise, learned on rows that it has not seen.</summary>
internal static class CalibrateCommand
{
    public static Command Create()
    {
        var model = CommonOptions.Model();
        var data = CommonOptions.Data("Rows with their labels that the model was not trained on: CSV or TSV with a header line.");
        var label = new Option<string?>("--label") { Description = "The column that was to be predicted; by default the one that the model was trained on.", HelpName = "COLUMN" };
        var method = new Option<string>("--method")
        {
            Description = $"What is learned: {string.Join(", ", Ids)}; or JSON of one with its settings.",
            HelpName = "ID|JSON",
            DefaultValueFactory = _ => "temperature",
        };
        var file = new Option<string>("--out") { Description = "The model to write.", HelpName = "FILE", Required = true };
        var command = new Command("calibrate", "Learn, on rows held out, how sure a saved model may be, and write the model with that behind it.") { model, data, label, method, file };
        command.Does((parsed, terminal, cancel) => Run(
            parsed.GetRequiredValue(model), parsed.GetRequiredValue(data), parsed.GetValue(label), Read(parsed.GetRequiredValue(method)), parsed.GetRequiredValue(file), terminal, cancel));
        return command;
    }

    private static IEnumerable<string> Ids => Methods.All.Where(m => m.Type.IsSubclassOf(typeof(Calibration)) && !m.Needs.HasFlag(Needs.NoisyCopies)).Select(m => m.Id);

    private static Calibration Read(string text)
    {
        if (!text.TrimStart().StartsWith('{') && !Ids.Contains(text))
            throw new UsageException($"Option --method must be one of {string.Join(", ", Ids)}, or JSON that starts with '{{', but is '{text}'.");
        try
        {
            var recipe = new JsonObject { ["Calibration"] = text.TrimStart().StartsWith('{') ? JsonNode.Parse(text) : new JsonObject { ["$type"] = text } };
            return Recipe.FromJson(recipe.ToJsonString()).Calibration!;
        }
        catch (Exception e) when (e is ArgumentException or System.Text.Json.JsonException)
        {
            throw new UsageException(e.Sentence());
        }
    }

    private static int Run(string path, string data, string? label, Calibration calibration, string target, Terminal terminal, CancellationToken cancel)
    {
        using var output = new OutputFile(target, path, data);
        var ml = new MLContext(seed: 1);
        var file = ModelFile.Load(ml, path);
        label = file.LabelOr(label);
        var table = Table.Read(data, cancel);
        var columns = file.Columns(table).Where(c => c.Name != label).Append(file.Label(table, label));
        var scored = ml.Data.Cache(file.Model.Transform(table.Load(ml, columns)));

        var outputs = ModelOutputs.Of(scored.Schema);
        if (outputs.Task == LearningTask.Regression)
            throw new UsageException($"Model '{path}' must be a classifier to be calibrated, but predicts a number.");
        var before = Scored.Read(scored, label, cancel);
        var key = Names.Free("Label", scored.Schema.Select(c => c.Name));
        var fitted = Fit(ml, outputs.Task, calibration, Mapped(ml, outputs.Task, scored, label, key), key);
        var after = Scored.Read(fitted.Transform(scored), label, cancel);

        output.WriteFile(partial => ModelFile.Save(ml, file.Model.Append(fitted), file.Input, partial));
        terminal.Say($"{Names.Count(before.Rows, "row")} have taught {calibration}; the model is in {target}.");
        terminal.Say(FormattableString.Invariant($"On these rows the log-loss is {Quality.LogLoss(before):G4} before and {Quality.LogLoss(after):G4} after; 'retort evaluate' says what it is on others."));
        terminal.Result(new JsonObject
        {
            ["rows"] = before.Rows,
            ["rowsWithoutLabel"] = before.Unlabelled,
            ["method"] = Methods.Of(calibration).Id,
            ["logLossBefore"] = Terminal.Value(Quality.LogLoss(before)),
            ["logLossAfter"] = Terminal.Value(Quality.LogLoss(after)),
            ["out"] = target,
        });
        return App.Ok;
    }

    private static ITransformer Fit(MLContext ml, LearningTask task, Calibration calibration, IDataView rows, string label) => task == LearningTask.Binary
        ? ml.BinaryClassification.Calibrate(calibration, label).Fit(rows)
        : ml.MulticlassClassification.Calibrate(calibration, label).Fit(rows);

    // the label as calibrations take it; a missing number would become false
    private static IDataView Mapped(MLContext ml, LearningTask task, IDataView scored, string label, string key)
    {
        if (task == LearningTask.Multiclass)
            return ml.Transforms.Conversion.MapValueToKey(key, label).Fit(scored).Transform(scored);
        var present = scored.Schema[label].Type is BooleanDataViewType ? scored : ml.Data.FilterRowsByMissingValues(scored, label);
        return ml.Transforms.Conversion.ConvertType(key, label, DataKind.Boolean).Fit(present).Transform(present);
    }
}
