using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Retort.Cli.Commands;
using Retort.Cli.Output;
using Retort.Cli.Tables;

namespace Retort.Cli;

/// <summary>The commands, and what happens to their errors and exit codes.</summary>
internal static class App
{
    internal const int Ok = 0, Failed = 1, BadUsage = 2, Cancelled = 130;

    /// <summary>One JSON object as the last line of standard output, and no other words; on every command.</summary>
    internal static Option<bool> Json { get; } = new("--json")
    {
        Description = "Print one JSON object as the last line, and no tables or progress.",
        Recursive = true,
    };

    /// <summary>Runs one command line and gives its exit code: 0 done, 1 failed, 2 bad usage, 130 cancelled.</summary>
    public static async Task<int> Run(string[] arguments, TextWriter output, TextWriter error, CancellationToken cancel = default)
    {
        var root = Root();
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            var message = arguments.Length == 0 ? "A command must be given."
                : parsed.CommandResult.Command == root && !arguments[0].StartsWith('-') ? $"Command '{arguments[0]}' is not known; there are {Names.List(root.Subcommands.Where(command => !command.Hidden).Select(command => command.Name))}."
                : parsed.Errors[0].Message;
            error.WriteLine(message);
            error.WriteLine($"See '{Line(parsed.CommandResult.Command)} --help'.");
            new Terminal(output, error, arguments.Contains(Json.Name)).Failure(message);
            return BadUsage;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null, // the program listens to signals itself
        }, cancel);
    }

    /// <summary>Gives a command its work; what that throws becomes one sentence and an exit code.</summary>
    internal static void Does(this Command command, Func<ParseResult, Terminal, CancellationToken, int> work) =>
        command.SetAction((parsed, cancel) => Task.Run(() =>
        {
            var configuration = parsed.InvocationConfiguration;
            var terminal = new Terminal(configuration.Output, configuration.Error, parsed.GetValue(Json));
            try
            {
                return work(parsed, terminal, cancel);
            }
            catch (Exception e) when (cancel.IsCancellationRequested && e.Chain().Any(x => x is OperationCanceledException))
            {
                return Fail(e is CancelledException ? e.Message : "Cancelled; nothing was written.", Cancelled);
            }
            catch (Exception e)
            {
                return Fail(e.Sentence(), e is UsageException ? BadUsage : Failed);
            }

            int Fail(string sentence, int code)
            {
                terminal.Error.WriteLine(sentence);
                terminal.Failure(sentence);
                return code;
            }
        }, CancellationToken.None));

    // not a RootCommand, whose name would be that of the file
    private static Command Root()
    {
        var help = new HelpOption();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        var root = new Command("retort", "Retort trains small, strong networks as ML.NET models, taught by labels and by bigger models.") { help, new VersionOption(), Json };
        foreach (var command in (Command[])[DemoCommand.Create(), MethodsCommand.Create(), TrainCommand.Create(), EvaluateCommand.Create(), CalibrateCommand.Create(), MergeCommand.Create(), SweepCommand.Create(), ExportCommand.Create(), ReportCommand.Create(), PredictCommand.Create(), ScoreCommand.Create()])
            root.Subcommands.Add(command);
        return root;
    }

    private static string Line(Command command) => command.Name == "retort" ? "retort" : $"retort {command.Name}";

    private sealed class HelpWithExamples(HelpAction inner) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            inner.Invoke(parseResult);
            var examples = Examples.Of(parseResult.CommandResult.Command.Name);
            if (examples.Length > 0)
            {
                var output = parseResult.InvocationConfiguration.Output;
                output.WriteLine("Examples:");
                foreach (var example in examples)
                    output.WriteLine("  " + example);
                output.WriteLine();
            }

            return Ok;
        }
    }
}
