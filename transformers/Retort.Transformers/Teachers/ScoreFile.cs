using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Retort;

/// <summary>Scores in a file: whose they are, how many, their SHA-256, and the numbers row after row.</summary>
internal static class ScoreFile
{
    private const int Version = 1, HashSize = SHA256.HashSizeInBytes, HeadSize = 8 + 4 + HashSize + 8 + 4 + HashSize;
    private static readonly byte[] s_magic = [.. "RETORTTS"u8];

    /// <summary>Opens a file before its first row; null where it is not whole, or not of these scores.</summary>
    /// <param name="path">The file.</param>
    /// <param name="key">The SHA-256 of model and data.</param>
    /// <param name="width">How many scores a row has.</param>
    public static (FileStream Stream, long Rows)? Open(string path, byte[] key, int width)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        var head = new byte[HeadSize];
        if (file.ReadAtLeast(head, HeadSize, throwOnEndOfStream: false) == HeadSize && head.AsSpan(0, HeadSize - HashSize).SequenceEqual(Head(key, BitConverter.ToInt64(head, 12 + HashSize), width)))
        {
            var rows = BitConverter.ToInt64(head, 12 + HashSize);
            if (rows >= 0 && file.Length - HeadSize == (Int128)rows * width * sizeof(float) && Seal(file, head).AsSpan().SequenceEqual(head.AsSpan(HeadSize - HashSize)))
            {
                file.Position = HeadSize;
                return (file, rows);
            }
        }

        file.Dispose();
        return null;
    }

    private static byte[] Head(byte[] key, long rows, int width) => [.. s_magic, .. BitConverter.GetBytes(Version), .. key, .. BitConverter.GetBytes(rows), .. BitConverter.GetBytes(width)];

    private static byte[] Seal(Stream file, byte[] head)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var piece = new byte[1 << 16];
        for (int read; (read = file.Read(piece)) > 0;)
            hash.AppendData(piece, 0, read);
        hash.AppendData(head, 0, HeadSize - HashSize);
        return hash.GetHashAndReset();
    }

    /// <summary>A file on its way: it is there under its name when it is whole.</summary>
    public sealed class Writer : IDisposable
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly string _path, _partial;
        private readonly FileStream _file;

        public Writer(string path)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            (_path, _partial) = (path, $"{path}.{Path.GetRandomFileName()}.new");
            _file = new FileStream(_partial, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);
            _file.Write(new byte[HeadSize]);
        }

        public void Add(ReadOnlySpan<float> scores)
        {
            var bytes = MemoryMarshal.AsBytes(scores);
            _hash.AppendData(bytes);
            _file.Write(bytes);
        }

        public void End(byte[] key, long rows, int width)
        {
            var head = Head(key, rows, width);
            _hash.AppendData(head);
            _file.Position = 0;
            _file.Write(head);
            _file.Write(_hash.GetHashAndReset());
            _file.Flush(flushToDisk: true);
            _file.Dispose();
            File.Move(_partial, _path, overwrite: true);
        }

        /// <summary>Removes what is not whole.</summary>
        public void Dispose()
        {
            _hash.Dispose();
            try
            {
                _file.Dispose(); // writes what is left, for which there may be no room
            }
            catch (IOException)
            {
            }

            File.Delete(_partial);
        }
    }
}
