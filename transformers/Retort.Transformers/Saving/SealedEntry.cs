using System.Security.Cryptography;

namespace Retort;

/// <summary>A block of bytes that knows its length and its SHA-256, so that damage is noticed before anything is read from it.</summary>
internal static class SealedEntry
{
    private const int Chunk = 1 << 20;

    public static void Write(BinaryWriter writer, Action<BinaryWriter> content)
    {
        using var bytes = new MemoryStream();
        using (var inner = new BinaryWriter(bytes, System.Text.Encoding.UTF8, leaveOpen: true))
            content(inner);

        var block = bytes.GetBuffer().AsSpan(0, (int)bytes.Length);
        writer.Write(bytes.Length);
        writer.Write(SHA256.HashData(block));
        writer.Write(block);
    }

    /// <exception cref="InvalidDataException">The block is shorter than it says, or was altered.</exception>
    public static T Read<T>(BinaryReader reader, Func<BinaryReader, T> content, string owner = "network")
    {
        var head = Exactly(reader, sizeof(long) + SHA256.HashSizeInBytes, out _);
        var length = head is null ? -1 : BitConverter.ToInt64(head);
        if (length is < 0 or > int.MaxValue)
            throw new InvalidDataException($"The {owner}'s entry must state its length, but the file has {(head is null ? "ended" : length)}.");

        var block = Exactly(reader, (int)length, out var present)
            ?? throw new InvalidDataException($"The {owner}'s entry must hold {length} bytes, but the file has {present}; it was cut off.");
        if (!SHA256.HashData(block).AsSpan().SequenceEqual(head.AsSpan(sizeof(long))))
            throw new InvalidDataException($"The {owner}'s entry must match its SHA-256, but does not; the file was altered.");

        using var inner = new BinaryReader(new MemoryStream(block));
        return content(inner);
    }

    // Memory grows with what is really there, not with what the file claims.
    private static byte[]? Exactly(BinaryReader reader, int length, out int present)
    {
        var bytes = new byte[Math.Min(length, Chunk)];
        present = 0;
        while (present < length)
        {
            if (present == bytes.Length)
                Array.Resize(ref bytes, (int)Math.Min(length, 2L * bytes.Length));
            var read = reader.Read(bytes, present, bytes.Length - present);
            if (read == 0)
                return null;
            present += read;
        }

        return bytes;
    }
}
