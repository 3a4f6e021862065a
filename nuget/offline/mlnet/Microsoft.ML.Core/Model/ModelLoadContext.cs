using System.Reflection;
using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// Where one model reads itself from.
internal sealed class ModelLoadContext : IDisposable
{
    public const string ModelStreamName = "Model.key";

    internal const string NameBinary = "Model.bin";

    private readonly Repository.Entry _entry;
    private readonly IExceptionContext _ectx;

    public readonly RepositoryReader Repository;
    public readonly string Directory;
    public readonly BinaryReader Reader;
    public readonly string[] Strings;
    public readonly string LoaderAssemblyName;
    internal ModelHeader Header;
    public readonly long FpMin;

    public bool InRepository => Repository != null;

    internal ModelLoadContext(RepositoryReader rep, Repository.Entry ent, string dir)
    {
        Contracts.CheckValue(rep, nameof(rep));
        Contracts.CheckValue(ent, nameof(ent));
        (Repository, _entry) = (rep, ent);
        Directory = string.IsNullOrEmpty(dir) ? null : dir;
        Reader = new BinaryReader(ent.Stream, Encoding.UTF8, leaveOpen: true);
        Header = ModelHeader.Read(Reader, out FpMin, out Strings, out LoaderAssemblyName);
    }

    internal ModelLoadContext(BinaryReader reader, IExceptionContext ectx = null)
    {
        Contracts.CheckValue(reader, nameof(reader));
        (Reader, _ectx) = (reader, ectx);
        Header = ModelHeader.Read(Reader, out FpMin, out Strings, out LoaderAssemblyName);
    }

    public void CheckAtModel() => _ectx.Check(Reader.BaseStream.Position == FpMin + Header.FpModel, "Not at the start of the model");

    public void CheckAtModel(VersionInfo ver)
    {
        CheckAtModel();
        CheckVersionInfo(ver);
    }

    public void CheckVersionInfo(VersionInfo ver) => Header.CheckVersionInfo(ver);

    public string LoadStringOrNull()
    {
        var id = Reader.ReadInt32();
        _ectx.CheckDecode(id >= -1 && id < Strings.Length);
        return id < 0 ? null : Strings[id];
    }

    public string LoadString()
    {
        var text = LoadStringOrNull();
        _ectx.CheckDecode(text != null);
        return text;
    }

    public string LoadNonEmptyString()
    {
        var text = LoadString();
        _ectx.CheckDecode(text.Length > 0);
        return text;
    }

    /// Closes a model that was read to its end.
    public void Done()
    {
        _ectx.CheckDecode(Reader.BaseStream.Position == FpMin + Header.FpModel + Header.CbModel, "Model was not read to its end");
        Reader.BaseStream.Position = FpMin + Header.FpLim;
        Dispose();
    }

    public void Dispose() => _entry?.Dispose();

    public bool ContainsModel(string name)
    {
        if (!InRepository || string.IsNullOrEmpty(name)) return false;
        using var entry = Repository.OpenEntryOrNull(Path(name), ModelStreamName);
        return entry != null;
    }

    public static bool LoadModelOrNull<TRes, TSig>(IHostEnvironment env, out TRes result, RepositoryReader rep, string dir, params object[] extra) where TRes : class
    {
        using var entry = rep.OpenEntryOrNull(dir, ModelStreamName);
        result = null;
        if (entry == null) return false;
        LoadModel<TRes, TSig>(env, out result, rep, entry, dir, extra);
        return true;
    }

    public static void LoadModel<TRes, TSig>(IHostEnvironment env, out TRes result, RepositoryReader rep, string dir, params object[] extra) where TRes : class
    {
        if (!LoadModelOrNull<TRes, TSig>(env, out result, rep, dir, extra)) throw env.ExceptDecode("Corrupt model file");
    }

    public bool LoadModelOrNull<TRes, TSig>(IHostEnvironment env, out TRes result, string name, params object[] extra) where TRes : class
    {
        _ectx.Check(InRepository, "Can't load a sub-model when reading from a single stream");
        return LoadModelOrNull<TRes, TSig>(env, out result, Repository, Path(name), extra);
    }

