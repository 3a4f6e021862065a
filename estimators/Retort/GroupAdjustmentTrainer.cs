using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Retort;

/// <summary>Learns how the scores of a fitted model move, group by group, to one distribution.</summary>
/// <remarks>
/// <see cref="ScoreTrainer{TTransformer}.Fit"/> takes the rows as the model scored them: <c>.Fit(model.Transform(heldOut))</c>. No label is read. It may be called again, with other data and on several threads at once.
/// </remarks>
public sealed class GroupAdjustmentTrainer : ScoreTrainer<GroupAdjustmentTransformer>
{
    private const double ManyTies = 0.05;

    private readonly string[] _protected;
    private readonly LearningTask _task;
    private readonly ScoreKind _kind;

    internal GroupAdjustmentTrainer(IHostEnvironment environment, LearningTask task, string[] protectedColumnNames, QuantileAdjustment adjustment, ScoredColumns columns, ScoreKind kind)
        : base(environment, columns)
    {
        Check.Defined(kind);
        adjustment.Validate();
        GroupReading.CheckNames(protectedColumnNames);
        (_task, _protected, Adjustment, _kind) = (task, [.. protectedColumnNames], adjustment, kind);
    }

    /// <summary>How far the scores move, and which groups there are.</summary>
    public QuantileAdjustment Adjustment { get; }

    internal override GroupAdjustmentTransformer Learn(IEnumerable<IDataView> scored, Func<DataViewSchema> output, bool crossFitted, IChannel channel, Action checkCanceled)
    {
        var groups = new GroupReading(_protected, Adjustment.NumberGroups);
        var parts = new List<GroupScores>();
        var areProbabilities = _task == LearningTask.Regression ? false : _kind == ScoreKind.Auto ? (bool?)null : _kind == ScoreKind.Probabilities;
        foreach (var view in scored)
        {
            var input = Input(view.Schema);
            if (_task == LearningTask.Binary && areProbabilities is null && input.Usual != ScoreKind.Auto)
                areProbabilities = input.Usual == ScoreKind.Probabilities;
            parts.Add(GroupScores.Read(view, input, areProbabilities, Columns.Weight, groups, checkCanceled));
            areProbabilities ??= parts[^1].AreProbabilities;
        }

        var model = Input(output());
        var (cells, ofRow) = groups.Pool(
            (each, count) => [.. each.Aggregate(new int[count], (counts, cell) => { counts[cell]++; return counts; })], Adjustment.MinRows, Adjustment.MinRows, 2, text => channel.Warning(MessageSensitivity.Schema, "{0}", text));
        var maps = Adjustment.Fit([.. parts.SelectMany(part => part.Scores)], Columns.Weight is null ? null : [.. parts.SelectMany(part => part.Weights!)], ofRow, cells.Count);
        channel.Info(MessageSensitivity.Schema, "{0}", $"Column '{model.Column.Name}'{(_task == LearningTask.Regression ? "" : areProbabilities == true ? ", read as probabilities," : ", read as logits,")} is adjusted in {cells.Count} groups, from {ofRow.Length} rows.");
        if (maps.LargestTie > ManyTies)
            channel.Warning(MessageSensitivity.Schema, "{0}", $"Column '{model.Column.Name}' has one score in {Check.Text(Math.Round(100 * maps.LargestTie))} % of a group's rows, which stay together: groups meet only roughly, and their new scores may tell them apart.");
        return new GroupAdjustmentTransformer(model.Column.Name, _task, areProbabilities == true, Adjustment, cells, maps);
    }

    private ScoreInput Input(DataViewSchema schema) => ScoredRowsReader.Input(schema, Columns, _task);

    private protected override SchemaShape AddTo(SchemaShape input)
    {
        Shapes.CheckScore(input, _task, Columns.Score, Columns.Weight);
        Shapes.CheckProtected(input, _protected);
        return Shapes.WithAdjustment(input, _task);
    }
}
