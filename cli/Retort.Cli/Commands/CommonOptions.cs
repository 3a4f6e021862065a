using System.CommandLine;
using System.Globalization;

namespace Retort.Cli.Commands;

/// <summary>Options that several commands have.</summary>
internal static class CommonOptions
{
    public static Option<string> Model() => new("--model") { Description = "A saved ML.NET model (model.zip).", HelpName = "FILE", Required = true };

    public static Option<string> Data(string description) => new("--data") { Description = description, HelpName = "FILE", Required = true };

    public static Option<int?> Whole(string name, string description, int least = int.MinValue) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = parsed =>
        {
            var text = parsed.Tokens[0].Value;
            if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
                parsed.AddError($"Option {name} must be a whole number, but is '{text}'.");
            else if (number < least)
                parsed.AddError($"Option {name} must be at least {least}, but is {number}.");
            return number;
        },
    };
}
