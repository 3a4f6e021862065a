using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>Fitted networks as files of ONNX, on ML.NET's own catalog.</summary>
public static class OnnxCatalog
{
    /// <summary>Writes a model with one of our networks as a file of ONNX, which any runtime of ONNX scores without ML.NET, libtorch or us.</summary>
    /// <remarks>
    /// The file holds what stands before the network as far as it is lines and tables of one column each (missing values replaced, scaling, keys, one number a category, columns joined), the network, its calibration and its class names. Opset 17; the number of rows is free.
    /// In come the columns that the model reads, each [rows, 1], or [rows, width] of a vector: numbers as float, double or int64, Boolean, texts, keys as int64 from 1 on, 0 for none. Out go <c>Score</c>, <c>Probability</c> and <c>PredictedLabel</c> as ML.NET has them, the label in its own values; in regression <c>Score</c>,
    /// and <c>Quantiles</c> or <c>StandardDeviation</c> where the network gives them. Scores agree with ours to about 1e-6. The file's notes hold the <c>recipe</c> and, as a JSON array in the order of the scores, the <c>classes</c>.
    /// ML.NET's steps keep to themselves what they learned; so they are asked: each column is changed alone and what the network would read is watched. The result is held against the model's own steps on random rows and on up to 1000 rows of <paramref name="data"/>, and refused where it differs.
    /// Not for steps that mix columns or bend numbers (principal components, logarithms, bins, words of a text): score with ML.NET then.
    /// </remarks>
    /// <param name="catalog">The catalog.</param>
    /// <param name="model">A fitted network, or a chain with one, whatever calibrates it behind.</param>
    /// <param name="data">Data as the model scores it: its columns say what comes in, its rows are what the file is checked on.</param>
    /// <param name="stream">Where the file goes.</param>
    /// <exception cref="ArgumentException">The model holds no network of ours, or several.</exception>
    /// <exception cref="NotSupportedException">A step has no form in ONNX.</exception>
    public static void SaveOnnx(this ModelOperationsCatalog catalog, ITransformer model, IDataView data, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(stream);
        OnnxExport.Write(ModelChain.Of(model, nameof(model)), data, stream);
    }

    /// <summary>As <see cref="SaveOnnx(ModelOperationsCatalog, ITransformer, IDataView, Stream)"/>, checked on random rows alone.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="model">A fitted network, or a chain with one, whatever calibrates it behind.</param>
    /// <param name="inputSchema">The columns of the data as the model scores it.</param>
    /// <param name="stream">Where the file goes.</param>
    /// <exception cref="ArgumentException">The model holds no network of ours, or several.</exception>
    /// <exception cref="NotSupportedException">A step has no form in ONNX.</exception>
    public static void SaveOnnx(this ModelOperationsCatalog catalog, ITransformer model, DataViewSchema inputSchema, Stream stream) =>
        catalog.SaveOnnx(model, new ProbeRows(inputSchema ?? throw new ArgumentNullException(nameof(inputSchema)), []), stream);

    /// <summary>Saves a model with one of our networks as a model of ML.NET's own parts alone: who loads it needs nothing of ours, and no libtorch.</summary>
    /// <remarks>
    /// The file holds ML.NET's step for ONNX with what <see cref="SaveOnnx(ModelOperationsCatalog, ITransformer, IDataView, Stream)"/> writes, and a linear model of ML.NET's that makes of its numbers exactly the scores, as the columns <c>Score</c>, <c>Probability</c> and <c>PredictedLabel</c> that ML.NET evaluates (that step itself gives vectors alone, and no keys).
    /// <c>mlContext.Model.Load</c> gives it back in a program that references <c>Microsoft.ML</c>, <c>Microsoft.ML.OnnxTransformer</c> and <c>Microsoft.ML.OnnxRuntime</c>. Scores agree with ours to about 1e-5.
    /// ML.NET scores ONNX row by row: several times slower in bulk than our own transformer. Not for steps that <see cref="SaveOnnx(ModelOperationsCatalog, ITransformer, IDataView, Stream)"/> refuses.
    /// </remarks>
    /// <param name="catalog">The catalog.</param>
    /// <param name="model">A fitted network, or a chain with one, whatever calibrates it behind.</param>
    /// <param name="data">Data as the model scores it.</param>
    /// <param name="stream">Where the model goes.</param>
    /// <exception cref="ArgumentException">The model holds no network of ours, or several.</exception>
    /// <exception cref="NotSupportedException">A step has no form in ONNX.</exception>
    public static void SavePortable(this ModelOperationsCatalog catalog, ITransformer model, IDataView data, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(stream);
        var chain = ModelChain.Of(model, nameof(model));
        var folder = Directory.CreateTempSubdirectory("retort-portable-"); // ML.NET's step for ONNX leaves files where its context has it make them
        try
        {
            var ml = new MLContext(seed: 1) { TempFilePath = folder.FullName };
            var tail = PortableTail.Of(ml, chain.Network);
            var file = new MemoryStream();
            OnnxExport.Write(chain, data, file, tail.Margin);
            file.Position = 0;
            ITransformer first = ml.Transforms.ApplyOnnxModel(file).Fit(data);
            ITransformer dropped = ml.Transforms.DropColumns(OnnxExport.Margin).Fit(tail.Transformer.Transform(first.Transform(data)));
            ml.Model.Save(new TransformerChain<ITransformer>(first, tail.Transformer, dropped), data.Schema, stream);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>As <see cref="SavePortable(ModelOperationsCatalog, ITransformer, IDataView, Stream)"/>, checked on random rows alone.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="model">A fitted network, or a chain with one, whatever calibrates it behind.</param>
    /// <param name="inputSchema">The columns of the data as the model scores it.</param>
    /// <param name="stream">Where the model goes.</param>
    /// <exception cref="ArgumentException">The model holds no network of ours, or several.</exception>
    /// <exception cref="NotSupportedException">A step has no form in ONNX.</exception>
    public static void SavePortable(this ModelOperationsCatalog catalog, ITransformer model, DataViewSchema inputSchema, Stream stream) =>
        catalog.SavePortable(model, new ProbeRows(inputSchema ?? throw new ArgumentNullException(nameof(inputSchema)), []), stream);
}
