namespace Microsoft.ML.Transforms;

public abstract class TransformInputBase
{
    private protected TransformInputBase() { }
}
