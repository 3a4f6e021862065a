using System.CommandLine;

namespace Retort.Cli.Commands;

/// <summary>Options that several commands have.</summary>
internal static class CommonOptions
{
    public static Option<string> Model() => new("--model") { Description = "A saved ML.NET model (model.zip).", HelpName = "FILE", Required = true };

    public static Option<string> Data(string description) => new("--data") { Description = description, HelpName = "FILE", Required = true };
}
