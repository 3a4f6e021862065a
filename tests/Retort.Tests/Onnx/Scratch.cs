using Microsoft.ML;

namespace Retort.Tests;

/// <summary>A folder of a test's own, which is also where its contexts put temporary files.</summary>
internal sealed class Scratch : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("retort").FullName;

    public int Files => Directory.GetFiles(_folder, "*", SearchOption.AllDirectories).Length;

    public MLContext Context() => new(1) { TempFilePath = _folder };

    public string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
