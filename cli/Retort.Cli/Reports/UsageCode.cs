using System.Globalization;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;
using Retort.Cli.Consumption;

namespace Retort.Cli.Reports;

/// <summary>C# that loads the model and asks it for one row, with a property for each of its columns.</summary>
internal static class UsageCode
{
    public static string Of(LearningTask task, IReadOnlyList<DataViewSchema.Column> columns, bool isOurs, IReadOnlyDictionary<string, string> example)
    {
        var properties = columns.Zip(CSharp.Properties(columns.Select(column => column.Name)), (column, name) => (column, name, type: Type(column.Type))).ToArray();
        var code = new StringBuilder();
        code.AppendLine("using Microsoft.ML;");
        code.AppendLine("using Microsoft.ML.Data;");
        code.AppendLine();
        code.AppendLine(isOurs ? "// dotnet add package Microsoft.ML; dotnet add package Retort; dotnet add package TorchSharp-cpu" : "// dotnet add package Microsoft.ML");
        code.AppendLine("var ml = new MLContext();");
        code.AppendLine("var model = ml.Model.Load(\"model.zip\", out _);");
        code.AppendLine("var engine = ml.Model.CreatePredictionEngine<ModelInput, ModelOutput>(model); // for one thread at a time");
        code.AppendLine();
        code.AppendLine("var answer = engine.Predict(new ModelInput");
        code.AppendLine("{");
        foreach (var (column, name, type) in properties)
            if (example.GetValueOrDefault(column.Name) is { Length: > 0 } value)
                code.AppendLine(CultureInfo.InvariantCulture, $"    {name} = {Literal(value, type)},");
        code.AppendLine("});");
        code.AppendLine(task switch
        {
            LearningTask.Binary => "Console.WriteLine($\"{answer.PredictedLabel}, probability {answer.Probability:F3}\");",
            LearningTask.Multiclass => "Console.WriteLine($\"{answer.PredictedLabel}, probability {answer.Score.Max():F3}\");",
            _ => "Console.WriteLine(answer.Score);",
        });
        code.AppendLine();
        code.AppendLine("public sealed class ModelInput");
        code.AppendLine("{");
        foreach (var (column, name, type) in properties)
        {
            if (name != column.Name)
                code.AppendLine(CultureInfo.InvariantCulture, $"    [ColumnName({CSharp.Literal(column.Name)})]");
            code.AppendLine(CultureInfo.InvariantCulture, $"    public {type} {name} {{ get; set; }}{(type switch { "string" => " = \"\";", "float" or "double" => $" = {type}.NaN;", _ => "" })}");
        }

        code.AppendLine("}");
        code.AppendLine();
        code.AppendLine("public sealed class ModelOutput");
        code.AppendLine("{");
        foreach (var line in task switch
        {
            LearningTask.Binary => ["public bool PredictedLabel { get; set; }", "public float Probability { get; set; }"],
            LearningTask.Multiclass => ["public string PredictedLabel { get; set; } = \"\";", "public float[] Score { get; set; } = [];"],
            _ => (string[])["public float Score { get; set; }"],
        })
            code.AppendLine(CultureInfo.InvariantCulture, $"    {line}");
        code.AppendLine("}");
        return code.ToString().ReplaceLineEndings("\n");
    }

    private static string Type(DataViewType type) => type switch
    {
        TextDataViewType => "string",
        BooleanDataViewType => "bool",
        { RawType: var raw } when raw == typeof(float) => "float",
        { RawType: var raw } when raw == typeof(double) => "double",
        { RawType: var raw } => raw.Name,
    };

    private static string Literal(string value, string type) => type switch
    {
        "string" => CSharp.Literal(value),
        "bool" => value is "true" ? "true" : "false",
        "float" => value + "f",
        _ => value,
    };
}
