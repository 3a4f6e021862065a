using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Retort;

/// <summary>The folder of a search: a line for each rung that a trial has ended, its network as it was then, and the state of those in training. A search that was ended from outside goes on from it.</summary>
internal sealed class SweepFile
{
    private const string Lines = "trials.jsonl";

    private readonly string _folder;
    private readonly Dictionary<(int Trial, int Rung), SweepTrial> _ended = [];
    private readonly object _lock = new();

    /// <param name="folder">An existing folder.</param>
    /// <param name="search">All that the search depends on.</param>
    /// <exception cref="InvalidDataException">The folder is of another search.</exception>
    public SweepFile(string folder, string search)
    {
        if (!Directory.Exists(folder))
            throw Check.Wrong("The folder of a sweep", "exist", $"'{folder}'");
        _folder = folder;
        var head = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(search)));
        var path = Path.Combine(folder, Lines);
        if (!File.Exists(path))
        {
            Append(head);
            return;
        }

        var lines = File.ReadAllLines(path);
        if (lines.Length == 0 || lines[0] != head)
            throw new InvalidDataException($"The folder '{folder}' must be of the same space, settings and data as the sweep, but is of others; give another folder to begin anew.");
        foreach (var line in lines.Skip(1).Where(IsWhole))
            if (Read(line) is var (rung, trial))
                _ended[(trial.Number, rung)] = trial;
        File.WriteAllLines(path, [head, .. lines.Skip(1).Where(IsWhole)]); // what a power cut left half-written is done again
    }

    /// <summary>What a trial was at the end of a rung; null where it has not ended it.</summary>
    public SweepTrial? Ended(int trial, int rung) => _ended.GetValueOrDefault((trial, rung));

    /// <summary>The largest number of a trial that has ended a rung; -1 where none has.</summary>
    public int LastKnown => _ended.Count == 0 ? -1 : _ended.Keys.Max(key => key.Trial);

    public Checkpoint Checkpoint(int trial) => new(Path.Combine(_folder, $"trial-{trial}.checkpoint"));

    /// <summary>The state of a member of a population within an interval, and at its end.</summary>
    public Checkpoint Checkpoint(int trial, int interval) => new(Path.Combine(_folder, $"trial-{trial}-{interval}.checkpoint"));

    /// <summary>Keeps what a trial is at the end of a rung, and its network.</summary>
    public void Add(int rung, SweepTrial trial, FittedNetwork? network)
    {
        if (network is not null)
        {
            using var memory = new MemoryStream();
            using (var writer = new BinaryWriter(memory, Encoding.UTF8, leaveOpen: true))
                network.Write(writer);
            var path = Network(trial.Number);
            File.WriteAllBytes(path + ".new", memory.ToArray());
            File.Move(path + ".new", path, overwrite: true);
        }

        var line = JsonSerializer.Serialize(new Line(trial.Number, rung, trial.Rungs, trial.Epochs, trial.BestEpoch, trial.Objectives, trial.RowEpochs, trial.Failure, trial.Recipe.ToJson()));
        lock (_lock)
        {
            Append(line);
            _ended[(trial.Number, rung)] = trial;
        }
    }

    /// <summary>The network of a trial as it was at the end of its last rung.</summary>
    public FittedNetwork NetworkOf(int trial)
    {
        using var reader = new BinaryReader(File.OpenRead(Network(trial)));
        return FittedNetwork.Read(reader);
    }

    /// <summary>Removes the state of trials that will not go on.</summary>
    public void Clear(int trial) => Clear(Checkpoint(trial));

    /// <summary>Removes the state of an interval that nobody goes on from any more.</summary>
    public void Clear(int trial, int interval) => Clear(Checkpoint(trial, interval));

    private static void Clear(Checkpoint checkpoint)
    {
        File.Delete(checkpoint.Path);
        File.Delete(checkpoint.Path + ".new");
    }

    private string Network(int trial) => Path.Combine(_folder, $"trial-{trial}.network");

    private void Append(string line)
    {
        using var file = new FileStream(Path.Combine(_folder, Lines), FileMode.Append);
        file.Write(Encoding.UTF8.GetBytes(line + "\n"));
        file.Flush(flushToDisk: true);
    }

    private static bool IsWhole(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<Line>(line) is not null;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static (int Rung, SweepTrial Trial) Read(string text)
    {
        var line = JsonSerializer.Deserialize<Line>(text)!;
        return (line.Rung, new(line.Trial, Recipe.FromJson(line.Recipe), line.Rungs, line.Epochs, line.BestEpoch, line.Objectives, line.RowEpochs, line.Failure));
    }

    private sealed record Line(int Trial, int Rung, int Rungs, int Epochs, int BestEpoch, ValueList<double> Objectives, double RowEpochs, string? Failure, string Recipe);
}
