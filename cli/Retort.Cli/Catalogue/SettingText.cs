using System.Globalization;

namespace Retort.Cli.Catalogue;

/// <summary>A setting in words: its name, its default, and the range or the values worth searching.</summary>
internal static class SettingText
{
    public static string Of(Setting setting) => $"{setting.Name} = {Default(setting)}{Range(setting)}";

    public static string Default(Setting setting) => Text(setting.Default);

    /// <summary>Such as <c> (0.001 to 1, on a logarithmic scale)</c>; empty where nothing is declared.</summary>
    public static string Range(Setting setting) => setting switch
    {
        { Choices.Count: > 0 } => $" ({string.Join(", ", setting.Choices.Select(Text))})",
        { Minimum: { } least, Maximum: { } most } => $" ({Text(least)} to {Text(most)}{(setting.LogScale ? ", logarithmic" : "")})",
        _ => "",
    };

    private static string Text(object? value) => value switch
    {
        null => "none",
        bool truth => truth ? "true" : "false",
        IReadOnlyCollection<double> { Count: > 5 } list => $"[{Text(list.First())}, ..., {Text(list.Last())}]",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
