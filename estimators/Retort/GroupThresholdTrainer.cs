using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Retort;

/// <summary>Chooses above which score a fitted model of two classes says true, for each group of rows a threshold of its own.</summary>
/// <inheritdoc/>
public sealed class GroupThresholdTrainer : ScoreTrainer<GroupThresholdTransformer>
{
    private readonly string[] _protected;

    internal GroupThresholdTrainer(IHostEnvironment environment, string[] protectedColumnNames, GroupThresholds thresholds, ScoredColumns columns)
        : base(environment, columns)
    {
        thresholds.Validate();
        GroupReading.CheckNames(protectedColumnNames);
        (_protected, Thresholds) = ([.. protectedColumnNames], thresholds);
    }

    /// <summary>What the thresholds are to hold to.</summary>
    public GroupThresholds Thresholds { get; }

    internal override GroupThresholdTransformer Learn(IEnumerable<IDataView> scored, Func<DataViewSchema> output, bool crossFitted, IChannel channel, Action checkCanceled)
    {
        var groups = new GroupReading(_protected, Thresholds.NumberGroups);
        var reader = new ScoredRowsReader(Columns, LearningTask.Binary, channel, checkCanceled, groups);
        var parts = scored.Select(view => reader.Read(view, crossFitted)).ToArray();
        var model = ScoredRowsReader.Input(output(), Columns, LearningTask.Binary);

        int[] labels = [.. parts.SelectMany(part => part.Labels)];
        var (cells, ofRow) = groups.Pool((each, count) => Thresholds.Counts(labels, each, count), Thresholds.MinRows, Thresholds.MinRows, 2, text => channel.Warning(MessageSensitivity.Schema, "{0}", text));
        var chosen = Thresholds.Choose([.. parts.SelectMany(part => part.Positive)], labels, Columns.Weight is null ? null : [.. parts.SelectMany(part => part.Weights!)], ofRow, cells.Count);
        channel.Info(MessageSensitivity.None, "{0}", $"Thresholds of {cells.Count} groups on {labels.Length} rows: {Thresholds.Constraint} to {Check.Text(Math.Round(chosen.Gap, 4))}, {Check.Text(Math.Round(100 * chosen.Accuracy, 2))} % right.");
        if (chosen.Kept < ChosenThresholds.Little)
            channel.Warning(MessageSensitivity.None, "{0}", $"{Thresholds.Constraint} to {Check.Text(Math.Round(chosen.Allowed, 4))} leaves {Check.Text(Math.Round(100 * chosen.Kept))} % of what free thresholds win over one decision for all rows"
                + (chosen.Needed is { } slack ? $"; Slack = {Check.Text(Math.Round(slack, 4))} leaves more." : "."));
        return new GroupThresholdTransformer(model.Column.Name, Thresholds, cells, chosen.Thresholds, chosen.Pooled);
    }

    private protected override SchemaShape AddTo(SchemaShape input)
    {
        Shapes.CheckScores(input, LearningTask.Binary, Columns);
        Shapes.CheckProtected(input, _protected);
        return Shapes.WithThreshold(input);
    }
}
