using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>
/// Fitted maps of scores by group after a model. Of two classes it adds Probability (adjusted), Score (its logit, within ±30) and PredictedLabel (true where the probability is above one half); of a regression model Score. They take the
/// place of the model's.
/// </summary>
/// <remarks>
/// Reads the protected columns of every row that it scores. The score of a row whose group was not among those that were learned from, or too small there, is mapped as if all rows were one group. Where a model of two classes gave
/// logits, these are adjusted, and Probability is their logistic function: calibrate first where it shall be more. A row whose score is NaN has NaN, and false in PredictedLabel.
/// </remarks>
public sealed class GroupAdjustmentTransformer : ScoreTransformer
{
    private const double MostLogit = 30;

    private readonly LearningTask _task;
    private readonly bool _areProbabilities;
    private readonly GroupMap _groups;
    private readonly QuantileMaps _maps;

    internal GroupAdjustmentTransformer(string scoreColumnName, LearningTask task, bool areProbabilities, QuantileAdjustment settings, GroupMap groups, QuantileMaps maps)
        : base(scoreColumnName)
    {
        if (maps.Groups != groups.Count)
            throw Check.Wrong("The number of an adjustment's maps", $"be {groups.Count}, one a group", $"{maps.Groups}");
        (_task, _areProbabilities, Settings, _groups, _maps) = (task, areProbabilities, settings, groups, maps);
    }

    /// <summary>What was asked for.</summary>
    public QuantileAdjustment Settings { get; }

    /// <summary>The columns that say which group a row belongs to.</summary>
    public IReadOnlyList<string> ProtectedColumnNames => _groups.Names;

    /// <summary>What the groups are called.</summary>
    public IReadOnlyList<string> Groups => _groups.Say();

    private protected override ScoreForm Form => ScoreForm.GroupAdjustment;

    internal override ScoreBinding Bind(DataViewSchema input)
    {
        var scores = new ScoreInput(input, ScoreColumnName, _task);
        var groups = _groups.Find(input, "each group's scores move in their own way");
        return new ScoresBinding(input, ScoreColumns(input), [scores.Column, .. groups], _task == LearningTask.Binary ? 2 : 1, row =>
        {
            var (read, raw, group) = (scores.Reader(row), new float[scores.Width], _groups.Reader(row, groups));
            return outputs =>
            {
                read(raw);
                var score = _maps.Apply(raw.Length == 1 || _areProbabilities ? raw[^1] : raw[1] - raw[0], group());
                if (_task == LearningTask.Binary)
                    Binary(score, outputs);
                else
                    outputs[0] = (float)score;
            };
        });
    }

    // the logit's sign decides; probabilities keep its side of one half when they are rounded
    private void Binary(double score, Span<float> outputs)
    {
        var probability = _areProbabilities ? Math.Clamp(score, 0, 1) : 1 / (1 + Math.Exp(-score));
        var logit = (float)Math.Clamp(_areProbabilities ? Math.Log(probability) - Math.Log(1 - probability) : score, -MostLogit, MostLogit);
        (outputs[0], outputs[1]) = (logit, logit > 0 && (float)probability <= 0.5f ? MathF.BitIncrement(0.5f) : (float)probability);
    }

    private IEnumerable<ScoreColumn> ScoreColumns(DataViewSchema input) => _task == LearningTask.Binary
        ? ClassColumns.Binary(input, source => source.Current[1])
        : [ScoreColumn.Of<float>(ScoreNames.Score, NumberDataViewType.Single, ScoreAnnotations.Start(input, _task, ScoreNames.Score), source => (ref float score) => score = source.Current[0])];

    private protected override void WriteContent(BinaryWriter writer)
    {
        writer.Write(_task == LearningTask.Binary);
        writer.Write(_areProbabilities);
        writer.Write(Settings.ToJson());
        _groups.Write(writer);
        _maps.Write(writer);
    }

    internal static GroupAdjustmentTransformer ReadContent(BinaryReader reader, string column)
    {
        var (task, areProbabilities) = (reader.ReadBoolean() ? LearningTask.Binary : LearningTask.Regression, reader.ReadBoolean());
        var settings = MethodJson.Read<QuantileAdjustment>(reader.ReadString());
        settings.Validate();
        var groups = GroupMap.Read(reader);
        return new(column, task, areProbabilities, settings, groups, QuantileMaps.Read(reader));
    }
}
