using System.Text.Json.Nodes;
using CsvHelper;
using Microsoft.ML;
using Retort.Cli.Output;

namespace Retort.Cli.Training;

/// <summary>The networks of <c>--path</c>, of whatever task, with what each costs and what it brings.</summary>
internal sealed class PathRun
{
    private readonly IReadOnlyList<Line> _lines;
    private readonly string _json;
    private readonly PathMeasure _measure;

    private PathRun(IReadOnlyList<Line> lines, string json, string metricName, PathMeasure measure) => (_lines, _json, MetricName, _measure) = (lines, json, metricName, measure);

    /// <summary>The metric by its name in metrics.json.</summary>
    public string MetricName { get; }

    public static PathRun Of<T>(NetworkPath<T> path) where T : NetworkTransformer =>
        new([.. path.Points.Select(point => new Line(point.Weight, point.Model, point.Metric, point.Measured, point.Fairness, point.IsPareto))], path.ToJson(), path.MetricName, path.Measure);

    /// <summary>The network of a weight; null where its training was ended.</summary>
    public ITransformer? At(double weight) => _lines.FirstOrDefault(line => line.Weight == weight)?.Model;

    /// <summary>Prints the table, and writes it with all other numbers, and every model.</summary>
    /// <param name="terminal">Where it is printed.</param>
    /// <param name="output">Where it is written.</param>
    /// <param name="whole">Makes a model of files out of a network.</param>
    /// <param name="save">Saves such a model.</param>
    /// <param name="test">Measures such a model on the test rows.</param>
    /// <returns>The table for <c>--json</c>.</returns>
    public JsonArray Write(Terminal terminal, OutputFolder output, Func<ITransformer, ITransformer> whole, Action<ITransformer, string> save, Func<ITransformer, IReadOnlyList<(string Name, double Value)>> test)
    {
        var tested = new List<double>();
        foreach (var line in _lines)
        {
            var model = whole(line.Model);
            save(model, output[$"model-{Text(line.Weight)}.zip"]);
            tested.Add(test(model).First(metric => metric.Name == MetricName).Value);
        }

        File.WriteAllText(output["path.json"], _json + "\n");
        using (var writer = new StreamWriter(output["path.csv"]))
        using (var csv = CsvWriter.Create(writer, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true))
        {
            csv.WriteHeader([
                "weight", "pareto", MetricName, MetricName + "Low", MetricName + "High", "test" + char.ToUpperInvariant(MetricName[0]) + MetricName[1..], "divergence", "aboveFloor", "aboveFloorLow", "aboveFloorHigh",
                "meanScoreGap", "demographicParityGap", "equalOpportunityGap", "equalizedOddsGap", "scoreSpread",
            ]);
            foreach (var (line, own) in _lines.Zip(tested))
            {
                var view = line.Fairness.Intersection ?? line.Fairness.Columns[0];
                csv.WriteField(Text(line.Weight));
                csv.WriteField(line.IsPareto ? "true" : "false");
                foreach (var number in (double[])[
                    line.Metric.Value, line.Metric.Low, line.Metric.High, own, view.Divergence.Value.Value, view.Divergence.AboveFloor.Value, view.Divergence.AboveFloor.Low, view.Divergence.AboveFloor.High,
                    view.MeanScoreGap.Difference.Value, view.DemographicParityGap.Difference.Value, view.EqualOpportunityGap.Difference.Value, view.EqualizedOddsGap.Difference.Value, line.Fairness.ScoreSpread.Value])
                    csv.WriteField(double.IsNaN(number) ? "" : Text(number));
                csv.EndRecord();
            }
        }

        var fairness = _lines[0].Fairness;
        terminal.Say("");
        terminal.Say(FormattableString.Invariant($"The path of penalty weights, on the {fairness.Rows:N0} rows held out that chose the epochs, with 95 % intervals; gaps of {(fairness.Intersection ?? fairness.Columns[0]).Name}:"));
        terminal.Table(
            [">Weight", $">{MetricName}", $">Test {MetricName}", $">{_measure}", ">Mean score gap", ">Score spread", "Not beaten"],
            _lines.Zip(tested, (line, own) => (IReadOnlyList<string>)[
                Text(line.Weight), line.Metric.ToString(), Terminal.Number(own), line.Measured.ToString(), Terminal.Number((line.Fairness.Intersection ?? line.Fairness.Columns[0]).MeanScoreGap.Difference.Value),
                Terminal.Number(line.Fairness.ScoreSpread.Value), line.IsPareto ? "*" : ""]));
        foreach (var note in fairness.Notes)
            terminal.Say($"Note        {note}");
        return [.. _lines.Zip(tested, (line, own) => (JsonNode)new JsonObject
        {
            ["weight"] = line.Weight,
            [MetricName] = Terminal.Value(line.Metric.Value),
            ["test"] = Terminal.Value(own),
            ["measured"] = Terminal.Value(line.Measured.Value),
            ["pareto"] = line.IsPareto,
        })];
    }

    private static string Text(double number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private sealed record Line(double Weight, ITransformer Model, Estimate Metric, Estimate Measured, FairnessMetrics Fairness, bool IsPareto);
}
