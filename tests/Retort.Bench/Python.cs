using System.Diagnostics;
using System.Globalization;

namespace Retort.Bench;

/// <summary>A Python script that is kept running: a line tells it what to do, and it answers with a line.</summary>
/// <remarks>
/// It computes with OpenBLAS on one thread, or refuses: against the reference BLAS any figure would be worthless.
/// An answer that begins with <c>error</c> carries one sentence.
/// </remarks>
internal sealed class Python : IDisposable
{
    private const string Interpreter = "/usr/bin/python3", OpenBlas = "/usr/lib/x86_64-linux-gnu/openblas-openmp";

    private readonly Process _process;

    private Python(Process process) => _process = process;

    /// <summary>Starts a script that lies beside the benchmarks and waits until it is ready.</summary>
    /// <exception cref="InvalidOperationException">Python, OpenBLAS or a package that the script needs is absent.</exception>
    public static Python Start(string script, params string[] arguments)
    {
        if (!File.Exists(Interpreter))
            throw new InvalidOperationException($"Python must be installed, but '{Interpreter}' does not exist.");
        if (!Directory.Exists(OpenBlas))
            throw new InvalidOperationException($"OpenBLAS (libopenblas0-openmp) must be installed, but '{OpenBlas}' does not exist.");

        var start = new ProcessStartInfo(Interpreter, ["-u", Path.Combine(AppContext.BaseDirectory, script), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["LD_LIBRARY_PATH"] = OpenBlas;
        start.Environment["OMP_NUM_THREADS"] = "1";
        var python = new Python(Process.Start(start)!);
        try
        {
            python.Answer();
            return python;
        }
        catch
        {
            python.Dispose();
            throw;
        }
    }

    /// <summary>What the script answers to a line.</summary>
    /// <exception cref="InvalidOperationException">It answers with an error, or not at all.</exception>
    public string Ask(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
        return Answer();
    }

    /// <summary>A line's answer as a number.</summary>
    public double AskNumber(string line) => double.Parse(Ask(line), CultureInfo.InvariantCulture);

    /// <summary>Ends the script.</summary>
    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(2000))
            _process.Kill();
        _process.Dispose();
    }

    private string Answer()
    {
        var line = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("Python must answer, but ended.");
        return line.StartsWith("error ", StringComparison.Ordinal) ? throw new InvalidOperationException(line["error ".Length..]) : line;
    }
}
