using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

public interface IFileHandle : IDisposable
{
    bool CanWrite { get; }

    bool CanRead { get; }

    Stream CreateWriteStream();

    Stream OpenReadStream();
}

public sealed class SimpleFileHandle : IFileHandle
{
    private readonly string _path;
    private readonly bool _autoDelete;
    private readonly bool _needsWrite;
    private bool _written;
    private bool _disposed;

    public SimpleFileHandle(IExceptionContext ectx, string path, bool needsWrite, bool autoDelete)
    {
        if (string.IsNullOrEmpty(path)) throw new ArgumentNullException(nameof(path));
        (_path, _needsWrite, _autoDelete) = (path, needsWrite, autoDelete);
    }

    public bool CanWrite => !_disposed && _needsWrite && !_written;

    public bool CanRead => !_disposed && (!_needsWrite || _written);

    public Stream CreateWriteStream()
    {
        if (!CanWrite) throw new InvalidOperationException("CreateWriteStream called on a handle that cannot be written");
        _written = true;
        return new FileStream(_path, FileMode.Create, FileAccess.Write);
    }

    public Stream OpenReadStream()
    {
        if (!CanRead) throw new InvalidOperationException("OpenReadStream called on a handle that cannot be read");
        return new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.Read);
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        if (_autoDelete) File.Delete(_path);
    }
}
