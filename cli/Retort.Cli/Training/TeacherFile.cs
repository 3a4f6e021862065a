using System.Globalization;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Retort.Cli.Tables;

namespace Retort.Cli.Training;

/// <summary>A saved model that networks learn from: ML.NET's, or a file of ONNX.</summary>
/// <param name="Model">The model.</param>
/// <param name="Columns">How the text loader must read what it reads.</param>
/// <param name="Scores">Its output that teaches; null where the model says so itself.</param>
/// <remarks>
/// A file of ONNX must take a column of the table by each input, [rows, 1] of float, text, Boolean or int64, as <c>retort export</c> writes it. Of its outputs of float that of the name <c>Probability</c> (two classes), <c>Score</c> or <c>probabilities</c> teaches, or the only one.
/// Its classes are in the order that the note <c>classes</c> of the file says; a file without it is taken to have them in the order of the label's values.
/// </remarks>
internal sealed record TeacherFile(ITransformer Model, IReadOnlyList<(string Name, DataKind Kind)> Columns, string? Scores)
{
    /// <exception cref="InvalidDataException">The file is no model, or does not fit the table.</exception>
    public static TeacherFile Load(MLContext ml, string path, Table table, Plan plan)
    {
        if (!path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase))
        {
            var file = ModelFile.Load(ml, path);
            return new(file.Model, file.Columns(table), null);
        }

        TextFile.MustExist(path);
        try
        {
            using var session = new InferenceSession(path);
            MustKnow(path, session, plan);
            (string Name, DataKind Kind)[] columns = [.. session.InputMetadata.Select(input => Column(path, input.Key, input.Value, table))];
            return new(ml.Transforms.ApplyOnnxModel(path).Fit(table.Load(ml, columns)), columns, Output(path, session, plan));
        }
        catch (OnnxRuntimeException e)
        {
            throw new InvalidDataException($"File '{path}' must be a model of ONNX that can be loaded: {e.Sentence()}", e);
        }
    }

    private static (string, DataKind) Column(string path, string name, NodeMetadata input, Table table)
    {
        var kind = input switch
        {
            { OnnxValueType: OnnxValueType.ONNX_TYPE_TENSOR, Dimensions: [_, 1], ElementDataType: TensorElementType.Float } => DataKind.Single,
            { OnnxValueType: OnnxValueType.ONNX_TYPE_TENSOR, Dimensions: [_, 1], ElementDataType: TensorElementType.String } => DataKind.String,
            { OnnxValueType: OnnxValueType.ONNX_TYPE_TENSOR, Dimensions: [_, 1], ElementDataType: TensorElementType.Bool } => DataKind.Boolean,
            { OnnxValueType: OnnxValueType.ONNX_TYPE_TENSOR, Dimensions: [_, 1], ElementDataType: TensorElementType.Int64 } => DataKind.Int64,
            _ => throw new InvalidDataException($"Teacher '{path}' must take one column of the table by each input, [rows, 1] of float, text, Boolean or int64, but takes '{name}' as {input.ElementDataType} [{string.Join(", ", input.Dimensions)}]; in C#, Teacher.Of takes any model of ONNX."),
        };
        var column = table[name];
        var wrong = kind == DataKind.Boolean ? column.FirstNoTruth : kind != DataKind.String && column.Kind != ColumnKind.Number ? column.FirstText : null;
        return wrong is not { } cell ? (name, kind)
            : throw new InvalidDataException($"Column '{name}' must hold {(kind == DataKind.Boolean ? "true or false in every row" : "numbers")} as the teacher reads it, but line {cell.Line} of '{table.Path}' has '{cell.Text}'.");
    }

    private static string Output(string path, InferenceSession session, Plan plan)
    {
        string[] scores = [.. session.OutputMetadata.Where(output => output.Value is { OnnxValueType: OnnxValueType.ONNX_TYPE_TENSOR, ElementDataType: TensorElementType.Float }).Select(output => output.Key)];
        string[] named = plan.Task == LearningTask.Binary ? ["Probability", "Score", "probabilities"] : ["Score", "probabilities"];
        return Array.Find(named, scores.Contains) ?? (scores.Length == 1 ? scores[0]
            : throw new InvalidDataException($"Teacher '{path}' must have an output of float that is named {string.Join(" or ", named)}, or is the only one, but has {(scores.Length == 0 ? "none" : Names.List(scores))}."));
    }

    // a teacher whose classes stand in another order would teach the wrong ones without a word
    private static void MustKnow(string path, InferenceSession session, Plan plan)
    {
        if (plan.Task != LearningTask.Multiclass || !session.ModelMetadata.CustomMetadataMap.TryGetValue("classes", out var note))
            return;
        var own = JsonSerializer.Deserialize<string[]>(note) ?? [];
        string[] label = plan.Label.Kind == ColumnKind.Number
            ? [.. plan.Label.Values.Select(value => float.Parse(value, CultureInfo.InvariantCulture)).Distinct().Order().Select(value => value.ToString(CultureInfo.InvariantCulture))]
            : [.. plan.Label.Values.Order(StringComparer.Ordinal)];
        if (!own.SequenceEqual(label))
            throw new InvalidDataException($"Teacher '{path}' must know the classes of the label in the order of their values, {Names.List(label, 10)}, but knows {Names.List(own, 10)}; a model.zip has its classes matched by name.");
    }
}
