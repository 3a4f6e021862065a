using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Retort.Cli.Output;

/// <summary>Where a command speaks: words, tables and progress to a person, or one JSON line to a program.</summary>
internal sealed class Terminal
{
    // nothing here goes into a web page, where < or ' would have to hide
    private static readonly JsonSerializerOptions s_plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly bool _json;
    private readonly IAnsiConsole _console;

    public Terminal(TextWriter output, TextWriter error, bool json)
    {
        (Output, Error, _json) = (output, error, json);
        var live = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected && !json;
        _console = live ? AnsiConsole.Console : AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(json ? TextWriter.Null : output),
        });
        if (!live)
            _console.Profile.Width = 1000; // a file or a pipe has no edge to wrap at
        Live = live && _console.Profile.Capabilities.Interactive;
    }

    public TextWriter Output { get; }

    public TextWriter Error { get; }

    /// <summary>Somebody watches: progress bars make sense.</summary>
    public bool Live { get; }

    public void Say(string text) => _console.WriteLine(text);

    /// <summary>A table; columns whose title starts with <c>&gt;</c> are aligned right.</summary>
    public void Table(IReadOnlyList<string> titles, IEnumerable<IReadOnlyList<string>> rows) => _console.Write(Made(titles, rows));

    /// <summary>Runs work below a line and a table that are drawn anew each half second, where somebody watches.</summary>
    public T Watch<T>(IReadOnlyList<string> titles, Func<(string Line, IReadOnlyList<IReadOnlyList<string>> Rows)> draw, Func<T> work) =>
        !Live ? work() : _console.Live(new Text("")).AutoClear(true).Start(context =>
        {
            var running = Task.Run(work);
            while (!((IAsyncResult)running).AsyncWaitHandle.WaitOne(500))
            {
                var (line, rows) = draw();
                context.UpdateTarget(new Rows(new Text(line), Made(titles, rows)));
            }

            return running.GetAwaiter().GetResult();
        });

    /// <summary>Runs work that reports its share done, in [0, 1], with a bar where somebody watches.</summary>
    public T Progress<T>(string title, Func<Action<double, string>, T> work) =>
        !Live ? work((_, _) => { }) : _console.Progress().AutoClear(true).HideCompleted(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                var task = context.AddTask(Markup.Escape(title), maxValue: 1);
                return work((share, text) =>
                {
                    task.Value = share;
                    task.Description = Markup.Escape(text.Length == 0 ? title : $"{title}: {text}");
                });
            });

    private static Table Made(IReadOnlyList<string> titles, IEnumerable<IReadOnlyList<string>> rows)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (var title in titles)
            table.AddColumn(new TableColumn(Markup.Escape(title.TrimStart('>'))) { Alignment = title[0] == '>' ? Justify.Right : Justify.Left, NoWrap = true });
        foreach (var row in rows)
            table.AddRow(row.Select(Markup.Escape).ToArray());
        return table;
    }

    /// <summary>The last line of <c>--json</c>; nothing otherwise.</summary>
    public void Result(JsonObject result)
    {
        if (_json)
            Output.WriteLine(result.ToJsonString(s_plain));
    }

    /// <summary>The last line of <c>--json</c> where a command fails; nothing otherwise.</summary>
    public void Failure(string sentence) => Result(new JsonObject { ["error"] = sentence });

    /// <summary>A number for people: <paramref name="digits"/> decimals, a dash for what is not a number.</summary>
    public static string Number(double value, int digits = 4) =>
        double.IsFinite(value) ? value.ToString("N" + digits, CultureInfo.InvariantCulture) : "-";

    /// <summary>A number for programs: what is not finite is null.</summary>
    public static JsonNode? Value(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;
}
