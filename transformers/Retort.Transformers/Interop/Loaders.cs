using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Retort;

/// <summary>Where ML.NET comes in when it meets one of our networks in a file.</summary>
internal static class NetworkLoader
{
    public const string Signature = "RetortNetwork";

    public static SavedForm Form { get; } = new("network", "Network", "RETORTNN", Signature);

    public static NetworkTransformer Create(IHostEnvironment env, ModelLoadContext ctx) => Form.Read(ctx, NetworkTransformer.Read);
}

/// <summary>Where ML.NET comes in when it meets a network whose weights follow the row.</summary>
internal static class TwinLoader
{
    public const string Signature = "RetortTwin";

    public static SavedForm Form { get; } = new("twin", "Twin", "RETORTTW", Signature);

    public static TwinTransformer Create(IHostEnvironment env, ModelLoadContext ctx) => Form.Read(ctx, TwinTransformer.Read);
}

/// <summary>Where ML.NET comes in when it meets one of our transformers of scores in a file.</summary>
internal static class ScoreLoader
{
    public const string Signature = "RetortScores";

    public static SavedForm Form { get; } = new("transformer", "Scores", "RETORTSC", Signature);

    public static ScoreTransformer Create(IHostEnvironment env, ModelLoadContext ctx) => Form.Read(ctx, ScoreTransformer.Read);
}

/// <summary>One sealed entry in a saved model, and what ML.NET finds its loader by.</summary>
internal sealed class SavedForm(string owner, string entry, string modelSignature, string loaderSignature)
{
    // The assembly goes by its short name, so that an older version answers with the version check below.
    private readonly VersionInfo _version = new(
        modelSignature,
        verWrittenCur: 0x00010001,
        verReadableCur: 0x00010001,
        verWeCanReadBack: 0x00010001,
        loaderAssemblyName: typeof(LoadableTransformer).Assembly.GetName().Name!,
        loaderSignature: loaderSignature);

    public void Write(ModelSaveContext ctx, Action<BinaryWriter> content)
    {
        ctx.CheckAtModel();
        ctx.SetVersionInfo(_version);
        ctx.SaveBinaryStream(entry, writer => SealedEntry.Write(writer, content));
    }

    public T Read<T>(ModelLoadContext ctx, Func<BinaryReader, T> content) where T : class
    {
        ctx.CheckAtModel(_version);
        T? transformer = null;
        if (!ctx.TryLoadBinaryStream(entry, reader => transformer = SealedEntry.Read(reader, content, owner)))
            throw new InvalidDataException($"The model must have the entry '{entry}', but has none.");
        return transformer!;
    }
}
