using System.Diagnostics;

namespace Retort.Tests;

/// <summary>A web service in a process of its own, on a port that is free.</summary>
internal sealed class ServiceProcess : IDisposable
{
    private const string Said = "Now listening on: ";
    private readonly Process _process;

    /// <summary>Starts <c>dotnet PROGRAM ARGUMENTS</c> and waits until it listens.</summary>
    public ServiceProcess(string program, params string[] arguments)
    {
        _process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments, "--urls", "http://127.0.0.1:0"]) { RedirectStandardOutput = true, WorkingDirectory = Path.GetTempPath() })!;
        string? line;
        do
            line = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"'{program}' must listen, but has ended.");
        while (!line.Contains(Said, StringComparison.Ordinal));
        _ = _process.StandardOutput.ReadToEndAsync(); // a full pipe would stop it
        Client = new() { BaseAddress = new(line[(line.IndexOf(Said, StringComparison.Ordinal) + Said.Length)..]) };
    }

    /// <summary>Asks it.</summary>
    public HttpClient Client { get; }

    public void Dispose()
    {
        Client.Dispose();
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }
}
