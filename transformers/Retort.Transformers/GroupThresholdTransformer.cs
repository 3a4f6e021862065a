using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>Fitted thresholds by group after a model of two classes. Adds PredictedLabel (true where the score is above the threshold of the row's group), which takes the place of the model's.</summary>
/// <remarks>
/// Reads the protected columns of every row that it scores. A row of a group that was not among those that were learned from, or too small there, is held against the threshold of all rows, <see cref="PooledThreshold"/>. Nothing else
/// changes; a row whose score is NaN has false.
/// </remarks>
public sealed class GroupThresholdTransformer : ScoreTransformer
{
    private readonly GroupMap _groups;
    private readonly double[] _thresholds;

    internal GroupThresholdTransformer(string scoreColumnName, GroupThresholds settings, GroupMap groups, double[] thresholds, double pooled)
        : base(scoreColumnName)
    {
        (Settings, _groups, _thresholds, PooledThreshold) = (settings, groups, thresholds, pooled);
        Thresholds = [.. groups.Say().Zip(thresholds, (group, threshold) => new GroupThreshold(group, threshold))];
    }

    /// <summary>What was asked for.</summary>
    public GroupThresholds Settings { get; }

    /// <summary>The columns that say which group a row belongs to.</summary>
    public IReadOnlyList<string> ProtectedColumnNames => _groups.Names;

    /// <summary>Of each group, above which score a row is positive: infinite where none is, minus infinite where all are.</summary>
    public IReadOnlyList<GroupThreshold> Thresholds { get; }

    /// <summary>The threshold of rows that belong to none of the groups.</summary>
    public double PooledThreshold { get; }

    private protected override ScoreForm Form => ScoreForm.GroupThreshold;

    internal override ScoreBinding Bind(DataViewSchema input)
    {
        var scores = new ScoreInput(input, ScoreColumnName, LearningTask.Binary);
        var groups = _groups.Find(input, "each group has a threshold of its own");
        return new ScoresBinding(input, [Column(input)], [scores.Column, .. groups], 1, row =>
        {
            var (read, raw, group) = (scores.Reader(row), new float[scores.Width], _groups.Reader(row, groups));
            return outputs =>
            {
                read(raw);
                outputs[0] = raw[^1] > Threshold(group()) ? 1 : 0; // of two scores, the second is that of true
            };
        });
    }

    private double Threshold(int group) => group < 0 ? PooledThreshold : _thresholds[group];

    private static ScoreColumn Column(DataViewSchema input) => ScoreColumn.Of<bool>(
        ScoreNames.PredictedLabel, BooleanDataViewType.Instance, ScoreAnnotations.Start(input, LearningTask.Binary, ScoreNames.PredictedLabel),
        source => (ref bool label) => label = source.Current[0] > 0);

    private protected override void WriteContent(BinaryWriter writer)
    {
        writer.Write(Settings.ToJson());
        _groups.Write(writer);
        writer.Write(PooledThreshold);
        foreach (var threshold in _thresholds)
            writer.Write(threshold);
    }

    internal static GroupThresholdTransformer ReadContent(BinaryReader reader, string column)
    {
        var settings = MethodJson.Read<GroupThresholds>(reader.ReadString());
        settings.Validate();
        var groups = GroupMap.Read(reader);
        double[] numbers = [.. Enumerable.Range(0, groups.Count + 1).Select(_ => reader.ReadDouble())];
        return numbers.Any(double.IsNaN) ? throw Check.Wrong("A saved threshold", "be a number", "NaN") : new(column, settings, groups, numbers[1..], numbers[0]);
    }
}

/// <summary>The threshold of a group.</summary>
/// <param name="Group">What the group is called.</param>
/// <param name="Threshold">Above which score its rows are positive.</param>
public sealed record GroupThreshold(string Group, double Threshold);
