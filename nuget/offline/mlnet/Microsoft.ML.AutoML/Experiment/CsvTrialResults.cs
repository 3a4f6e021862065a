using System.Globalization;
using Microsoft.ML.SearchSpace;

namespace Microsoft.ML.AutoML;

/// The trials of this and earlier experiments over one search space and metric: a line each with id, metric, loss, duration, peaks and the feature vector. Models are not kept.
internal sealed class CsvTrialResults
{
    private const string Header = "id,metric,loss,durationInMilliseconds,peakCpu,peakMemoryInMegaByte,parameter";

    private readonly string _file;
    private readonly SearchSpace.SearchSpace _space;
    private readonly List<TrialResult> _results = [];

    public CsvTrialResults(string folder, SearchSpace.SearchSpace space, string metric)
    {
        _file = Path.Combine(folder, $"trialResults-{space.GetHashCode()}{(metric == null ? "" : "-" + metric)}.csv");
        _space = space;
        if (File.Exists(_file)) _results.AddRange(File.ReadLines(_file).Skip(1).Select(Read));
    }

    public IReadOnlyList<TrialResult> Earlier => _results;

    public int NextId => _results.Count == 0 ? 0 : _results.Max(r => r.TrialSettings.TrialId) + 1;

    public void Add(TrialResult result)
    {
        _results.Add(result);
        if (!File.Exists(_file)) File.WriteAllText(_file, Header + "\n");
        File.AppendAllText(_file, Line(result) + "\n");
    }

    private string Line(TrialResult result) => string.Join(',', Text(result.TrialSettings.TrialId), Text(result.Metric), Text(result.Loss), Text(result.DurationInMilliseconds),
        Text(result.PeakCpu), Text(result.PeakMemoryInMegaByte), string.Join('|', _space.MappingToFeatureSpace(result.TrialSettings.Parameter).Select(x => Text(x))));

    private TrialResult Read(string line)
    {
        var cells = line.Split(',');
        if (cells.Length != 7) throw new FormatException($"A line of {_file} must have 7 cells, but has {cells.Length}.");
        double? Number(int at) => cells[at].Length == 0 ? null : double.Parse(cells[at], CultureInfo.InvariantCulture);
        var features = cells[6].Length == 0 ? [] : cells[6].Split('|').Select(x => double.Parse(x, CultureInfo.InvariantCulture)).ToArray();
        return new()
        {
            TrialSettings = new() { TrialId = int.Parse(cells[0], CultureInfo.InvariantCulture), Parameter = _space.SampleFromFeatureSpace(features) },
            Metric = Number(1).Value,
            Loss = Number(2).Value,
            DurationInMilliseconds = Number(3).Value,
            PeakCpu = Number(4),
            PeakMemoryInMegaByte = Number(5),
        };
    }

    private static string Text(IFormattable value) => value?.ToString(null, CultureInfo.InvariantCulture) ?? "";
}
