using System.CommandLine;
using System.Text.Json.Nodes;
using Microsoft.ML;
using Microsoft.ML.Data;
using Retort.Cli.Metrics;
using Retort.Cli.Output;
using Retort.Cli.Reports;
using Retort.Cli.Tables;
using Retort.Cli.Training;

namespace Retort.Cli.Commands;

/// <summary><c>retort report</c>: a page about a saved model.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var model = CommonOptions.Model();
        var data = CommonOptions.Data("Rows with their labels: CSV or TSV with a header line. Of the file that 'retort train' learned from, the rows are taken that it kept back.");
        var label = new Option<string?>("--label") { Description = "The column that was to be predicted; by default the one that the model was trained on.", HelpName = "COLUMN" };
        var guarded = new Option<string[]>("--protected") { Description = "Columns whose groups, and those that they make together, are compared, separated by commas; the model need not read them.", HelpName = "COLUMNS", DefaultValueFactory = _ => [] };
        var teacher = new Option<string?>("--teacher") { Description = "A saved model to compare with, such as the one that taught this one.", HelpName = "MODEL" };
        var seed = CommonOptions.Whole("--seed", "Where the draws of intervals and shuffles begin; default 1.");
        var file = new Option<string>("--out") { Description = "The page to write.", HelpName = "FILE", DefaultValueFactory = _ => ReportFile.Name };
        var command = new Command("report", "Write a page about a saved model: one HTML file with pictures, which needs no network.") { model, data, label, guarded, teacher, seed, file };
        command.Does((parsed, terminal, cancel) => Run(
            parsed.GetRequiredValue(model), parsed.GetRequiredValue(data), parsed.GetValue(label), parsed.GetRequiredValue(guarded), parsed.GetValue(teacher), parsed.GetValue(seed) ?? 1,
            parsed.GetRequiredValue(file), Provenance.Line(parsed.Tokens.Select(token => token.Value)), terminal, cancel));
        return command;
    }

    private static int Run(string path, string data, string? label, string[] asked, string? teacherPath, int seed, string target, string line, Terminal terminal, CancellationToken cancel)
    {
        using var output = new OutputFile(target, [path, data, .. teacherPath is null ? (string[])[] : [teacherPath]]);
        var ml = new MLContext(seed);
        var file = ModelFile.Load(ml, path);
        label = file.LabelOr(label);
        var table = Table.Read(data, cancel);
        string[] guarded = Fairness.Named(table, asked, label);
        var teacher = teacherPath is null ? null : ModelFile.Load(ml, teacherPath);
        var columns = file.Columns(table).Where(column => column.Name != label).Append(file.Label(table, label)).ToList();
        foreach (var column in teacher?.Columns(table) ?? [])
            if (columns.All(own => own.Name != column.Name))
                columns.Add(column);
        if (KeptBack.GroupOf(path) is { } group && table.Columns.Any(column => column.Name == group) && columns.All(own => own.Name != group))
            columns.Add((group, DataKind.String));
        columns.AddRange(Fairness.Columns(table, guarded, columns));
        var rows = KeptBack.Of(ml, path, ModelOutputs.Of(file.Model.GetOutputSchema(file.Input)).Task, table, label, table.Load(ml, columns));

        var scored = Scored.Read(file.Model.Transform(rows.Test), label, cancel);
        var source = new ReportSource
        {
            Context = ml,
            ModelPath = path,
            Model = file.Model,
            Input = file.Input,
            Table = table,
            Features = [.. file.Columns(table).Where(column => column.Name != label).Select(column => column.Name)],
            Label = label,
            Protected = guarded,
            Train = rows.Train,
            Test = rows.Test,
            TestOrigin = rows.Origin,
            MayBeSeen = rows.MayBeSeen,
            Scored = scored,
            Quality = Quality.Of(scored),
            Fairness = guarded.Length == 0 ? null : Fairness.Of(ml, file.Model.Transform(rows.Test), scored.Task, label, guarded, seed),
            RowsPerSecond = 1 / Measured.SecondsARow(file.Model, rows.Test, cancel),
            Teacher = teacher is null ? null : (teacher.Model, teacherPath!),
            Seed = seed,
            Command = line,
        };
        output.WriteFile(partial => ReportFile.Write(partial, source, cancel));
        terminal.Say(FormattableString.Invariant($"{scored.Rows:N0} rows measured; the page is in {target}, {new FileInfo(target).Length / 1024:N0} KiB."));
        var result = new JsonObject { ["task"] = scored.Task.ToString().ToLowerInvariant(), ["label"] = label, ["rows"] = scored.Rows, ["out"] = target };
        foreach (var (name, value) in source.Quality)
            result[name] = Terminal.Value(value);
        terminal.Result(result);
        return App.Ok;
    }
}
