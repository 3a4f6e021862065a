namespace Microsoft.ML.AutoML;

internal sealed class CrossValidateDatasetManager(IDataView data, int fold, string samplingKey) : ICrossValidateDatasetManager
{
    public int Fold { get; set; } = fold;

    public IDataView Dataset { get; set; } = data;

    public string SamplingKeyColumnName { get; set; } = samplingKey;
}
