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
        var file = new Option<string?>("--out") { Description = "The CSV file to write; by default standard output.", HelpName = "FILE" };
        var command = new Command("predict", "Add a saved model's predictions to the rows of a table.") { model, data, file };
        command.Does((parsed, terminal, cancel) => Run(parsed.GetRequiredValue(model), parsed.GetRequiredValue(data), parsed.GetValue(file), terminal, cancel));
        return command;
    }

    private static int Run(string path, string data, string? target, Terminal terminal, CancellationToken cancel)
    {
        var ml = new MLContext();
        var model = ModelFile.Load(ml, path);
        var table = Table.Read(data, cancel);
        var scored = model.Model.Transform(table.Load(ml, model.Columns(table)));
        var outputs = ModelOutputs.Of(scored.Schema);
        var names = Added(outputs, table);

        if (target is null)
        {
            Write(table, scored, outputs, names, terminal.Output, cancel);
        }
        else
        {
            var partial = $"{target}.partial-{Environment.ProcessId}";
            try
            {
                using (var writer = new StreamWriter(partial))
                    Write(table, scored, outputs, names, writer, cancel);
                File.Move(partial, target, overwrite: true);
            }
            finally
            {
                File.Delete(partial);
            }

            terminal.Say(FormattableString.Invariant($"{table.Rows:N0} rows written to {target}, with {Names.List(names)} added."));
        }

        terminal.Result(new JsonObject { ["rows"] = table.Rows, ["out"] = target, ["added"] = new JsonArray([.. names.Select(n => JsonValue.Create(n))]) });
        return App.Ok;
    }

    private static IReadOnlyList<string> Added(ModelOutputs outputs, Table table)
    {
        string[] names = outputs.Task switch
        {
            LearningTask.Binary => ["PredictedLabel", "Probability", "Score"],
            LearningTask.Multiclass => ["PredictedLabel", .. outputs.Classes.Select(c => $"Score.{c}")],
            _ => ["Score"],
        };
        return [.. names.Select(name => Names.Free(name, table.Columns.Select(c => c.Name)))];
    }

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
