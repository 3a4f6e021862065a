namespace Retort.Cli;

/// <summary>The command <c>retort</c>.</summary>
internal static class Program
{
    private static Task<int> Main(string[] arguments) => App.Run(arguments, Console.Out, Console.Error);
}
