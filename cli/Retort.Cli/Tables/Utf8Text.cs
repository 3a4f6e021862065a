using System.Text;
using System.Text.Unicode;

namespace Retort.Cli.Tables;

/// <summary>Refuses files that are not UTF-8, before letters are lost in them.</summary>
internal static class Utf8Text
{
    /// <exception cref="InvalidDataException">The file holds bytes that are no UTF-8.</exception>
    public static void Check(string path, CancellationToken cancel)
    {
        using var stream = File.OpenRead(path);
        var buffer = new byte[1 << 16];
        var (kept, line) = (0, 1L);
        while (stream.Read(buffer, kept, buffer.Length - kept) is > 0 and var read)
        {
            cancel.ThrowIfCancellationRequested();
            var bytes = buffer.AsSpan(0, kept + read);
            var whole = bytes[..^Cut(bytes)]; // a letter may go on in the next piece
            Check(path, whole, line);
            line += whole.Count((byte)'\n');
            bytes[whole.Length..].CopyTo(buffer);
            kept = bytes.Length - whole.Length;
        }

        Check(path, buffer.AsSpan(0, kept), line);
    }

    private static void Check(string path, ReadOnlySpan<byte> bytes, long line)
    {
        if (Utf8.IsValid(bytes))
            return;
        while (Rune.DecodeFromUtf8(bytes, out var rune, out var length) == System.Buffers.OperationStatus.Done)
        {
            line += rune.Value == '\n' ? 1 : 0;
            bytes = bytes[length..];
        }

        throw new InvalidDataException($"File '{path}' must be UTF-8, but line {line} has the byte 0x{bytes[0]:X2}; save it as UTF-8 first.");
    }

    /// <summary>How many bytes at the end begin a letter that is not complete.</summary>
    private static int Cut(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= Math.Min(3, bytes.Length); back++)
            if (bytes[^back] >= 0xC0)
                return Rune.DecodeFromUtf8(bytes[^back..], out _, out _) == System.Buffers.OperationStatus.NeedMoreData ? back : 0;
        return 0;
    }
}
