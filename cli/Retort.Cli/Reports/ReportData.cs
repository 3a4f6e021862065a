using System.Text.Json.Nodes;

namespace Retort.Cli.Reports;

/// <summary>All that a report shows. What is null has no section, or says in its notes why it is not to be had.</summary>
internal sealed record ReportData
{
    public required string Model { get; init; }

    public required string Task { get; init; }

    public required string Label { get; init; }

    public required long Rows { get; init; }

    /// <summary>Where the rows that were measured come from.</summary>
    public required string TestOrigin { get; init; }

    /// <summary>What a reader must know before any number.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    public required IReadOnlyList<Figure> Verdict { get; init; }

    public required DataFigures Data { get; init; }

    public required IReadOnlyList<PartRow> Parts { get; init; }

    public required IReadOnlyList<KeyValuePair<string, string>> Training { get; init; }

    public LearningFigures? Learning { get; init; }

    public ClassFigures? Classes { get; init; }

    public ValueFigures? Values { get; init; }

    /// <summary>As metrics.json has it.</summary>
    public JsonNode? Fairness { get; init; }

    /// <summary>As path.json has it, without the groups.</summary>
    public JsonNode? Path { get; init; }

    /// <summary>As sweep.json has it, with recipes in few words.</summary>
    public JsonNode? Sweep { get; init; }

    public ImportanceFigures? Importance { get; init; }

    public TeacherFigures? Teacher { get; init; }

    public required IReadOnlyList<Figure> Speed { get; init; }

    public required string Code { get; init; }

    public required IReadOnlyList<KeyValuePair<string, string>> Provenance { get; init; }

    public string? Recipe { get; init; }
}

/// <summary>A number with its interval, and what it is to be compared with.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">The number; NaN where it is not to be had.</param>
/// <param name="Kind">How it is written: share, number, count, bytes, microseconds.</param>
/// <param name="Note">What to compare it with, or what it means.</param>
/// <param name="Low">The interval's lower end; NaN without one.</param>
/// <param name="High">The interval's upper end.</param>
internal sealed record Figure(string Name, double Value, string Kind, string Note, double Low = double.NaN, double High = double.NaN)
{
    public static Figure Of(string name, Estimate estimate, string kind, string note) => new(name, estimate.Value, kind, note, estimate.Low, estimate.High);
}

/// <summary>A choice of the recipe.</summary>
internal sealed record PartRow(string Part, string Id, string Settings, string Source, string Link);
