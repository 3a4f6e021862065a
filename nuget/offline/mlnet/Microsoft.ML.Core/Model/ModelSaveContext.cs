using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// Where one model writes itself: a stream with a header, in a repository or alone.
public sealed class ModelSaveContext : IDisposable
{
    private readonly Repository.Entry _entry;
    private readonly IExceptionContext _ectx;
    private string _loaderAssemblyName;
    private bool _open = true;

    internal readonly RepositoryWriter Repository;
    internal readonly string Directory;
    internal readonly BinaryWriter Writer;
    internal readonly NormStr.Pool Strings = new();
    internal ModelHeader Header;
    internal readonly long FpMin;

    internal bool InRepository => Repository != null;

    internal ModelSaveContext(RepositoryWriter rep, string dir, string name)
    {
        Contracts.CheckValue(rep, nameof(rep));
        Contracts.CheckNonEmpty(name, nameof(name));
        Repository = rep;
        Directory = string.IsNullOrEmpty(dir) ? null : dir;
        _entry = rep.CreateEntry(dir, name);
        Writer = new BinaryWriter(_entry.Stream, Encoding.UTF8, leaveOpen: true);
        Header = ModelHeader.Begin(Writer, out FpMin);
    }

    internal ModelSaveContext(BinaryWriter writer, IExceptionContext ectx = null)
    {
        Contracts.CheckValue(writer, nameof(writer));
        (Writer, _ectx) = (writer, ectx);
        Header = ModelHeader.Begin(Writer, out FpMin);
    }

    internal void CheckAtModel() => _ectx.Check(Writer.BaseStream.Position == FpMin + Header.FpModel, "Not at the start of the model");

    internal void SetVersionInfo(VersionInfo ver)
    {
        Header.SetVersionInfo(ver);
        _loaderAssemblyName = ver.LoaderAssemblyName;
    }

    internal void SaveTextStream(string name, Action<TextWriter> action)
    {
        _ectx.Check(InRepository, "Can't save a text stream when writing to a single stream");
        using var entry = Repository.CreateEntry(Directory, name);
        using var writer = new StreamWriter(entry.Stream, leaveOpen: true);
        action(writer);
    }

    internal void SaveBinaryStream(string name, Action<BinaryWriter> action)
    {
        _ectx.Check(InRepository, "Can't save a binary stream when writing to a single stream");
        using var entry = Repository.CreateEntry(Directory, name);
        using var writer = new BinaryWriter(entry.Stream, Encoding.UTF8, leaveOpen: true);
        action(writer);
    }

    internal void SaveStringOrNull(string str) => Writer.Write(str == null ? -1 : Strings.Add(str));

    internal void SaveString(string str)
    {
        _ectx.CheckValue(str, nameof(str));
        Writer.Write(Strings.Add(str));
    }

    internal void SaveString(ReadOnlyMemory<char> str) => SaveString(str.ToString());

    internal void SaveNonEmptyString(string str)
    {
        Contracts.CheckNonEmpty(str, nameof(str));
        SaveString(str);
    }

    internal void SaveNonEmptyString(ReadOnlyMemory<char> str) => SaveNonEmptyString(str.ToString());

    internal void Done()
    {
        _ectx.Check(_open, "The model was closed already");
        _ectx.Check(Header.ModelSignature != 0, "ModelSignature not specified!");
        Header.End(Writer, FpMin, Strings, _loaderAssemblyName);
        Close();
    }

    public void Dispose() => Close();

    private void Close()
    {
        if (!_open) return;
        _open = false;
        Writer.Flush();
        _entry?.Dispose();
    }

    internal void SaveModel<T>(T value, string name) where T : class
    {
        _ectx.Check(InRepository, "Can't save a sub-model when writing to a single stream");
        SaveModel(Repository, value, Path(name));
    }

    internal static void SaveModel<T>(RepositoryWriter rep, T value, string path) where T : class
    {
        if (value == null) return;
        if (value is not ICanSaveModel model) throw Contracts.Except($"Saving is not supported by the type '{value.GetType()}'");
        using var ctx = new ModelSaveContext(rep, path, ModelLoadContext.ModelStreamName);
        model.Save(ctx);
        ctx.Done();
    }

    internal static void Save(BinaryWriter writer, Action<ModelSaveContext> fn)
    {
        using var ctx = new ModelSaveContext(writer);
        fn(ctx);
        ctx.Done();
    }

    internal void SaveSubModel(string dir, Action<ModelSaveContext> fn)
    {
        _ectx.Check(InRepository, "Can't save a sub-model when writing to a single stream");
        using var ctx = new ModelSaveContext(Repository, Path(dir), ModelLoadContext.ModelStreamName);
        fn(ctx);
        ctx.Done();
    }

    private string Path(string name) => Directory == null ? name : Directory + "/" + name;
}
