using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;
using Retort.Cli.Metrics;
using Retort.Cli.Output;
using Retort.Cli.Tables;

namespace Retort.Cli.Training;

/// <summary>A saved ML.NET model, and the columns of a file that it reads.</summary>
internal sealed class ModelFile
{
    private readonly string _path;

    private ModelFile(string path, ITransformer model, DataViewSchema input) => (_path, Model, Input) = (path, model, input);

    public ITransformer Model { get; }

    /// <summary>The columns that the model was saved with.</summary>
    public DataViewSchema Input { get; }

    /// <summary>The saved columns that the model cannot do without.</summary>
    public IReadOnlyList<DataViewSchema.Column> Needed => SpareLabel is { } label ? [.. Input.Where(c => c.Name != label)] : [.. Input];

    /// <summary>The label, where it is the last saved column and the model does without it, as <c>retort train</c> saves it.</summary>
    public string? SpareLabel { get; private init; }

    /// <summary>The label that was asked for, or the one that the model was trained on.</summary>
    /// <exception cref="UsageException">Nobody says which it is.</exception>
    public string LabelOr(string? asked) => asked ?? SpareLabel ?? throw new UsageException($"Option --label must name the label, since model '{_path}' does not say which column it is.");

    /// <exception cref="InvalidDataException">The file is no ML.NET model.</exception>
    public static ModelFile Load(MLContext ml, string path)
    {
        if (File.Exists(Path.Combine(path, "model.zip")))
            throw new InvalidDataException($"'{path}' must be a saved model, but is a folder; it holds {Path.Combine(path, "model.zip")}.");
        TextFile.MustExist(path);
        if (path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase))
            throw new InvalidDataException($"File '{path}' must be a saved ML.NET model (model.zip), but is one of ONNX, which is for ONNX Runtime, or teaches by --teacher.");
        MustBeWhole(path);
        ITransformer model;
        DataViewSchema input;
        try
        {
            model = ml.Model.Load(path, out input);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new InvalidDataException($"File '{path}' must be a saved ML.NET model that can be loaded: {e.Sentence()}", e);
        }

        if (input is null)
            throw new InvalidDataException($"Model '{path}' must be saved with the columns that it reads, but has none.");
        return new ModelFile(path, model, input) { SpareLabel = Spare(model, input) };
    }

    // ML.NET looks at no checksum: a bit that fell over in one of its steps would change scores without a word
    private static void MustBeWhole(string path)
    {
        bool isWhole;
        try
        {
            using var zip = new ICSharpCode.SharpZipLib.Zip.ZipFile(path);
            isWhole = zip.TestArchive(testData: true);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new InvalidDataException($"File '{path}' must be a saved ML.NET model that can be loaded: {e.Sentence()}", e);
        }

        if (!isWhole)
            throw new InvalidDataException($"File '{path}' must match its own checksums, but does not; it was cut off or altered.");
    }

    /// <summary>Saves a model; equal models become equal files.</summary>
    public static void Save(MLContext ml, ITransformer model, DataViewSchema input, string path)
    {
        ml.Model.Save(model, input, path);
        using var zip = ZipFile.Open(path, ZipArchiveMode.Update);
        foreach (var entry in zip.Entries)
            entry.LastWriteTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero); // ML.NET writes the time of day there
    }

    /// <summary>Writes a model as ONNX beside its zip; where one of its steps has no such form, says so and writes nothing.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="model">The model.</param>
    /// <param name="rows">Rows to check the file on.</param>
    /// <param name="path">The file.</param>
    /// <param name="terminal">Hears of a refusal.</param>
    /// <returns>Whether there is a file.</returns>
    public static bool SaveOnnx(MLContext ml, ITransformer model, IDataView rows, string path, Terminal terminal)
    {
        var file = new MemoryStream();
        try
        {
            ml.Model.SaveOnnx(model, rows, file);
        }
        catch (NotSupportedException e)
        {
            terminal.Say($"Note        model.onnx is not written: {e.Sentence()}");
            return false;
        }

        File.WriteAllBytes(path, file.ToArray());
        return true;
    }

    /// <summary>How the text loader must read the columns of a table that the model needs.</summary>
    /// <exception cref="InvalidDataException">A column is missing or holds something else.</exception>
    public IReadOnlyList<(string Name, DataKind Kind)> Columns(Table table) => [.. Needed.Select(column =>
    {
        var kind = column.Type switch
        {
            TextDataViewType => DataKind.String,
            BooleanDataViewType => DataKind.Boolean,
            NumberDataViewType n when n.RawType.ToDataKind() is { } k => k,
            _ => throw new NotSupportedException($"Model '{_path}' must read columns of text, numbers or Booleans, but reads '{column.Name}' as {column.Type}."),
        };
        var found = table.Columns.FirstOrDefault(c => c.Name == column.Name) ?? throw new InvalidDataException(
            $"Column '{column.Name}' was not found; the data has {Names.List(table.Columns.Select(c => c.Name))}.");
        var wrong = kind == DataKind.Boolean ? found.FirstNoTruth : kind != DataKind.String && found.Kind != ColumnKind.Number ? found.FirstText : null;
        if (wrong is { } cell)
            throw new InvalidDataException($"Column '{column.Name}' must hold {(kind == DataKind.Boolean ? "true or false in every row" : "numbers")} as the model was trained with, but line {cell.Line} of '{table.Path}' has {(cell.Text.Length == 0 ? "none" : $"'{cell.Text}'")}.");
        return (column.Name, kind);
    })];

    /// <summary>How the text loader must read a label, for comparison with this model's predictions.</summary>
    /// <exception cref="InvalidDataException">The label does not fit the task.</exception>
    public (string Name, DataKind Kind) Label(Table table, string name)
    {
        var column = table[name];
        var outputs = ModelOutputs.Of(Model.GetOutputSchema(Input));
        var wrong = outputs.Task switch
        {
            LearningTask.Binary when column.Kind == ColumnKind.Category => column.FirstNoTruth,
            LearningTask.Regression when column.Kind != ColumnKind.Number => column.FirstText,
            _ => null,
        };
        if (wrong is { } cell)
            throw new InvalidDataException($"Label '{name}' must hold {(outputs.Task == LearningTask.Binary ? "0 and 1, or true and false in every row," : "numbers")} for this model, but line {cell.Line} of '{table.Path}' has {(cell.Text.Length == 0 ? "none" : $"'{cell.Text}'")}.");
        return (name, outputs.Task switch
        {
            LearningTask.Binary => column.Kind == ColumnKind.Bool ? DataKind.Boolean : DataKind.Single,
            LearningTask.Multiclass => column.Kind == ColumnKind.Number ? DataKind.Single : DataKind.String,
            _ => DataKind.Single,
        });
    }

    // a model whose schema can be had without the last column does not read it
    private static string? Spare(ITransformer model, DataViewSchema input)
    {
        if (input.Count < 2)
            return null;
        var builder = new DataViewSchema.Builder();
        foreach (var column in input.SkipLast(1))
            builder.AddColumn(column.Name, column.Type, column.Annotations);
        try
        {
            model.GetOutputSchema(builder.ToSchema());
            return input[^1].Name;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }
}
