using Microsoft.ML;
using Microsoft.ML.Data;
using Retort;

[assembly: LoadableClass(typeof(NetworkTransformer), typeof(NetworkLoader), null, typeof(SignatureLoadModel), "Retort network", NetworkLoader.Signature)]
[assembly: LoadableClass(typeof(ScoreTransformer), typeof(ScoreLoader), null, typeof(SignatureLoadModel), "Retort transformer of scores", ScoreLoader.Signature)]
[assembly: LoadableClass(typeof(TwinTransformer), typeof(TwinLoader), null, typeof(SignatureLoadModel), "Retort twin", TwinLoader.Signature)]

namespace Retort;

/// <summary>A fitted transformer of ours. It saves with <c>mlContext.Model.Save</c> and loads with <c>mlContext.Model.Load</c>.</summary>
/// <remarks><see cref="Transform"/> is lazy, rows are computed when they are read, on any number of threads. There is nothing to dispose.</remarks>
public abstract class LoadableTransformer : ITransformer
{
    private protected LoadableTransformer()
    {
    }

    /// <inheritdoc/>
    public bool IsRowToRowMapper => true;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A column is missing or not as it was when this was fitted.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Bind(inputSchema).Output;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A column is missing or not as it was when this was fitted.</exception>
    public IDataView Transform(IDataView input) => new ScoringView(Bind(input.Schema), input);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A column is missing or not as it was when this was fitted.</exception>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => new ScoringMapper(Bind(inputSchema));

    internal abstract ScoreBinding Bind(DataViewSchema input);

    /// <summary>How it is saved.</summary>
    private protected abstract SavedForm Saved { get; }

    internal abstract void Write(BinaryWriter writer);

    void ICanSaveModel.Save(ModelSaveContext ctx) => Saved.Write(ctx, Write);
}
