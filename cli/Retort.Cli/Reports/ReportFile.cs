using Retort.Cli.Output;

namespace Retort.Cli.Reports;

/// <summary>Writes a report.</summary>
internal static class ReportFile
{
    public const string Name = "report.html";

    public static void Write(string path, ReportSource source, CancellationToken cancel) => File.WriteAllText(path, ReportPage.Of(ReportBuilder.Of(source, cancel)));

    /// <summary>The same beside a model that must not be lost for its report: what goes wrong is said.</summary>
    /// <returns>Whether it was written.</returns>
    public static bool TryWrite(Terminal terminal, string path, Func<ReportSource> source, CancellationToken cancel)
    {
        try
        {
            Write(path, source(), cancel);
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            File.Delete(path);
            terminal.Say($"Note        {Name} was not written: {e.Sentence()}");
            return false;
        }
    }
}
