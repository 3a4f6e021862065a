using System.Security.Cryptography;
using System.Text;

namespace Retort;

/// <summary>The networks that teach the trials of a search, trained once for all of them and kept in its folder.</summary>
/// <param name="folder">The folder of the search.</param>
internal sealed class SweepTeachers(string folder)
{
    private readonly Dictionary<string, FittedNetwork[]> _made = [];
    private readonly object _lock = new();

    /// <summary>The networks of a key: made where nobody has, while others wait for them.</summary>
    public FittedNetwork[] Of(string key, Func<FittedNetwork[]> make)
    {
        lock (_lock)
        {
            if (_made.TryGetValue(key, out var known))
                return known;
            var path = Path.Combine(folder, $"teacher-{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 8))}.networks");
            var networks = File.Exists(path) ? Read(path) : make();
            if (!File.Exists(path))
                Write(path, networks);
            return _made[key] = networks;
        }
    }

    private static FittedNetwork[] Read(string path)
    {
        using var reader = new BinaryReader(File.OpenRead(path));
        return [.. Enumerable.Range(0, reader.ReadInt32()).Select(_ => FittedNetwork.Read(reader))];
    }

    private static void Write(string path, FittedNetwork[] networks)
    {
        using (var writer = new BinaryWriter(File.Create(path + ".new")))
        {
            writer.Write(networks.Length);
            foreach (var network in networks)
                network.Write(writer);
        }

        File.Move(path + ".new", path, overwrite: true);
    }
}
