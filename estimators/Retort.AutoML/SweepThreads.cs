using System.Collections.Concurrent;

namespace Retort;

/// <summary>Threads that take jobs in the order in which they are given.</summary>
internal sealed class SweepThreads : IDisposable
{
    private readonly BlockingCollection<Task> _jobs = [];
    private readonly CancellationTokenSource _over;
    private readonly Task[] _threads;

    /// <param name="count">How many threads.</param>
    /// <param name="over">Is cancelled at the end, so that no job runs on.</param>
    public SweepThreads(int count, CancellationTokenSource over)
    {
        _over = over;
        _threads = [.. Enumerable.Range(0, count).Select(_ => Task.Factory.StartNew(Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
    }

    public Task<T> Run<T>(Func<T> job)
    {
        var task = new Task<T>(job);
        _jobs.Add(task);
        return task;
    }

    public void Dispose()
    {
        _over.Cancel();
        _jobs.CompleteAdding();
        Task.WaitAll(_threads);
        _jobs.Dispose();
    }

    private void Work()
    {
        foreach (var job in _jobs.GetConsumingEnumerable())
            job.RunSynchronously();
    }
}
