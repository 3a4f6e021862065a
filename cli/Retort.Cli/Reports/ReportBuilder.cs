using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.ML;
using Microsoft.ML.Data;
using Retort.Cli.Metrics;

namespace Retort.Cli.Reports;

/// <summary>Measures what a report shows. What cannot be measured of this model becomes a warning in the report.</summary>
internal sealed class ReportBuilder
{
    private const int MostDraws = 1_000;
    private const long MostDrawn = 500_000; // rows drawn in all for an interval

    private readonly ReportSource _source;
    private readonly CancellationToken _cancel;
    private readonly List<string> _warnings = [];
    private readonly IDataView _scored;
    private readonly IReadOnlyList<string> _classes;
    private readonly NetworkTransformer? _network;
    private readonly int _bootstrap;

    private ReportBuilder(ReportSource source, CancellationToken cancel)
    {
        (_source, _cancel) = (source, cancel);
        _scored = source.Model.Transform(source.Test);
        _classes = source.Scored.Task switch
        {
            LearningTask.Binary => source.Test.Schema[source.Label].Type is BooleanDataViewType ? ["false", "true"] : ["0", "1"],
            LearningTask.Multiclass => ModelOutputs.Of(_scored.Schema).Classes,
            _ => [],
        };
        _network = Steps(source.Model).OfType<NetworkTransformer>().LastOrDefault();
        _bootstrap = (int)Math.Clamp(MostDrawn / source.Scored.Rows, 100, MostDraws);
    }

    public static ReportData Of(ReportSource source, CancellationToken cancel) => new ReportBuilder(source, cancel).Build();

