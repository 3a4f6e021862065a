using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Retort.Cli.Catalogue;

/// <summary>What a record does, in the words of its own doc comment, which lies beside the program.</summary>
internal static class Summaries
{
    private static readonly Lazy<Dictionary<string, string>> s_byType = new(Read);

    /// <summary>The sentence of a type; empty where the file of comments is not there.</summary>
    public static string Of(Type type) => s_byType.Value.GetValueOrDefault($"T:{type.FullName}", "");

    /// <summary>The sentence of the kind of part that a method is.</summary>
    public static string OfKind(Method method)
    {
        var type = method.Type;
        while (type.Name != method.Kind)
            type = type.BaseType!;
        return Of(type);
    }

    private static Dictionary<string, string> Read()
    {
        var file = Path.Combine(AppContext.BaseDirectory, $"{typeof(Methods).Assembly.GetName().Name}.xml");
        return !File.Exists(file) ? [] : XDocument.Load(file).Descendants("member")
            .Where(member => member.Attribute("name")!.Value.StartsWith("T:", StringComparison.Ordinal))
            .ToDictionary(member => member.Attribute("name")!.Value, member => Plain(member.Element("summary")));
    }

    // names of types and settings stand for themselves
    private static string Plain(XElement? summary) => summary is null ? "" : Regex.Replace(
        string.Concat(summary.Nodes().Select(node => node switch
        {
            XText text => text.Value,
            XElement { Name.LocalName: "see" } see when see.Attribute("cref") is { } name => name.Value.Split('(')[0].Split('.', ':')[^1],
            XElement element => element.Value,
            _ => "",
        })), @"\s+", " ").Trim();
}
