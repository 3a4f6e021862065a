using System.Globalization;
using Microsoft.ML.Data;
using Retort.Cli.Tables;

namespace Retort.Cli.Consumption;

/// <summary>A column that a model reads, as the templates of a consumption project name it.</summary>
/// <param name="Name">The column's own name.</param>
/// <param name="Property">The property of <c>ModelInput</c>.</param>
/// <param name="Kind">What the text loader makes of it.</param>
/// <param name="Index">Its place in the table, from 0.</param>
/// <param name="Known">What the training data told of it; null where there is none.</param>
/// <param name="Typical">A value that is common there.</param>
internal sealed record ModelField(string Name, string Property, DataKind Kind, int Index, Column? Known, string? Typical)
{
    /// <summary>A page offers no more values than this, and a sentence fewer.</summary>
    private const int MostValues = 200, MostInSentence = 10;

    public string Type => Kind switch
    {
        DataKind.Single => "float",
        DataKind.Double => "double",
        DataKind.Boolean => "bool",
        DataKind.String => "string",
        DataKind.Int64 => "long",
        DataKind.Int32 => "int",
        DataKind.Int16 => "short",
        DataKind.SByte => "sbyte",
        DataKind.UInt64 => "ulong",
        DataKind.UInt32 => "uint",
        DataKind.UInt16 => "ushort",
        DataKind.Byte => "byte",
        _ => throw new NotSupportedException($"Column '{Name}' must hold text, numbers or Booleans, but holds {Kind}."),
    };

    public bool IsText => Kind == DataKind.String;

    public bool IsTruth => Kind == DataKind.Boolean;

    public bool IsNumber => !IsText && !IsTruth;

    /// <summary>Whole numbers alone, none of which says that it is missing.</summary>
    public bool IsWhole => IsNumber && Kind is not (DataKind.Single or DataKind.Double);

    /// <summary>The step of a field in a form.</summary>
    public string Step => IsWhole ? "1" : "any";

    /// <summary>What the property holds at first: what is missing, where that has a form.</summary>
    public string Initial => IsText ? " = \"\";" : IsNumber && !IsWhole ? $" = {Type}.NaN;" : "";

    public string JsonType => IsText ? "JsonSchemaType.String | JsonSchemaType.Null" : IsTruth ? "JsonSchemaType.Boolean" : IsWhole ? "JsonSchemaType.Integer" : "JsonSchemaType.Number | JsonSchemaType.Null";

    public string JsonReader => IsText ? "Text()" : IsTruth ? "Truth()" : IsWhole ? $"Whole<{Type}>()" : Kind == DataKind.Double ? "Double()" : "Number()";

    /// <summary>The values that a page offers.</summary>
    public IReadOnlyList<string> Values => IsText && Known is { } column ? [.. column.Values.Take(MostValues).Select(CSharp.Line)] : [];

    /// <summary>What is known of its values, in a sentence.</summary>
    public string Hint => CSharp.Line($"{What}{Seen}{(IsText ? "; empty where it is missing" : IsNumber && !IsWhole ? "; NaN where it is missing" : "")}.");

    /// <summary>The same for those who send JSON.</summary>
    public string JsonHint => CSharp.Line($"{What}{Seen}{(CanMiss ? "; null where it is missing" : "")}.");

    /// <summary>The same for those who fill in a form.</summary>
    public string PageHint => CSharp.Line($"{What}{Seen}{(CanMiss ? "; empty where it is missing" : "")}.");

    /// <summary>A value for an example.</summary>
    public string ExampleText => Typical is { Length: > 0 } typical ? typical : IsText ? "" : IsTruth ? "true" : "0";

    public bool ExampleIsTrue => IsTruth && ExampleText == "true";

    public string Example => IsText ? CSharp.Literal(ExampleText) : Kind == DataKind.Single ? CSharp.Literal(float.Parse(ExampleText, CultureInfo.InvariantCulture)) : ExampleText;

    private bool CanMiss => !IsTruth && !IsWhole;

    private string What => IsText ? "Text" : IsTruth ? "True or false" : Known is { Whole: true } || IsWhole ? "A whole number" : "A number";

    private string Seen => Known switch
    {
        { Values.Count: > 0 } column when IsText => $", such as {Names.List(column.Values, MostInSentence)}",
        { } column when IsNumber && double.IsFinite(column.Least) => FormattableString.Invariant($", {column.Least} to {column.Most} in the training data"),
        _ => "",
    };
}
