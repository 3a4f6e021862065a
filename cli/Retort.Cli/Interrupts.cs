using System.Runtime.InteropServices;
using Retort.Cli.Output;

namespace Retort.Cli;

/// <summary>Ctrl-C and its like: the first asks the command to end, the second ends the process at once.</summary>
internal sealed class Interrupts : IDisposable
{
    private readonly CancellationTokenSource _cancel = new();
    private readonly PosixSignalRegistration[] _signals;

    public Interrupts() => _signals = [Listen(PosixSignal.SIGINT), Listen(PosixSignal.SIGTERM)];

    public CancellationToken Token => _cancel.Token;

    public void Dispose()
    {
        foreach (var signal in _signals)
            signal.Dispose();
        _cancel.Dispose();
    }

    private PosixSignalRegistration Listen(PosixSignal signal) => PosixSignalRegistration.Create(signal, context =>
    {
        if (_cancel.IsCancellationRequested)
        {
            Partial.RemoveOwn();
            return; // what the system does with the signal
        }

        context.Cancel = true;
        if (!Console.IsErrorRedirected)
            Console.Error.WriteLine("Cancelling ... (once more to end at once)");
        _cancel.Cancel();
    });
}
