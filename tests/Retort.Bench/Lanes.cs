namespace Retort.Bench;

/// <summary>Work that runs side by side, as much at once as there are lanes.</summary>
internal static class Lanes
{
    private const int Count = 2;

    /// <summary>Runs all actions, begun in their order.</summary>
    public static void Run(IEnumerable<Action> actions)
    {
        var list = actions.ToArray();
        var next = -1;
        Task.WhenAll(Enumerable.Range(0, Count).Select(_ => Task.Factory.StartNew(() =>
        {
            for (var i = Interlocked.Increment(ref next); i < list.Length; i = Interlocked.Increment(ref next))
                list[i]();
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))).GetAwaiter().GetResult();
    }
}
