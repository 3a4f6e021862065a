using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Retort;

/// <summary>The file behind a <see cref="Checkpoint"/>: what run it is of, how long it is, its SHA-256, and the state.</summary>
internal sealed class CheckpointFile
{
    private const int Version = 2, HeadSize = 8 + 3 * SHA256.HashSizeInBytes + 8;
    private static readonly byte[] s_magic = [.. "RETORT"u8, 0, Version];

    private readonly Checkpoint _settings;
    private readonly byte[] _recipe, _data;
    private long _written = Stopwatch.GetTimestamp();

    /// <param name="settings">Where and how often.</param>
    /// <param name="recipe">All that the run depends on beside the data.</param>
    /// <param name="data">The data: of training, and of validation.</param>
    public CheckpointFile(Checkpoint settings, string recipe, params Dataset?[] data)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(settings.Path)) is not { } folder || !Directory.Exists(folder))
            throw new ArgumentException($"The checkpoint must lie in a folder that exists, but is '{settings.Path}'.");
        if (settings.From is not null && !File.Exists(settings.From))
            throw new ArgumentException($"The checkpoint that a run goes on from must exist, but is '{settings.From}'.");
        _settings = settings;
        _recipe = SHA256.HashData(Encoding.UTF8.GetBytes(settings.From is null ? recipe : $"{recipe} goes on from {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(settings.From)))}"));
        _data = Hash(data);
    }

    /// <summary>Whether it is time to write again.</summary>
    public bool IsDue => Stopwatch.GetElapsedTime(_written) >= _settings.Interval;

    /// <summary>Writes the file whole, or leaves the older one.</summary>
    public void Write(Action<BinaryWriter> content)
    {
        var partial = _settings.Path + ".new";
        using (var file = File.Create(partial))
        {
            using var hash = SHA256.Create();
            file.Seek(HeadSize, SeekOrigin.Begin);
            using (var hashed = new CryptoStream(file, hash, CryptoStreamMode.Write, leaveOpen: true))
            using (var writer = new BinaryWriter(hashed))
                content(writer);

            var length = file.Length - HeadSize;
            file.Seek(0, SeekOrigin.Begin);
            file.Write(s_magic);
            file.Write(_recipe);
            file.Write(_data);
            file.Write(BitConverter.GetBytes(length));
            file.Write(hash.Hash);
            file.Flush(flushToDisk: true);
        }

        File.Move(partial, _settings.Path, overwrite: true);
        _written = Stopwatch.GetTimestamp();
    }

    /// <summary>Reads the state, where there is a file.</summary>
    /// <exception cref="InvalidDataException">The file is of another run, or is not whole.</exception>
    public bool TryRead(Action<BinaryReader> content) => File.Exists(_settings.Path) && Read(_settings.Path, true, content);

    /// <summary>Reads the state of the run that this one goes on from, if there is one.</summary>
    /// <exception cref="InvalidDataException">The file is of other data, or not whole, or holds another kind of state.</exception>
    public bool TryReadFrom(Action<BinaryReader> content) => _settings.From is { } from && Read(from, false, content);

    private bool Read(string path, bool isOwn, Action<BinaryReader> content)
    {
        using var file = File.OpenRead(path);
        using var reader = new BinaryReader(file);
        var head = reader.ReadBytes(HeadSize);
        if (head.Length < HeadSize || !head.AsSpan(0, 8).SequenceEqual(s_magic))
            throw Wrong("be one of this version", "is not");
        if (isOwn && !head.AsSpan(8, 32).SequenceEqual(_recipe))
            throw Wrong("be of the same recipe, task, seed and device as the run", "is of others");
        if (!head.AsSpan(40, 32).SequenceEqual(_data))
            throw Wrong("be of the same data as the run", "is of other data");
        if (BitConverter.ToInt64(head, 72) is var length && length != file.Length - HeadSize)
            throw Wrong($"hold {length} bytes of state", $"holds {file.Length - HeadSize}");
        if (!SHA256.HashData(file).AsSpan().SequenceEqual(head.AsSpan(80, 32)))
            throw Wrong("match its SHA-256", "does not");

        file.Seek(HeadSize, SeekOrigin.Begin);
        try
        {
            content(reader);
        }
        catch (Exception e) when (!isOwn && e is EndOfStreamException or ArgumentException) // what is read in other places is anything
        {
            throw Unlike();
        }

        return file.Position == file.Length ? true : throw Unlike();

        InvalidDataException Wrong(string rule, string fact) => new($"Checkpoint '{path}' must {rule}, but {fact}{(isOwn ? "; remove it to begin anew" : "")}.");

        InvalidDataException Unlike() => Wrong("be of a run with the same network and kinds of parts", "its state has another length");
    }

    public void End()
    {
        if (!_settings.Keep)
            Remove();
    }

    public void Remove()
    {
        File.Delete(_settings.Path);
        File.Delete(_settings.Path + ".new");
    }

    /// <summary>The SHA-256 of all that datasets hold.</summary>
    public static byte[] Hash(Dataset?[] data)
    {
        using var scope = NewDisposeScope();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var set in data)
        {
            hash.AppendData([(byte)(set is null ? 0 : 1)]);
            if (set is null)
                continue;
            hash.AppendData(MemoryMarshal.AsBytes<int>([set.Classes, .. set.Cardinalities]));
            foreach (var tensor in (Tensor?[])[set.Features, set.Categories, set.Labels, set.Weights, set.Teacher, set.Labeled, set.Groups, .. set.Teachers, .. set.Protected?.Columns.Select(column => column.Values) ?? []])
            {
                hash.AppendData(MemoryMarshal.AsBytes<long>(tensor is null ? [-1] : tensor.shape));
                if (tensor is not null)
                    hash.AppendData(Memory.Of<byte>(tensor.cpu()));
            }
        }

        return hash.GetHashAndReset();
    }
}
