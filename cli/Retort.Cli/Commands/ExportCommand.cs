using System.CommandLine;
using System.Text.Json.Nodes;
using Microsoft.ML;
using Microsoft.ML.Data;
using Retort.Cli.Consumption;
using Retort.Cli.Output;
using Retort.Cli.Tables;
using Retort.Cli.Training;

namespace Retort.Cli.Commands;

/// <summary><c>retort export</c>: a saved network as a file that others can score with.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var model = CommonOptions.Model();
        var data = new Option<string?>("--data") { Description = "Rows to check the file on besides random ones: CSV or TSV with a header line.", HelpName = "FILE" };
        var format = new Option<string>("--format") { Description = "onnx: a file of ONNX; portable: an ML.NET model of ML.NET's own parts, which needs nothing of ours; project: a folder of code that uses the latter, with a console program and a web service.", DefaultValueFactory = _ => "onnx" };
        format.AcceptOnlyFromAmong("onnx", "portable", "project");
        var file = new Option<string>("--out") { Description = "The file to write; the folder of a project.", HelpName = "FILE|DIR", Required = true };
        var label = new Option<string?>("--label") { Description = "The column that a project's model predicts; by default the one that it was trained on.", HelpName = "COLUMN" };
        var command = new Command("export", "Write a saved network as ONNX, as a model of ML.NET's own parts, or as a project that uses it.") { model, data, format, file, label };
        command.Does((parsed, terminal, cancel) => parsed.GetRequiredValue(format) == "project" ? Project(parsed.GetRequiredValue(model), parsed.GetValue(data), parsed.GetValue(label), parsed.GetRequiredValue(file), terminal, cancel) : Run(parsed.GetRequiredValue(model), parsed.GetValue(data), parsed.GetRequiredValue(format), parsed.GetRequiredValue(file), terminal, cancel));
        return command;
    }

    private static int Run(string path, string? data, string format, string target, Terminal terminal, CancellationToken cancel)
    {
        string[] read = data is null ? [path] : [path, data];
        using var output = new OutputFile(target, read);
        var ml = new MLContext(seed: 1);
        var file = ModelFile.Load(ml, path);
        var rows = data is null ? null : Rows(ml, file, Table.Read(data, cancel));
        output.WriteFile(partial =>
        {
            using var stream = File.Create(partial);
            if (rows is not null)
                Write(rows, stream);
            else if (format == "onnx")
                ml.Model.SaveOnnx(file.Model, file.Input, stream);
            else
                ml.Model.SavePortable(file.Model, file.Input, stream);
        });
        terminal.Say($"Written to {target}, {Size(target)}; reads {Names.List(file.Needed.Select(column => column.Name))}.");
        terminal.Result(new JsonObject { ["format"] = format, ["out"] = target, ["bytes"] = new FileInfo(target).Length });
        return App.Ok;

        void Write(IDataView given, Stream stream)
        {
            if (format == "onnx")
                ml.Model.SaveOnnx(file.Model, given, stream);
            else
                ml.Model.SavePortable(file.Model, given, stream);
        }
    }

    private static int Project(string path, string? data, string? label, string target, Terminal terminal, CancellationToken cancel)
    {
        ConsumptionProject.MustBeFree(target);
        var ml = new MLContext(seed: 1);
        var file = ModelFile.Load(ml, path);
        label ??= file.SpareLabel ?? throw new UsageException($"Option --label must name the label, since model '{path}' does not say which column it is.");
        var table = data is null ? null : Table.Read(data, cancel);
        using var output = new OutputFolder(target);
        ConsumptionProject.Write(ml, new(file.Model, file.Input, table is null ? null : Rows(ml, file, table), label, LabelKind(file, table, label), table, null), output["."], target);
        output.Finish();
        terminal.Say($"Written to {target}: see its README.md.");
        terminal.Result(new JsonObject { ["format"] = "project", ["out"] = target });
        return App.Ok;
    }

    private static DataKind LabelKind(ModelFile file, Table? table, string label) =>
        table is not null && table.Columns.Any(column => column.Name == label) ? file.Label(table, label).Kind
        : file.Input.GetColumnOrNull(label)?.Type is NumberDataViewType ? DataKind.Single : DataKind.Boolean;

    private static string Size(string file) => FormattableString.Invariant($"{new FileInfo(file).Length / 1024.0:N0} KiB");

    /// <summary>The table with all columns that the model was saved with; a label that it lacks is not read.</summary>
    private static IDataView Rows(MLContext ml, ModelFile file, Table table) => table.Load(ml, file.Columns(table));
}
