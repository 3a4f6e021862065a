namespace Retort.Cli;

/// <summary>The command <c>retort</c>.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        using var interrupts = new Interrupts();
        return await App.Run(arguments, Console.Out, Console.Error, interrupts.Token);
    }
}
