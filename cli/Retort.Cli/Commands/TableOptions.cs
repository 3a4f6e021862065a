using System.CommandLine;
using Retort.Cli.Reports;
using Retort.Cli.Training;

namespace Retort.Cli.Commands;

/// <summary>The options of commands that learn from a table: which rows, which columns, which teacher, and where to.</summary>
internal sealed class TableOptions
{
    private readonly Option<string> _data = CommonOptions.Data("The rows to learn from: CSV or TSV with a header line.");
    private readonly Option<string> _label = new("--label") { Description = "The column to predict.", HelpName = "COLUMN", Required = true };
    private readonly Option<string> _task = new("--task") { Description = "What kind of prediction; guessed from the label by default." };
    private readonly Option<string?> _test = new("--test") { Description = "Rows to measure the model on; by default 20 % of the data, drawn by the seed.", HelpName = "FILE" };
    private readonly Option<string[]> _ignore = new("--ignore")
    {
        Description = "Columns to leave out, separated by commas; give the option once a column where a name has a comma.",
        HelpName = "COLUMNS",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string[]> _guarded = new("--protected")
    {
        Description = "Columns on which predictions should depend little, separated by commas: what the recipe's penalty looks at. They are left out of the features, and their groups are compared on the test rows.",
        HelpName = "COLUMNS",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string?> _group = new("--group")
    {
        Description = "A column whose rows of one value belong together, such as those of one customer: all of them are trained on, or none. It is left out of the features.",
        HelpName = "COLUMN",
    };

    private readonly Option<string?> _teacher = new("--teacher") { Description = "A saved ML.NET model or a file of ONNX to learn from beside the labels, or 'auto' for an ensemble of large networks that is trained first.", HelpName = "MODEL|auto" };
    private readonly Option<string> _folder;

    /// <param name="files">What is written to --out.</param>
    /// <param name="folder">Where to by default.</param>
    public TableOptions(string files, string folder)
    {
        _folder = new("--out") { Description = $"The folder for {files}.", HelpName = "DIR", DefaultValueFactory = _ => folder };
        _task.AcceptOnlyFromAmong("binary", "multiclass", "regression");
    }

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_data, _label, _task, _test, _ignore, _guarded, _group, _teacher, _folder])
            command.Options.Add(option);
    }

    /// <summary>What was asked for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="seed">Where random numbers begin.</param>
    /// <param name="force">Whether the model of another label or task may be replaced.</param>
    public TableRequest Read(ParseResult parsed, int seed, bool force) => new(
        parsed.GetRequiredValue(_data), parsed.GetRequiredValue(_label), parsed.GetValue(_task) is { } task ? Enum.Parse<LearningTask>(task, ignoreCase: true) : null, parsed.GetValue(_test),
        parsed.GetRequiredValue(_ignore), parsed.GetRequiredValue(_guarded), parsed.GetValue(_group), parsed.GetValue(_teacher) is { } named && named.Equals(TableRequest.Auto, StringComparison.OrdinalIgnoreCase) ? TableRequest.Auto : parsed.GetValue(_teacher),
        parsed.GetRequiredValue(_folder), seed, force)
    {
        Command = Provenance.Line(parsed.Tokens.Select(token => token.Value)),
    };
}
