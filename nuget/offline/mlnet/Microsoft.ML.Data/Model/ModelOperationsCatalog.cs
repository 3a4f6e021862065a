using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

public sealed partial class ModelOperationsCatalog : IInternalCatalog
{
    private const string ModelDirectory = "TransformerChain";
    private const string SchemaEntry = "Schema";

    private readonly IHostEnvironment _env;

    IHostEnvironment IInternalCatalog.Environment => _env;

    internal ModelOperationsCatalog(IHostEnvironment env) => _env = env;

    public void Save<TSource>(ITransformer model, IDataLoader<TSource> loader, Stream stream) => throw NeedsLoader();

    public void Save<TSource>(ITransformer model, IDataLoader<TSource> loader, string filePath) => throw NeedsLoader();

    public void Save(ITransformer model, DataViewSchema inputSchema, Stream stream)
    {
        _env.CheckValue(stream, nameof(stream));
        using var repository = RepositoryWriter.CreateNew(stream);
        ModelSaveContext.SaveModel(repository, model, ModelDirectory);
        if (inputSchema != null)
            using (var entry = repository.CreateEntry(SchemaEntry))
                SchemaFile.Write(entry.Stream, inputSchema);
    }

    public void Save(ITransformer model, DataViewSchema inputSchema, string filePath)
    {
        _env.CheckNonEmpty(filePath, nameof(filePath));
        using var stream = File.Create(filePath);
        Save(model, inputSchema, stream);
    }

    public ITransformer Load(Stream stream, out DataViewSchema inputSchema)
    {
        _env.CheckValue(stream, nameof(stream));
        using var repository = RepositoryReader.Open(stream);
        if (!ModelLoadContext.LoadModelOrNull<ITransformer, SignatureLoadModel>(_env, out var model, repository, ModelDirectory))
            throw Contracts.Except(Contracts.ExceptDecode("Repository doesn't contain entry DataLoaderModel/Model.key"), "Could not load legacy format model");
        using var entry = repository.OpenEntryOrNull(SchemaEntry);
        inputSchema = entry == null ? null : SchemaFile.Read(entry.Stream);
        return model;
    }

    public ITransformer Load(string filePath, out DataViewSchema inputSchema)
    {
        _env.CheckNonEmpty(filePath, nameof(filePath));
        using var stream = File.OpenRead(filePath);
        return Load(stream, out inputSchema);
    }

    public ITransformer LoadWithDataLoader(Stream stream, out IDataLoader<IMultiStreamSource> loader) => throw NeedsLoader();

    public ITransformer LoadWithDataLoader(string filePath, out IDataLoader<IMultiStreamSource> loader) => throw NeedsLoader();

    private static Exception NeedsLoader() => Contracts.ExceptNotSupp("Saving and loading a model with its data loader needs the real package Microsoft.ML");
}
