using System.Text;

namespace Retort.Cli.Catalogue;

/// <summary>The catalogue as a page of Markdown: a table for each kind of part, a line for each method.</summary>
internal static class MethodsPage
{
    public static string Write()
    {
        var page = new StringBuilder("# Methods\n\nWritten by `retort methods --markdown` from the cards of the methods. A setting stands with its default and, in brackets, the range that a search tries.\n");
        foreach (var kind in Methods.All.GroupBy(method => method.Kind))
        {
            page.Append($"\n## {kind.Key}\n\n{Summaries.OfKind(kind.First())}\n\n| Id | Record | Effect | Settings | Tasks | Needs | Source |\n|---|---|---|---|---|---|---|\n");
            foreach (var method in kind)
                page.Append($"| `{method.Id}` | `{method.Type.Name}` | {Cell(Summaries.Of(method.Type))} | {string.Join("<br>", method.Settings.Select(Setting))} | {Tasks(method)} | {(method.Needs == Needs.Nothing ? "" : method.Needs)} | {Source(method)} |\n");
        }

        return page.ToString();
    }

    /// <summary>Authors, title and year, as far as the card has them.</summary>
    public static string Cited(Method method) => method.Year == 0 ? method.Title : $"{method.Authors}, {method.Title}, {method.Year}";

    private static string Setting(Setting setting) => $"{Cell(SettingText.Of(setting))}";

    private static string Tasks(Method method) => method.Tasks == LearningTasks.All ? "all" : method.Tasks.ToString();

    private static string Source(Method method) => method.Link.Length == 0 ? Cell(Cited(method)) : $"[{Cell(Cited(method))}]({method.Link})";

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
