using System.Globalization;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;
using Retort.Cli.Tables;

namespace Retort.Cli.Reports;

/// <summary>C# that loads the model and asks it for one row, with a property for each of its columns.</summary>
internal static class UsageCode
{
    public static string Of(LearningTask task, IReadOnlyList<DataViewSchema.Column> columns, bool isOurs, IReadOnlyDictionary<string, string> example)
    {
        var taken = new List<string> { "Row" };
        var properties = columns.Select(column =>
        {
            var name = Identifier(column.Name, taken);
            taken.Add(name);
            return (column, name, type: Type(column.Type));
        }).ToArray();
        var code = new StringBuilder();
        code.AppendLine("using Microsoft.ML;");
        code.AppendLine("using Microsoft.ML.Data;");
        code.AppendLine();
        code.AppendLine(isOurs ? "// dotnet add package Microsoft.ML; dotnet add package Retort; dotnet add package TorchSharp-cpu" : "// dotnet add package Microsoft.ML");
        code.AppendLine("var ml = new MLContext();");
        code.AppendLine("var model = ml.Model.Load(\"model.zip\", out _);");
        code.AppendLine("var engine = ml.Model.CreatePredictionEngine<Row, Answer>(model); // for one thread at a time");
        code.AppendLine();
        code.AppendLine("var answer = engine.Predict(new Row");
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
        code.AppendLine("public sealed class Row");
        code.AppendLine("{");
        foreach (var (column, name, type) in properties)
        {
            if (name != column.Name)
                code.AppendLine(CultureInfo.InvariantCulture, $"    [ColumnName({Text(column.Name)})]");
            code.AppendLine(CultureInfo.InvariantCulture, $"    public {type} {name} {{ get; set; }}{(type == "string" ? " = \"\";" : "")}");
        }

        code.AppendLine("}");
        code.AppendLine();
        code.AppendLine("public sealed class Answer");
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
        "string" => Text(value),
        "bool" => value is "true" ? "true" : "false",
        "float" => value + "f",
        _ => value,
    };

    private static string Text(string value)
    {
        var text = new StringBuilder("\"");
        foreach (var letter in value)
            text.Append(letter is '"' or '\\' ? $"\\{letter}" : char.IsControl(letter) || letter is '\u2028' or '\u2029' ? $"\\u{(int)letter:x4}" : letter.ToString());
        return text.Append('"').ToString();
    }

    // the column's name as C# spells names of properties
    private static string Identifier(string name, List<string> taken)
    {
        var text = new StringBuilder();
        foreach (var word in name.Split([.. name.Where(letter => !char.IsLetterOrDigit(letter)).Distinct()], StringSplitOptions.RemoveEmptyEntries))
            text.Append(char.ToUpperInvariant(word[0])).Append(word.AsSpan(1));
        if (text.Length == 0 || char.IsDigit(text[0]))
            text.Insert(0, "Column");
        return Names.Free(text.ToString(), taken);
    }
}
