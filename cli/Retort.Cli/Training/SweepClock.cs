using System.Diagnostics;
using System.Globalization;

namespace Retort.Cli.Training;

/// <summary>How long a search has run in all, over processes that were ended by whatever: kept in a file of its folder, each second.</summary>
internal sealed class SweepClock : IDisposable
{
    private readonly string _path;
    private readonly TimeSpan _before;
    private readonly Stopwatch _watch = new();
    private readonly Timer _timer;
    private readonly object _lock = new();

    /// <param name="folder">The folder of the search.</param>
    public SweepClock(string folder)
    {
        _path = Path.Combine(folder, "seconds");
        _before = File.Exists(_path) && double.TryParse(File.ReadAllText(_path), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds >= 0 ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;
        _timer = new(_ => Write());
    }

    /// <summary>How long the search has run.</summary>
    public TimeSpan Elapsed => _before + _watch.Elapsed;

    /// <summary>The search begins, or goes on; again does nothing.</summary>
    public void Start()
    {
        if (_watch.IsRunning)
            return;
        _watch.Start();
        _timer.Change(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    /// <summary>The search has ended.</summary>
    public void Stop()
    {
        if (!_watch.IsRunning)
            return;
        _timer.Change(Timeout.Infinite, Timeout.Infinite);
        _watch.Stop();
        Write();
    }

    public void Dispose()
    {
        Stop();
        _timer.Dispose();
    }

    private void Write()
    {
        lock (_lock)
        {
            File.WriteAllText(_path + ".new", Elapsed.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture));
            File.Move(_path + ".new", _path, overwrite: true);
        }
    }
}
