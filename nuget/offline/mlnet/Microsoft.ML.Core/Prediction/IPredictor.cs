using Microsoft.ML.Data;

namespace Microsoft.ML;

internal enum PredictionKind
{
    Unknown = 0,
    Custom = 1,
    BinaryClassification = 2,
    MulticlassClassification = 3,
    Regression = 4,
    MultiOutputRegression = 5,
    Ranking = 6,
    Recommendation = 7,
    AnomalyDetection = 8,
    Clustering = 9,
    SequenceClassification = 10,
    Forecasting = 11,
}

internal interface IPredictor
{
    PredictionKind PredictionKind { get; }
}

internal interface IPredictorProducing<out TResult> : IPredictor
{
}

internal delegate void ValueMapper<TSrc, TDst>(in TSrc src, ref TDst dst);

internal delegate void ValueMapper<TVal1, TVal2, TVal3>(in TVal1 val1, ref TVal2 val2, ref TVal3 val3);

/// A model that maps a feature vector to a raw score, or to a vector of them.
internal interface IValueMapper
{
    DataViewType InputType { get; }

    DataViewType OutputType { get; }

    ValueMapper<TSrc, TDst> GetMapper<TSrc, TDst>();
}

/// A model that also gives the probability that belongs to its score.
internal interface IValueMapperDist : IValueMapper
{
    DataViewType DistType { get; }

    ValueMapper<TSrc, TDst, TDist> GetMapper<TSrc, TDst, TDist>();
}
