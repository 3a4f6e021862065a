using Microsoft.ML;
using Retort.Cli.Metrics;
using Retort.Cli.Tables;
using Retort.Cli.Training;

namespace Retort.Cli.Reports;

/// <summary>What a report is made of: a model, rows that it has not seen, and what lies beside it.</summary>
internal sealed record ReportSource
{
    public required MLContext Context { get; init; }

    /// <summary>The model's file. recipe.json, metrics.json, sweep.json and path.json beside it are told of where they are there.</summary>
    public required string ModelPath { get; init; }

    public required ITransformer Model { get; init; }

    /// <summary>The columns that the model was saved with.</summary>
    public required DataViewSchema Input { get; init; }

    /// <summary>The file of the rows, as one reading of it found it.</summary>
    public required Table Table { get; init; }

    /// <summary>The columns that the model reads, by name.</summary>
    public required IReadOnlyList<string> Features { get; init; }

    /// <summary>The label as the file has it.</summary>
    public required string Label { get; init; }

    /// <summary>The columns whose groups are compared.</summary>
    public required IReadOnlyList<string> Protected { get; init; }

    /// <summary>Columns left out, and why; null where nobody knows why.</summary>
    public IReadOnlyList<(string Name, string Reason)>? Ignored { get; init; }

    /// <summary>The rows that the model learned from; null where they are not at hand.</summary>
    public IDataView? Train { get; init; }

    /// <summary>The rows that it is measured on, cached.</summary>
    public required IDataView Test { get; init; }

    /// <summary>Where the rows to measure on come from, as a sentence.</summary>
    public required string TestOrigin { get; init; }

    /// <summary>Whether the model may have learned from the rows that it is measured on.</summary>
    public bool MayBeSeen { get; init; }

    public required Scored Scored { get; init; }

    public required IReadOnlyList<(string Name, double Value)> Quality { get; init; }

    public FairnessMetrics? Fairness { get; init; }

    public required double RowsPerSecond { get; init; }

    /// <summary>The teacher, where it is a file.</summary>
    public (ITransformer Model, string Path)? Teacher { get; init; }

    public int Seed { get; init; }

    /// <summary>The command line that makes the report.</summary>
    public required string Command { get; init; }

    /// <summary>Of a model that has just been made.</summary>
    public static ReportSource Of(TrainingTable data, ITransformer model, TestedModel tested, string path) => new()
    {
        Context = data.Context,
        ModelPath = path,
        Model = model,
        Input = data.Input,
        Table = data.Table,
        Features = [.. data.Plan.Features.Select(column => column.Name)],
        Label = data.Plan.Label.Name,
        Protected = tested.Fairness is null ? [] : data.Protected,
        Ignored = data.Plan.Ignored,
        Train = data.Train,
        Test = data.Context.Data.Cache(data.Test),
        TestOrigin = data.Request.Test is null ? $"the rows of {Path.GetFileName(data.Request.Data)} that training kept back, drawn by its seed" : $"those of {Path.GetFileName(data.Request.Test)}",
        Scored = tested.Scored,
        Quality = tested.Quality,
        Fairness = tested.Fairness,
        RowsPerSecond = tested.RowsPerSecond,
        Teacher = data.Teacher is null ? null : (data.Teacher.Model, data.Request.Teacher!),
        Seed = data.Request.Seed,
        Command = data.Request.Command,
    };
}
