using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>Fitted intervals behind a regression model. Adds Lower and Upper, in the label's unit, which are infinite where the rows were too few for the promise.</summary>
/// <remarks>Ends are rounded outwards. A row whose prediction is NaN has NaN in both.</remarks>
public sealed class PredictionIntervalTransformer : ScoreTransformer
{
    private readonly int _width, _low, _high;
    private readonly IntervalPredictor _predictor;

    internal PredictionIntervalTransformer(string scoreColumnName, int width, int low, int high, IntervalPredictor predictor)
        : base(scoreColumnName) => (_width, _low, _high, _predictor) = (width, low, high, predictor);

    /// <summary>What is promised.</summary>
    public ConformalIntervals Intervals => _predictor.Settings;

    /// <summary>How far an end lies outside of what the model says; of quantiles it may be negative.</summary>
    public double Margin => _predictor.Margin;

    private protected override ScoreForm Form => ScoreForm.PredictionInterval;

    internal override ScoreBinding Bind(DataViewSchema input)
    {
        var column = input.Find(ScoreColumnName);
        var isVector = column.Type is VectorDataViewType { IsKnownSize: true } vector && vector.ItemType.Equals(NumberDataViewType.Single) && vector.Size == _width;
        if (!(isVector || _width == 1 && column.Type.Equals(NumberDataViewType.Single)))
            throw Columns.WrongType(ScoreColumnName, _width == 1 ? "be Single" : $"be a vector of {_width} Single", column.Type);
        return new ScoresBinding(input, ScoreColumns(input), [column], 2, row =>
        {
            var (read, raw) = (ScoreInput.Reader(row, column, _width), new float[_width]);
            return outputs =>
            {
                read(raw);
                var (low, high) = _predictor.Predict(raw[_low], raw[_high]);
                (outputs[0], outputs[1]) = ((float)low > low ? MathF.BitDecrement((float)low) : (float)low, (float)high < high ? MathF.BitIncrement((float)high) : (float)high);
            };
        });
    }

    private static IEnumerable<ScoreColumn> ScoreColumns(DataViewSchema input)
    {
        yield return ScoreColumn.Of<float>(ScoreNames.Lower, NumberDataViewType.Single, ScoreAnnotations.Start(input, LearningTask.Regression, ScoreNames.Lower),
            source => (ref float value) => value = source.Current[0]);
        yield return ScoreColumn.Of<float>(ScoreNames.Upper, NumberDataViewType.Single, ScoreAnnotations.Start(input, LearningTask.Regression, ScoreNames.Upper),
            source => (ref float value) => value = source.Current[1]);
    }

    private protected override void WriteContent(BinaryWriter writer)
    {
        writer.Write(_width);
        writer.Write(_low);
        writer.Write(_high);
        _predictor.Write(writer);
    }

    internal static PredictionIntervalTransformer ReadContent(BinaryReader reader, string column)
    {
        var (width, low, high) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32());
        if (width is < 1 or > 10_000 || low < 0 || low >= width || high < 0 || high >= width)
            throw new InvalidDataException($"The places of a saved interval's ends must lie in [0, {width}), but are {low} and {high}.");
        return new PredictionIntervalTransformer(column, width, low, high, IntervalPredictor.Read(reader));
    }
}
