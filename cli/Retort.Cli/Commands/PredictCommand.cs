using System.CommandLine;
using System.Text.Json.Nodes;
using CsvHelper;
using Microsoft.ML;
using Retort.Cli.Metrics;
using Retort.Cli.Output;
using Retort.Cli.Tables;
using Retort.Cli.Training;

namespace Retort.Cli.Commands;

/// <summary><c>retort predict</c>: a table with a model's predictions added.</summary>
internal static class PredictCommand
{
    public static Command Create()
    {
        var model = CommonOptions.Model();
        var data = CommonOptions.Data("The rows to score: CSV or TSV with a header line.");
        var file = new Option<string?>("--out") { Description = "The CSV file to write; by default standard output, where --json must name one.", HelpName = "FILE" };
        var command = new Command("predict", "Add a saved model's predictions to the rows of a table.") { model, data, file };
        command.Does((parsed, terminal, cancel) => parsed.GetValue(App.Json) && parsed.GetValue(file) is null
            ? throw new UsageException("Option --json must come with --out, since the table itself would go to standard output.")
            : Run(parsed.GetRequiredValue(model), parsed.GetRequiredValue(data), parsed.GetValue(file), terminal, cancel));
        return command;
    }

    private static int Run(string path, string data, string? target, Terminal terminal, CancellationToken cancel)
    {
        using var output = target is null ? null : new OutputFile(target, path, data);
        var ml = new MLContext();
        var model = ModelFile.Load(ml, path);
        var table = Table.Read(data, cancel);
        var scored = model.Model.Transform(table.Load(ml, model.Columns(table)));
        var outputs = ModelOutputs.Of(scored.Schema);
        var names = Added(outputs, table);

        if (output is null)
        {
            Write(table, scored, outputs, names, terminal.Output, cancel);
        }
        else
        {
            output.Write(writer => Write(table, scored, outputs, names, writer, cancel));
            terminal.Say($"{Names.Count(table.Rows, "row")} written to {target}, with {Names.List(names)} added.");
        }

        terminal.Result(new JsonObject { ["rows"] = table.Rows, ["out"] = target, ["added"] = new JsonArray([.. names.Select(n => JsonValue.Create(n))]) });
        return App.Ok;
    }

    private static IReadOnlyList<string> Added(ModelOutputs outputs, Table table) => [.. outputs.FieldNames.Select(name => Names.Free(name, table.Columns.Select(c => c.Name)))];

    // the file's own fields go through as they are, in step with the scores
    private static void Write(Table table, IDataView scored, ModelOutputs outputs, IReadOnlyList<string> names, TextWriter writer, CancellationToken cancel)
    {
        using var rows = new RowReader(table.Path);
        using var csv = CsvWriter.Create(writer, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true);
        csv.WriteHeader([.. rows.Header, .. names]);

        using var cursor = scored.GetRowCursor(outputs.Columns);
        var predicted = outputs.Texts(cursor);
        while (rows.Next())
        {
            cancel.ThrowIfCancellationRequested();
            if (!cursor.MoveNext())
                throw new InvalidDataException($"The model must give a row for each of the {table.Rows} rows of '{table.Path}', but gave only {cursor.Position}.");
            for (var i = 0; i < rows.Header.Count; i++)
                csv.WriteField(rows[i]);
            foreach (var text in predicted())
                csv.WriteField(text);
            csv.EndRecord();
        }
    }
}
