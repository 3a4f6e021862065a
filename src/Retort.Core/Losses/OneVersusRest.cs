namespace Retort;

/// <summary>The probabilities and targets of the classes that overlap losses look at: of two classes the second one, else all.</summary>
internal static class OneVersusRest
{
    /// <summary>Logarithms of probabilities, and targets, [rows, 1] or [rows, classes].</summary>
    public static (Tensor LogP, Tensor Y) Of(Tensor logits, Targets targets)
    {
        Check.Shape(logits, "[rows, classes]", logits.dim() == 2);
        var (logP, y) = (logits.log_softmax(1), targets.Distribution(logits));
        return logits.shape[1] == 2 ? (logP.narrow(1, 1, 1), y.narrow(1, 1, 1)) : (logP, y);
    }
}
