using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// The 256 bytes in front of a model: where its parts are, what wrote it and who can load it.
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal struct ModelHeader
{
    public const int Size = 256;
    public const ulong SignatureValue = 0x4C45444F4D004C4D; // "ML\0MODEL"
    public const ulong TailSignatureValue = 0x4D4C004D4F44454C; // "LEDOM\0LM"
    public const uint VerWrittenCur = 0x00010002;
    public const uint VerReadableCur = 0x00010002;
    public const uint VerWeCanReadBack = 0x00010001;

    [FieldOffset(0x00)] public ulong Signature;
    [FieldOffset(0x08)] public uint VerWritten;
    [FieldOffset(0x0C)] public uint VerReadable;
    [FieldOffset(0x10)] public long FpModel;
    [FieldOffset(0x18)] public long CbModel;
    [FieldOffset(0x20)] public long FpStringTable;
    [FieldOffset(0x28)] public long CbStringTable;
    [FieldOffset(0x30)] public long FpStringChars;
    [FieldOffset(0x38)] public long CbStringChars;
    [FieldOffset(0x40)] public ulong ModelSignature;
    [FieldOffset(0x48)] public uint ModelVerWritten;
    [FieldOffset(0x4C)] public uint ModelVerReadable;
    [FieldOffset(0x50)] private LoaderName _loader;
    [FieldOffset(0x68)] private LoaderName _loaderAlt;
    [FieldOffset(0x80)] public long FpTail;
    [FieldOffset(0x88)] public long FpLim;
    [FieldOffset(0x90)] public long FpAssemblyName;
    [FieldOffset(0x98)] public uint CbAssemblyName;

    [System.Runtime.CompilerServices.InlineArray(24)]
    private struct LoaderName { private byte _first; }

    public string LoaderSignature => Text(_loader);

    public string LoaderSignatureAlt => Text(_loaderAlt);

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.Latin1.GetString(bytes).TrimEnd('\0');
        return text.Length == 0 ? null : text;
    }

    public static ModelHeader Begin(BinaryWriter writer, out long start)
    {
        start = writer.BaseStream.Position;
        writer.Write(new byte[Size]);
        return new ModelHeader { Signature = SignatureValue, VerWritten = VerWrittenCur, VerReadable = VerReadableCur, FpModel = Size };
    }

    public void SetVersionInfo(in VersionInfo ver)
    {
        (ModelSignature, ModelVerWritten, ModelVerReadable) = (ver.ModelSignature, ver.VerWrittenCur, ver.VerReadableCur);
        Store(ver.LoaderSignature, _loader);
        Store(ver.LoaderSignatureAlt, _loaderAlt);

        static void Store(string name, Span<byte> target)
        {
            Contracts.Check((name?.Length ?? 0) <= target.Length, "Loader signature is too long");
            target.Clear();
            Encoding.Latin1.GetBytes(name ?? "", target);
        }
    }

    /// Writes strings, assembly name and tail behind the model, and the header in front of it.
    public void End(BinaryWriter writer, long start, NormStr.Pool strings, string assemblyName)
    {
        var lim = writer.BaseStream.Position - start;
        CbModel = lim - FpModel;
        if (strings.Count > 0)
        {
            FpStringTable = lim;
            CbStringTable = strings.Count * sizeof(long);
            long end = 0;
            for (var i = 0; i < strings.Count; i++) writer.Write(end += strings[i].Length * sizeof(char));
            FpStringChars = FpStringTable + CbStringTable;
            CbStringChars = end;
            for (var i = 0; i < strings.Count; i++) writer.Write(MemoryMarshal.AsBytes(strings[i].AsSpan()));
        }
        if (assemblyName != null)
        {
            FpAssemblyName = writer.BaseStream.Position - start;
            CbAssemblyName = (uint)(assemblyName.Length * sizeof(char));
            writer.Write(MemoryMarshal.AsBytes(assemblyName.AsSpan()));
        }
        FpTail = writer.BaseStream.Position - start;
        writer.Write(TailSignatureValue);
        FpLim = writer.BaseStream.Position - start;

        var after = writer.BaseStream.Position;
        writer.BaseStream.Position = start;
        writer.Write(MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref this, 1)));
        writer.BaseStream.Position = after;
    }

    public static ModelHeader Read(BinaryReader reader, out long start, out string[] strings, out string assemblyName)
    {
        start = reader.BaseStream.Position;
        ModelHeader header = default;
        var bytes = MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref header, 1));
        Contracts.CheckDecode(reader.Read(bytes) == Size, "Model header is cut off");
        Contracts.CheckDecode(header.Signature == SignatureValue, "Wrong file type");
        Contracts.CheckDecode(header.VerReadable <= VerWrittenCur, "Cannot read: file format is too new");
        Contracts.CheckDecode(header.VerWritten >= VerWeCanReadBack, "Cannot read: file format is too old");
        var available = reader.BaseStream.Length - start;
        Contracts.CheckDecode(header.FpModel == Size && header.CbModel >= 0 && header.FpTail >= Size + header.CbModel && header.FpLim == header.FpTail + sizeof(ulong) && header.FpLim <= available);
        strings = [];
        if (header.FpStringTable != 0)
        {
            Contracts.CheckDecode(header.CbStringTable is >= 0 && header.CbStringTable % sizeof(long) == 0 && header.FpStringTable == header.FpModel + header.CbModel
                && header.FpStringChars == header.FpStringTable + header.CbStringTable && header.CbStringChars >= 0 && header.FpStringChars + header.CbStringChars <= header.FpTail);
            reader.BaseStream.Position = start + header.FpStringTable;
            var ends = new long[header.CbStringTable / sizeof(long)];
            for (var i = 0; i < ends.Length; i++) ends[i] = reader.ReadInt64();
            strings = new string[ends.Length];
            for (var i = 0; i < ends.Length; i++)
            {
                var length = ends[i] - (i == 0 ? 0 : ends[i - 1]);
                Contracts.CheckDecode(length is >= 0 and <= int.MaxValue && ends[i] <= header.CbStringChars);
                strings[i] = Encoding.Unicode.GetString(reader.ReadBytes((int)length));
            }
        }
        assemblyName = null;
        if (header.FpAssemblyName != 0)
        {
            Contracts.CheckDecode(header.FpAssemblyName >= Size && header.CbAssemblyName <= 4096 && header.FpAssemblyName + header.CbAssemblyName <= header.FpTail);
            reader.BaseStream.Position = start + header.FpAssemblyName;
            assemblyName = Encoding.Unicode.GetString(reader.ReadBytes((int)header.CbAssemblyName));
        }
        reader.BaseStream.Position = start + header.FpTail;
        Contracts.CheckDecode(reader.ReadUInt64() == TailSignatureValue, "Corrupt model file tail");
        reader.BaseStream.Position = start + header.FpModel;
        return header;
    }

    public readonly void CheckVersionInfo(in VersionInfo ver)
    {
        Contracts.CheckDecode(ModelSignature == ver.ModelSignature, $"Unknown file type: the model '{LoaderSignature}' has another layout");
        Contracts.CheckDecode(ModelVerReadable <= ver.VerWrittenCur, "Cannot load model: file format is too new");
        Contracts.CheckDecode(ModelVerWritten >= ver.VerWeCanReadBack, "Cannot load model: file format is too old");
    }
}
