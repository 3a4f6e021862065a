using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.ML;
using Microsoft.ML.Data;
using Retort.Cli.Metrics;
using Retort.Cli.Training;

namespace Retort.Cli.Consumption;

/// <summary>What the templates of a consumption project are filled with.</summary>
internal sealed class ConsumptionValues
{
    private readonly ConsumptionSource _source;
    private readonly DataViewType? _class;

    private ConsumptionValues(ConsumptionSource source, LearningTask task, IReadOnlyList<ModelField> fields, IReadOnlyList<FurtherOutput> further, DataViewType? labelClass) =>
        (_source, Task, Fields, Further, _class) = (source, task, fields, further, labelClass);

    public LearningTask Task { get; }

    /// <summary>The columns that the model reads.</summary>
    public IReadOnlyList<ModelField> Fields { get; }

    /// <summary>What a regression model says beside its score.</summary>
    public IReadOnlyList<FurtherOutput> Further { get; }

    public string Label => _source.Label;

    public string Namespace => CSharp.Namespace(Label);

    public bool Binary => Task == LearningTask.Binary;

    public bool Multiclass => Task == LearningTask.Multiclass;

    public bool Regression => Task == LearningTask.Regression;

    public string Kind => Task switch { LearningTask.Binary => "A binary classifier", LearningTask.Multiclass => "A classifier", _ => "A regression model" };

    public string Metrics => Task switch { LearningTask.Binary => "CalibratedBinaryClassificationMetrics", LearningTask.Multiclass => "MulticlassClassificationMetrics", _ => "RegressionMetrics" };

    /// <summary>What the console program prints of the metrics.</summary>
    public IReadOnlyList<MetricLine> MetricLines => Task switch
    {
        LearningTask.Binary => [new("Accuracy               ", "Accuracy"), new("Area under ROC         ", "AreaUnderRocCurve"), new("Area under PR          ", "AreaUnderPrecisionRecallCurve"), new("F1                     ", "F1Score"), new("Log-loss, in bits      ", "LogLoss")],
        LearningTask.Multiclass => [new("Accuracy                ", "MicroAccuracy"), new("Accuracy, class by class", "MacroAccuracy"), new("Log-loss                ", "LogLoss")],
        _ => [new("R squared              ", "RSquared"), new("Root mean squared error", "RootMeanSquaredError"), new("Mean absolute error    ", "MeanAbsoluteError")],
    };

    /// <summary>What the text loader makes of the label.</summary>
    public DataKind LabelKind => Multiclass ? ClassType == "string" ? DataKind.String : _class!.RawType.ToDataKind()!.Value : _source.LabelKind;

    public bool LabelIsNumber => LabelKind != DataKind.Boolean;

    /// <summary>The type of a class in C#.</summary>
    public string ClassType => _class switch
    {
        null => "",
        TextDataViewType => "string",
        { RawType: var t } when t.ToDataKind() is { } kind => new ModelField(Label, "", kind, 0, null, null).Type,
        _ => throw new NotSupportedException($"The classes of '{Label}' must be text or numbers, but are {_class}."),
    };

    public string ClassInitial => ClassType == "string" ? " = \"\";" : "";

    /// <summary>The type of a class in ML.NET's annotations.</summary>
    public string ClassItem => ClassType == "string" ? "ReadOnlyMemory<char>" : ClassType;

    public string ClassText => ClassType == "string" ? "name => name.ToString()" : "value => value.ToString(System.Globalization.CultureInfo.InvariantCulture)";

    public string LabelOfClass => ClassType == "string" ? "" : $".Select(name => {ClassType}.Parse(name, System.Globalization.CultureInfo.InvariantCulture))";

    public string Multiline => _source.Table is { Multiline: true } ? "true" : "false";

    public bool HasTruths => Fields.Any(each => each.IsTruth);

    /// <summary>The examples are values of the training data.</summary>
    public bool HasTypical => _source.Rows is not null;

    /// <summary>A row of JSON within single quotes of a shell.</summary>
    public string ShellRow => new JsonObject(Fields.Select(each => KeyValuePair.Create(each.Name, Json(each))))
        .ToJsonString(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }).Replace("'", "'\\''", StringComparison.Ordinal);

    /// <summary>The values for a model in its portable form.</summary>
    /// <exception cref="NotSupportedException">It reads or predicts what the project has no form for.</exception>
    public static ConsumptionValues Of(ConsumptionSource source, ITransformer portable)
    {
        var input = source.Rows?.Schema ?? source.Input;
        var output = portable.GetOutputSchema(input);
        var outputs = ModelOutputs.Of(output);
        DataViewSchema.Column[] read = [.. input.Where(column => !column.IsHidden && Reads(portable, input, column.Name))];
        var properties = CSharp.Properties(read.Select(column => column.Name));
        var kinds = read.Select(KindOf).ToArray();
        var typical = source.Rows is { } rows ? TypicalValues.Of(rows, read) : null;
        var fields = read.Select((column, i) => new ModelField(column.Name, properties[i], kinds[i], Index(column), source.Table?.Columns.FirstOrDefault(known => known.Name == column.Name), typical?[column.Name])).ToArray();
        var further = outputs.Task == LearningTask.Regression
            ? outputs.Columns.Skip(1).Select(column => new FurtherOutput(column.Name, column.Type is VectorDataViewType, string.Join(", ", outputs.FieldNames.Where(name => name.StartsWith(column.Name, StringComparison.Ordinal))))).ToArray() : [];
        return new(source, outputs.Task, fields, further, outputs.Task == LearningTask.Multiclass ? KeyItem(output["PredictedLabel"]) : null);

        int Index(DataViewSchema.Column column) => source.Table is { } table ? table[column.Name].Index : column.Index;
    }

    private static DataKind KindOf(DataViewSchema.Column column) => column.Type switch
    {
        TextDataViewType => DataKind.String,
        BooleanDataViewType => DataKind.Boolean,
        NumberDataViewType number when number.RawType.ToDataKind() is { } kind => kind,
        _ => throw new NotSupportedException($"A project must be of a model that reads columns of text, numbers or Booleans, but this one reads '{column.Name}' as {column.Type}."),
    };

    private static DataViewType KeyItem(DataViewSchema.Column predicted) => ((VectorDataViewType)predicted.Annotations.Schema["KeyValues"].Type).ItemType;

    // a column that the model's schema can be had without is not read
    private static bool Reads(ITransformer model, DataViewSchema input, string name)
    {
        var builder = new DataViewSchema.Builder();
        foreach (var column in input.Where(column => column.Name != name))
            builder.AddColumn(column.Name, column.Type, column.Annotations);
        try
        {
            model.GetOutputSchema(builder.ToSchema());
            return false;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return true;
        }
    }

    private static JsonNode? Json(ModelField field) => field.IsText ? JsonValue.Create(field.ExampleText) : JsonNode.Parse(field.ExampleText);
}

/// <summary>A line that the console program prints.</summary>
/// <param name="Title">What it begins with.</param>
/// <param name="Member">The property of ML.NET's metrics.</param>
internal sealed record MetricLine(string Title, string Member);

/// <summary>A column that a regression model adds beside its score.</summary>
/// <param name="Name">The column.</param>
/// <param name="IsVector">Several numbers.</param>
/// <param name="Meaning">Their names.</param>
internal sealed record FurtherOutput(string Name, bool IsVector, string Meaning)
{
    public string Type => IsVector ? "float[]" : "float";

    public string Initial => IsVector ? " = [];" : "";
}
