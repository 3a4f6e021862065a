using Microsoft.ML.SearchSpace;

namespace Microsoft.ML.AutoML.CodeGen;

public class SdcaOption
{
    [Range(0.03125f, 32768f, 1f, true)]
    public float L1Regularization { get; set; }

    [Range(0.03125f, 32768f, 0.1f, true)]
    public float L2Regularization { get; set; }

    public string LabelColumnName { get; set; }

    public string FeatureColumnName { get; set; }

    public string ExampleWeightColumnName { get; set; }
}
