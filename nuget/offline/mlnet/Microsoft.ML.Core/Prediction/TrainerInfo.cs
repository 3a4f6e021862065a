namespace Microsoft.ML;

public sealed class TrainerInfo
{
    public bool NeedNormalization { get; }

    internal bool NeedCalibration { get; }

    public bool WantCaching { get; }

    internal bool SupportsValidation { get; }

    internal bool SupportsTest { get; }

    internal bool SupportsIncrementalTraining { get; }

    internal TrainerInfo(bool normalization = true, bool calibration = false, bool caching = true, bool supportValid = false, bool supportIncrementalTrain = false, bool supportTest = false)
    {
        (NeedNormalization, NeedCalibration, WantCaching) = (normalization, calibration, caching);
        (SupportsValidation, SupportsIncrementalTraining, SupportsTest) = (supportValid, supportIncrementalTrain, supportTest);
    }
}
