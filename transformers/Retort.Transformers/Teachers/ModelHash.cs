using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML;

namespace Retort;

/// <summary>The SHA-256 of what a model would be saved as: the names and contents of its entries, without time stamps.</summary>
internal static class ModelHash
{
    /// <exception cref="NotSupportedException">The model cannot be saved.</exception>
    public static byte[] Of(ITransformer model)
    {
        using var file = new FileStream(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
        try
        {
            new MLContext().Model.Save(model, null, file);
        }
        // what models throw that cannot be saved: the caller says the reason in the log, and asks the model instead
        catch (Exception e) when (e is NotSupportedException or NotImplementedException or InvalidOperationException or ArgumentException)
        {
            throw new NotSupportedException(e.Message.ReplaceLineEndings("\n").Split('\n')[0], e);
        }

        return OfFile(file);
    }

    /// <summary>The same of a model that is saved already.</summary>
    public static byte[] OfFile(Stream file)
    {
        file.Position = 0;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
        var piece = new byte[1 << 16];
        foreach (var entry in zip.Entries.OrderBy(entry => entry.FullName, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(entry.FullName));
            hash.AppendData(BitConverter.GetBytes(entry.Length));
            using var content = entry.Open();
            for (int read; (read = content.Read(piece)) > 0;)
                hash.AppendData(piece, 0, read);
        }

        return hash.GetHashAndReset();
    }
}
