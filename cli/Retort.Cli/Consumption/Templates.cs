using System.Reflection;
using HandlebarsDotNet;

namespace Retort.Cli.Consumption;

/// <summary>The files of a consumption project, kept in this assembly: templates (<c>.hbs</c>) and what is copied as it is.</summary>
internal static class Templates
{
    private const string Prefix = "Consumption/", Suffix = ".hbs";

    private static readonly Lazy<IReadOnlyList<(string Name, Func<object, string> Text)>> s_files = new(Read);

    /// <summary>The names of all files below the folder of the project, with their texts.</summary>
    public static IEnumerable<(string Name, string Text)> Fill(object values) => s_files.Value.Select(file => (file.Name, file.Text(values)));

    private static IReadOnlyList<(string, Func<object, string>)> Read()
    {
        var handlebars = Handlebars.Create(new HandlebarsConfiguration { NoEscape = true, ThrowOnUnresolvedBindingExpression = true });
        Helper("literal", CSharp.Literal);
        Helper("xml", Escaped);
        Helper("cell", text => Escaped(text).Replace("|", "\\|", StringComparison.Ordinal).Replace("`", "\\`", StringComparison.Ordinal));

        var assembly = Assembly.GetExecutingAssembly();
        return [.. assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Select(name =>
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            var text = reader.ReadToEnd().ReplaceLineEndings("\n");
            var target = name[Prefix.Length..].Replace('\\', '/').Replace("dot.", ".", StringComparison.Ordinal); // a file .gitignore would rule here
            if (!target.EndsWith(Suffix, StringComparison.Ordinal))
                return (target, (Func<object, string>)(_ => text));
            var template = handlebars.Compile(text);
            return (target[..^Suffix.Length], values => template(values));
        })];

        // letters beyond ASCII stay as they are: all files are UTF-8
        static string Escaped(string text) => CSharp.Line(text).Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal).Replace("\"", "&quot;", StringComparison.Ordinal);

        void Helper(string name, Func<string, string> make) => handlebars.RegisterHelper(name, (writer, _, arguments) => writer.WriteSafeString(make(arguments[0]?.ToString() ?? "")));
    }
}
