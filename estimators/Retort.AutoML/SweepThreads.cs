namespace Retort;

/// <summary>Threads that take jobs, those of the highest rung first and of one rung in the order in which they were given.</summary>
internal sealed class SweepThreads : IDisposable
{
    private readonly PriorityQueue<Task, (int Rung, int Number)> _jobs = new();
    private readonly CancellationTokenSource _over;
    private readonly Task[] _threads;
    private int _given;
    private bool _ended;

    /// <param name="count">How many threads.</param>
    /// <param name="over">Is cancelled at the end, so that no job runs on.</param>
    public SweepThreads(int count, CancellationTokenSource over)
    {
        _over = over;
        _threads = [.. Enumerable.Range(0, count).Select(_ => Task.Factory.StartNew(Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
    }

    public Task<T> Run<T>(int rung, Func<T> job)
    {
        var task = new Task<T>(job);
        lock (_jobs)
        {
            _jobs.Enqueue(task, (-rung, _given++));
            Monitor.Pulse(_jobs);
        }

        return task;
    }

    public void Dispose()
    {
        _over.Cancel();
        lock (_jobs)
        {
            _ended = true;
            Monitor.PulseAll(_jobs);
        }

        Task.WaitAll(_threads);
    }

    private void Work()
    {
        while (Next() is { } job)
            job.RunSynchronously();
    }

    private Task? Next()
    {
        lock (_jobs)
        {
            while (_jobs.Count == 0 && !_ended)
                Monitor.Wait(_jobs);
            return _jobs.Count > 0 ? _jobs.Dequeue() : null;
        }
    }
}