    private ReportData Build()
    {
        var beside = new Beside(Path.GetDirectoryName(Path.GetFullPath(_source.ModelPath))!);
        if (_source.MayBeSeen)
            _warnings.Add("The model may have learned from some of these rows; if so, all figures are better than they would be on new rows.");
        var isClasses = _source.Scored.Task != LearningTask.Regression;
        var calibration = isClasses ? Try("Whether probabilities keep their promise", () => Calibration(_scored)) : null;
        var recipe = _network?.Model.Recipe;
        return new()
        {
            Model = Path.GetFileName(_source.ModelPath),
            Task = _source.Scored.Task.ToString().ToLowerInvariant(),
            Label = _source.Label,
            Rows = _source.Scored.Rows,
            TestOrigin = _source.TestOrigin,
            Verdict = [.. isClasses ? Verdict(calibration) : ValueFigures.Verdict(_source.Scored, _bootstrap, _source.Seed), .. Gap()],
            Data = DataFigures.Of(_source, _classes),
            Parts = recipe is null ? [] : RecipeRows.Of(recipe),
            Training = Training(beside),
            Learning = LearningFigures.Of(beside.Metrics?["learning"]),
            Classes = isClasses ? ClassFigures.Of(_source.Scored, _classes, calibration, Try("The reliability before calibration", Uncalibrated)) : null,
            Values = isClasses ? null : ValueFigures.Of(_source.Context, _scored, _source.Scored, _source.Label, _bootstrap),
            Fairness = _source.Fairness is null ? null : ReportJson.Short(JsonNode.Parse(_source.Fairness.ToJson())),
            Path = ReportJson.Short(beside.ThePath()),
            Sweep = ReportJson.Short(beside.TheSweep()),
            Importance = Try("The importance of columns", () => ImportanceFigures.Of(_source, _cancel)),
            Teacher = _source.Teacher is { } teacher ? Try("The comparison with the teacher", () => TeacherFigures.Of(_source, teacher.Model, teacher.Path, _classes, _cancel)) : null,
            Speed = Speed(),
            Code = UsageCode.Of(_source.Scored.Task, Read, _network is not null, Example()),
            Provenance = Origin(beside),
            Recipe = recipe is null ? null : JsonNode.Parse(recipe.ToJson())!.ToJsonString(new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }),
            Warnings = _warnings,
        };
    }

    private IReadOnlyList<DataViewSchema.Column> Read => [.. _source.Input.Where(column => _source.Features.Contains(column.Name))];

    private static IEnumerable<ITransformer> Steps(ITransformer model) => model is IEnumerable<ITransformer> chain ? chain.SelectMany(Steps) : [model];

    private T? Try<T>(string what, Func<T?> measure)
        where T : class
    {
        try
        {
            return measure();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _warnings.Add($"{what} is not to be had: {e.Sentence()}");
            return null;
        }
    }

    private IReadOnlyList<Figure> Verdict(CalibrationMetrics? calibration)
    {
        if (calibration is null)
            return [.. _source.Quality.Select(metric => new Figure(metric.Name, metric.Value, "number", ""))];
        const string Area = "share of pairs that the probabilities put in order: 0.5 by chance, 1 at best";
        var shares = _source.Scored.Labels.GroupBy(label => label).Select(group => (Class: (int)group.Key, Share: (double)group.Count() / _source.Scored.Rows)).OrderByDescending(own => own.Share).ToArray();
        return
        [
            Figure.Of("Accuracy", calibration.Accuracy, "share", FormattableString.Invariant($"share of right answers; {shares[0].Share:P1} if '{_classes[shares[0].Class]}' were always the answer")),
            _source.Scored.Task == LearningTask.Binary && shares.Length == 2 ? Figure.Of("AUC", PairsInOrder(), "number", Area) : new("AUC", _source.Quality.First(metric => metric.Name == "auc").Value, "number", Area),
            Figure.Of("Log-loss", calibration.LogLoss, "number", FormattableString.Invariant($"in nats, lower is better; {-shares.Sum(own => own.Share * Math.Log(own.Share)):F3} if the classes' shares were always the answer")),
            Figure.Of("Calibration error", calibration.ExpectedCalibrationError, "number", FormattableString.Invariant($"ECE: by how much confidence and accuracy differ; {Math.Max(calibration.DebiasedCalibrationError.Value, 0):F3} without what noise makes of it")),
        ];
    }

    private Estimate PairsInOrder()
    {
        var (rows, label) = EvaluationLabel.Of(_source.Context, _scored, LearningTask.Binary, _source.Label);
        return _source.Context.BinaryClassification.EvaluateThreshold(rows, labelColumnName: label, bootstrap: _bootstrap, seed: _source.Seed).AreaUnderRocCurve;
    }

    private CalibrationMetrics Calibration(IDataView scored)
    {
        var (rows, label) = EvaluationLabel.Of(_source.Context, scored, _source.Scored.Task, _source.Label);
        return _source.Scored.Task == LearningTask.Binary
            ? _source.Context.BinaryClassification.EvaluateCalibration(rows, label, bootstrap: _bootstrap, seed: _source.Seed)
            : _source.Context.MulticlassClassification.EvaluateCalibration(rows, label, kind: ScoreKind.Probabilities, bootstrap: _bootstrap, seed: _source.Seed);
    }

    // the same model without what calibrates it; null where nothing does
    private CalibrationMetrics? Uncalibrated()
    {
        ITransformer[] all = [.. Steps(_source.Model)];
        ITransformer[] bare = [.. all.Where(step => step is not CalibrationTransformer).Select(step => step is NetworkTransformer network ? network.WithoutCalibration() : step)];
        return bare.SequenceEqual(all) ? null : Calibration(new TransformerChain<ITransformer>(bare).Transform(_source.Test));
    }

    // the one that stands out most surely, columns by themselves first: their groups are large
    private IEnumerable<Figure> Gap()
    {
        var worst = _source.Fairness?.Columns.SelectMany(column => column.Gaps.Select(gap => (column.Name, gap)))
            .Where(own => own.gap.Highest is not null && own.gap.Name is not ("log-loss" or "mean-score" or "equalized-odds"))
            .OrderByDescending(own => double.IsNaN(own.gap.Difference.Low) ? own.gap.Difference.Value : own.gap.Difference.Low - (double.IsNaN(own.gap.Floor) ? 0 : own.gap.Floor)).FirstOrDefault();
        if (worst is not { gap: { } found } || worst.Value.Name is null)
            yield break;
        yield return Figure.Of($"Widest gap: {found.Name.Replace('-', ' ')}", found.Difference, "number",
            $"of {worst.Value.Name}: {found.Highest} against {found.Lowest}{(double.IsNaN(found.Floor) ? "" : FormattableString.Invariant($"; {found.Floor:F3} by chance"))}");
    }

    private List<KeyValuePair<string, string>> Training(Beside beside)
    {
        var rows = new List<KeyValuePair<string, string>>();
        Add("Model", _network is not null ? $"{_network.Model.Parameters.ToString("N0", CultureInfo.InvariantCulture)} parameters" : string.Join(", ", Steps(_source.Model).Select(step => step.GetType().Name)));
        Add("Trained in", beside.Metrics?["seconds"] is { } seconds ? FormattableString.Invariant($"{(double)seconds:N1} s") : null);
        Add("Without a label", beside.Metrics?["rowsWithoutLabel"] is { } without && (long)without > 0 ? FormattableString.Invariant($"{(long)without:N0} rows") : null);
        return rows;

        void Add(string name, string? value)
        {
            if (value is not null)
                rows.Add(new(name, value));
        }
    }

    private List<Figure> Speed()
    {
        var figures = new List<Figure> { new("Rows a second", _source.RowsPerSecond, "count", "in batches, through Transform, on the machine of this report") };
        try
        {
            if (SingleRow.Microseconds(_source.Context, _source.Model, _source.Input, Read) is { } times)
            {
                figures.Add(new("One row, median", times.Median, "microseconds", "through PredictionEngine, one after the other"));
                figures.Add(new("One row, 99th percentile", times.Tail, "microseconds", "one call in a hundred takes longer"));
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _warnings.Add($"The time of a single row is not to be had: {e.Sentence()}");
        }

        if (_network is not null)
            figures.Add(new("Parameters", _network.Model.Parameters, "count", "numbers that were learned"));
        foreach (var (name, path) in (ReadOnlySpan<(string, string)>)[(Path.GetFileName(_source.ModelPath), _source.ModelPath), ("model.onnx", Path.ChangeExtension(_source.ModelPath, ".onnx"))])
            if (File.Exists(path))
                figures.Add(new(name, new FileInfo(path).Length, "bytes", name.EndsWith(".onnx", StringComparison.Ordinal) ? "for ONNX Runtime" : "for ML.NET"));
        return figures;
    }

    private Dictionary<string, string> Example()
    {
        using var cursor = _source.Test.GetRowCursor([.. Read.Select(column => _source.Test.Schema[column.Name])]);
        var cells = Read.ToDictionary(column => column.Name, column => CellText.Reader(cursor, _source.Test.Schema[column.Name]));
        return cursor.MoveNext() ? cells.ToDictionary(cell => cell.Key, cell => cell.Value()) : [];
    }

    private List<KeyValuePair<string, string>> Origin(Beside beside)
    {
        var rows = new List<KeyValuePair<string, string>>();
        var trained = beside.Metrics?["provenance"] as JsonObject;
        var here = Provenance.Of(_source.Command, _source.Seed, _source.Table, null, null);
        if (trained is not null)
        {
            Add("Trained by", trained, "command");
            Add("on", trained, "date");
            rows.Add(new("Data", $"{trained["data"]}, {(long?)trained["rows"] ?? 0:N0} rows, SHA-256 {trained["sha256"]}"));
        }

        if (trained?["command"]?.ToString() != _source.Command)
            rows.Add(new("Report by", _source.Command));
        Add("Seed", trained ?? here, "seed");
        Add("Retort", trained ?? here, "retort");
        Add("ML.NET", trained ?? here, "mlNet");
        Add("TorchSharp", trained ?? here, "torchSharp");
        Add(".NET", trained ?? here, "dotNet");
        Add("System", trained ?? here, "system");
        return rows;

        void Add(string title, JsonObject from, string name)
        {
            if (from[name] is { } value)
                rows.Add(new(title, value.ToString()));
        }
    }
}
