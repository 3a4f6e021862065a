namespace Retort;

/// <summary>What regression predicts less what it should.</summary>
internal static class Errors
{
    /// <summary>[rows], of outputs [rows, 1].</summary>
    public static Tensor Of(Tensor outputs, Targets targets)
    {
        Check.Shape(outputs, "[rows, 1]", outputs.dim() == 2 && outputs.shape[1] == 1);
        return (outputs - targets.RealValues(outputs)).squeeze(1);
    }
}
