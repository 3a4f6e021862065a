namespace Retort;

/// <summary>Things that are disposed together, also where one of them cannot be made.</summary>
internal sealed class Disposables<T> : List<T>, IDisposable where T : IDisposable
{
    public Disposables(IEnumerable<T> things)
    {
        try
        {
            AddRange(things);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void Dispose() => ForEach(thing => thing.Dispose());
}
