using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Retort;

/// <summary>Learns how wide intervals around predictions must be to hold the true value as often as promised, whatever the model.</summary>
/// <inheritdoc/>
public sealed class PredictionIntervalTrainer : ScoreTrainer<PredictionIntervalTransformer>
{
    private readonly string? _quantiles;

    internal PredictionIntervalTrainer(IHostEnvironment environment, ConformalIntervals intervals, ScoredColumns columns, string? quantiles)
        : base(environment, columns)
    {
        intervals.Validate();
        (Intervals, _quantiles) = (intervals, quantiles);
    }

    /// <summary>What is promised.</summary>
    public ConformalIntervals Intervals { get; }

    internal override PredictionIntervalTransformer Learn(IEnumerable<IDataView> scored, Func<DataViewSchema> output, bool crossFitted, IChannel channel, Action checkCanceled)
    {
        var (low, high, truth) = (new List<double>(), new List<double>(), new List<double>());
        foreach (var view in scored)
        {
            var column = Column(view.Schema);
            var rows = ValueRows.Read(view, Columns.Label, null, channel, checkCanceled, column.Name);
            for (var row = 0; row < rows.Truth.Length; row++)
            {
                low.Add(rows.Predictions[row * rows.Width + column.Low]);
                high.Add(rows.Predictions[row * rows.Width + column.High]);
            }

            truth.AddRange(rows.Truth);
        }

        var predictor = Intervals.Fit([.. low], [.. high], [.. truth]);
        var from = Column(output());
        if (double.IsPositiveInfinity(predictor.Margin))
            channel.Warning(MessageSensitivity.None, "{0}", $"{truth.Count} rows are too few to promise a coverage of {Check.Text(Intervals.Coverage)}: every interval will be infinite.");
        else
            channel.Info(MessageSensitivity.None, "{0}", $"Intervals around column '{from.Name}' have a margin of {Check.Text(predictor.Margin)}, from {truth.Count} rows.");
        return new PredictionIntervalTransformer(from.Name, from.Width, from.Low, from.High, predictor);
    }

    // the two quantiles that are nearest to the ends of the interval, or twice the one prediction
    private (string Name, int Width, int Low, int High) Column(DataViewSchema schema)
    {
        if (_quantiles is null || schema.GetColumnOrNull(_quantiles) is not { } quantiles)
            return (Columns.Score, ValueRows.Size(schema.Find(Columns.Score)), 0, 0);
        var levels = QuantileLevels.Of(quantiles, "pass null as quantilesColumnName to use the score");
        var tail = (1 - Intervals.Coverage) / 2;
        return (_quantiles, levels.Length, Nearest(tail), Nearest(1 - tail));

        int Nearest(double level) => Enumerable.Range(0, levels.Length).MinBy(slot => Math.Abs(levels[slot] - level));
    }

    private protected override SchemaShape AddTo(SchemaShape input)
    {
        var quantiles = _quantiles is not null && input.Any(column => column.Name == _quantiles);
        Shapes.CheckValues(input, Columns.Label, quantiles ? _quantiles! : Columns.Score, quantiles);
        return Shapes.WithIntervals(input);
    }
}
