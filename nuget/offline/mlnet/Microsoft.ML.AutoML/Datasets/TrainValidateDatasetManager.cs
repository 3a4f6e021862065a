namespace Microsoft.ML.AutoML;

internal sealed class TrainValidateDatasetManager(IDataView train, IDataView validation) : ITrainValidateDatasetManager
{
    internal const string SubsamplingKey = "TrainValidateDatasetSubsamplingKey";
    internal const string Share = "Share";

    /// The first share of the rows, where the trial's parameter names one.
    public IDataView LoadTrainDataset(MLContext context, TrialSettings settings)
    {
        if (settings?.Parameter?.TryGetValue(SubsamplingKey, out var sampling) != true || sampling[Share].AsType<double>() is not (< 1 and var share)) return train;
        return context.Data.TakeRows(train, Math.Max(1, (long)(share * Rows())));
    }

    public IDataView LoadValidateDataset(MLContext context, TrialSettings settings) => validation;

    private long Rows()
    {
        if (train.GetRowCount() is { } known) return known;
        using var cursor = train.GetRowCursor([]);
        long rows = 0;
        while (cursor.MoveNext()) rows++;
        return rows;
    }
}
