using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Retort;

[assembly: LoadableClass(typeof(NetworkTransformer), typeof(NetworkLoader), null, typeof(SignatureLoadModel), "Retort network", LoadableTransformer.LoaderSignature)]

namespace Retort;

/// <summary>A transformer that <c>mlContext.Model</c> saves and loads, and whose features ML.NET can permute.</summary>
public abstract class LoadableTransformer : ITransformer, ISingleFeaturePredictionTransformer
{
    internal const string LoaderSignature = "RetortNetwork";
    internal const string Entry = "Network";

    // The assembly goes by its short name, so that an older version answers with the version check below.
    internal static readonly VersionInfo Version = new(
        modelSignature: "RETORTNN",
        verWrittenCur: 0x00010001,
        verReadableCur: 0x00010001,
        verWeCanReadBack: 0x00010001,
        loaderAssemblyName: typeof(LoadableTransformer).Assembly.GetName().Name!,
        loaderSignature: LoaderSignature);

    private protected LoadableTransformer()
    {
    }

    /// <summary>The column that the features are read from.</summary>
    public abstract string FeatureColumnName { get; }

    /// <inheritdoc/>
    public bool IsRowToRowMapper => true;

    /// <inheritdoc/>
    public abstract DataViewSchema GetOutputSchema(DataViewSchema inputSchema);

    /// <inheritdoc/>
    public abstract IDataView Transform(IDataView input);

    /// <inheritdoc/>
    public abstract IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema);

    internal abstract void Write(BinaryWriter writer);

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Version);
        ctx.SaveBinaryStream(Entry, writer => SealedEntry.Write(writer, Write));
    }
}

/// <summary>Where ML.NET comes in when it meets one of our models in a file.</summary>
internal static class NetworkLoader
{
    public static NetworkTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(LoadableTransformer.Version);
        NetworkTransformer? transformer = null;
        if (!ctx.TryLoadBinaryStream(LoadableTransformer.Entry, reader => transformer = SealedEntry.Read(reader, NetworkTransformer.Read)))
            throw new InvalidDataException($"The model must have the entry '{LoadableTransformer.Entry}', but has none.");
        return transformer!;
    }
}