    public void LoadModel<TRes, TSig>(IHostEnvironment env, out TRes result, string name, params object[] extra) where TRes : class
    {
        if (!LoadModelOrNull<TRes, TSig>(env, out result, name, extra)) throw env.ExceptDecode("Corrupt model file");
    }

    public static void LoadModel<TRes, TSig>(IHostEnvironment env, out TRes result, RepositoryReader rep, Repository.Entry ent, string dir, params object[] extra) where TRes : class
    {
        using var ctx = new ModelLoadContext(rep, ent, dir);
        if (!ctx.TryCreate<TRes, TSig>(env, out result, extra)) throw env.ExceptDecode($"Couldn't load model: '{dir}'{ctx.Origin}");
    }

    public static bool TryLoadModel<TRes, TSig>(IHostEnvironment env, out TRes result, Stream stream, params object[] extra) where TRes : class =>
        TryLoadModel<TRes, TSig>(env, out result, new BinaryReader(stream, Encoding.UTF8, leaveOpen: true), extra);

    public static void LoadModel<TRes, TSig>(IHostEnvironment env, out TRes result, Stream stream, params object[] extra) where TRes : class =>
        LoadModel<TRes, TSig>(env, out result, new BinaryReader(stream, Encoding.UTF8, leaveOpen: true), extra);

    public static bool TryLoadModel<TRes, TSig>(IHostEnvironment env, out TRes result, BinaryReader reader, params object[] extra) where TRes : class
    {
        var start = reader.BaseStream.Position;
        using var ctx = new ModelLoadContext(reader);
        if (ctx.TryCreate<TRes, TSig>(env, out result, extra)) return true;
        reader.BaseStream.Position = start;
        return false;
    }

    public static void LoadModel<TRes, TSig>(IHostEnvironment env, out TRes result, BinaryReader reader, params object[] extra) where TRes : class
    {
        using var ctx = new ModelLoadContext(reader);
        if (!ctx.TryCreate<TRes, TSig>(env, out result, extra)) throw env.ExceptDecode($"Couldn't load model{ctx.Origin}");
        reader.BaseStream.Position = ctx.FpMin + ctx.Header.FpLim;
    }

    private string Origin => $" (loader '{Header.LoaderSignature}' of {LoaderAssemblyName?.Split(',')[0]})";

    private bool TryCreate<TRes, TSig>(IHostEnvironment env, out TRes result, object[] extra) where TRes : class
    {
        if (!string.IsNullOrEmpty(LoaderAssemblyName)) env.ComponentCatalog.RegisterAssembly(Assembly.Load(LoaderAssemblyName));
        foreach (var name in new[] { Header.LoaderSignature, Header.LoaderSignatureAlt })
            if (name != null && env.ComponentCatalog.TryCreateInstance<TRes, TSig>(env, out result, name, [this, .. extra]))
                return true;
        result = null;
        return false;
    }

    public bool TryProcessSubModel(string dir, Action<ModelLoadContext> action)
    {
        _ectx.Check(InRepository, "Can't load a sub-model when reading from a single stream");
        using var entry = Repository.OpenEntryOrNull(Path(dir), ModelStreamName);
        if (entry == null) return false;
        using var ctx = new ModelLoadContext(Repository, entry, Path(dir));
        action(ctx);
        return true;
    }

    public bool TryLoadBinaryStream(string name, Action<BinaryReader> action)
    {
        _ectx.Check(InRepository, "Can't load a binary stream when reading from a single stream");
        using var entry = Repository.OpenEntryOrNull(Directory, name);
        if (entry == null) return false;
        using var reader = new BinaryReader(entry.Stream, Encoding.UTF8, leaveOpen: true);
        action(reader);
        return true;
    }

    public bool TryLoadTextStream(string name, Action<TextReader> action)
    {
        _ectx.Check(InRepository, "Can't load a text stream when reading from a single stream");
        using var entry = Repository.OpenEntryOrNull(Directory, name);
        if (entry == null) return false;
        using var reader = new StreamReader(entry.Stream, leaveOpen: true);
        action(reader);
        return true;
    }

    private string Path(string name) => Directory == null ? name : Directory + "/" + name;
}
