using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace Retort.Bench;

/// <summary>The rows of a set, as text: the label, the numbers, the categories.</summary>
internal sealed class QualityTable
{
    private readonly string[][] _rows;
    private readonly int _numbers;

    public QualityTable(QualitySet set, string[] lines)
    {
        Set = set;
        var names = lines[0].Split(',');
        var numbers = names.Except([set.Label, .. set.Categories, .. set.LeftOut]).ToArray();
        int[] order = [.. new[] { set.Label }.Concat(numbers).Concat(set.Categories).Select(name => Array.IndexOf(names, name))];
        _rows = [.. lines[1..].Select(line => line.Split(',')).Select(cells => order.Select(column => cells[column]).ToArray())];
        _numbers = numbers.Length;
        if (set.Task == LearningTask.Binary)
            foreach (var row in _rows)
                row[0] = row[0] == "1" ? "1" : "0";
    }

    public QualitySet Set { get; }

    public int Rows => _rows.Length;

    public int Columns => _numbers + Set.Categories.Length;

    /// <summary>60 % of the rows to train, 20 % to validate, 20 % to test; of every class. The same in every run.</summary>
    public QualitySplit Split(int number)
    {
        var random = new Generator((ulong)number);
        var parts = new List<int>[] { [], [], [] };
        foreach (var stratum in Enumerable.Range(0, _rows.Length).GroupBy(row => Set.Task == LearningTask.Binary ? _rows[row][0] : "").OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var rows = stratum.ToArray();
            var order = random.Permutation(rows.Length);
            for (var i = 0; i < rows.Length; i++)
                parts[5L * i < 3L * rows.Length ? 0 : 5L * i < 4L * rows.Length ? 1 : 2].Add(rows[order[i]]);
        }

        return new(number, [.. parts[0].Order()], [.. parts[1].Order()], [.. parts[2].Order()]);
    }

    /// <summary>A name that changes with the rows of a split and with what Python does to them.</summary>
    public string Key(QualitySplit split)
    {
        var script = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "quality.py"));
        var cells = new[] { split.Train, split.Validation, split.Test }.SelectMany(rows => rows.Select(row => string.Join(',', _rows[row])).Append(""));
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', [script, .. cells]))))[..16];
    }

    public double[] Labels(int[] rows) => [.. rows.Select(row => Number(_rows[row][0]))];

    /// <summary>Some rows as ML.NET reads them: Label, Numbers, and the categories as text.</summary>
    public IDataView Load(MLContext ml, string folder, int[] rows)
    {
        var file = Path.Combine(folder, Path.GetRandomFileName());
        File.WriteAllLines(file, rows.Select(row => string.Join(',', _rows[row])));
        TextLoader.Column[] columns =
        [
            new("Label", Set.Task == LearningTask.Binary ? DataKind.Boolean : DataKind.Single, 0),
            new("Numbers", DataKind.Single, 1, _numbers),
            .. Set.Categories.Select((name, i) => new TextLoader.Column(name, DataKind.String, 1 + _numbers + i)),
        ];
        return ml.Data.LoadFromTextFile(file, columns, separatorChar: ',');
    }

    /// <summary>Some rows as tensors. Whoever asks disposes them.</summary>
    public Dataset Dataset(int[] rows)
    {
        var names = Enumerable.Range(1 + _numbers, Set.Categories.Length).Select(column => _rows.Select(row => row[column]).Distinct().Order(StringComparer.Ordinal).ToList()).ToArray();
        var numbers = rows.SelectMany(row => _rows[row][1..(1 + _numbers)]).Select(text => (float)Number(text)).ToArray();
        var categories = rows.SelectMany(row => _rows[row][(1 + _numbers)..].Select((name, i) => 1L + names[i].IndexOf(name))).ToArray();
        var labels = Labels(rows);
        return new()
        {
            Features = torch.tensor(numbers, dtype: torch.float32).view(rows.Length, _numbers),
            Categories = names.Length == 0 ? null : torch.tensor(categories, dtype: torch.int64).view(rows.Length, names.Length),
            Cardinalities = [.. names.Select(values => values.Count)],
            Labels = Set.Task == LearningTask.Binary ? torch.tensor(labels.Select(label => (long)label).ToArray(), dtype: torch.int64) : torch.tensor(labels.Select(label => (float)label).ToArray(), dtype: torch.float32),
            Classes = Set.Task == LearningTask.Binary ? 2 : 1,
        };
    }

    /// <summary>All rows as numbers, and the row numbers of the splits, for Python. Categories are numbered in the order of their names.</summary>
    public void Write(string folder, IEnumerable<QualitySplit> splits)
    {
        var values = new double[_rows.Length, _rows[0].Length];
        for (var column = 0; column < _rows[0].Length; column++)
        {
            var names = column <= _numbers ? null : _rows.Select(row => row[column]).Distinct().Order(StringComparer.Ordinal).ToList();
            for (var row = 0; row < _rows.Length; row++)
                values[row, column] = names?.IndexOf(_rows[row][column]) ?? Number(_rows[row][column]);
        }

        Save($"{Set.Name}.table", MemoryMarshal.CreateReadOnlySpan(ref values[0, 0], values.Length));
        foreach (var split in splits)
        {
            Save<int>($"{Set.Name}.{split.Number}.train", split.Train);
            Save<int>($"{Set.Name}.{split.Number}.validation", split.Validation);
            Save<int>($"{Set.Name}.{split.Number}.test", split.Test);
        }

        void Save<T>(string name, ReadOnlySpan<T> numbers) where T : unmanaged => File.WriteAllBytes(Path.Combine(folder, name), MemoryMarshal.AsBytes(numbers));
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>Row numbers, ascending.</summary>
internal sealed record QualitySplit(int Number, int[] Train, int[] Validation, int[] Test);
