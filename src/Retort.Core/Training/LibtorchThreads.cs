namespace Retort;

/// <summary>One libtorch thread for the calling thread, and the earlier setting at the end.</summary>
/// <remarks>
/// Beside the calling thread's own setting libtorch keeps one for threads that come later. Runs that overlap would hand each other's 1 on,
/// so the setting before the first of them is what all restore.
/// </remarks>
internal sealed class LibtorchThreads : IDisposable
{
    private static readonly object Gate = new();
    private static int s_users, s_before;

    private LibtorchThreads()
    {
        lock (Gate)
        {
            if (s_users++ == 0)
                s_before = get_num_threads();
            set_num_threads(1);
        }
    }

    public static LibtorchThreads One() => new();

    public void Dispose()
    {
        lock (Gate)
        {
            s_users--;
            set_num_threads(s_before);
        }
    }
}
