namespace Retort;

/// <summary>A softmax taken apart at each row's own class; all logarithms.</summary>
/// <param name="Own">Of the probability of the own class, [rows, 1].</param>
/// <param name="Rest">Of the probability of all other classes together, [rows, 1].</param>
/// <param name="Others">Of the probabilities of the other classes among themselves, which sum to 1, [rows, classes - 1].</param>
internal readonly record struct ClassSplit(Tensor Own, Tensor Rest, Tensor Others)
{
    /// <summary>Own class or not, [rows, 2].</summary>
    public Tensor OwnOrNot => cat([Own, Rest], 1);

    public static ClassSplit Of(Tensor logits, Tensor classes)
    {
        var own = classes.unsqueeze(1);
        var places = arange(logits.shape[1] - 1, dtype: int64, device: logits.device).unsqueeze(0);
        var logP = logits.log_softmax(1);
        var others = logP.gather(1, places + places.ge(own).to_type(int64)); // every class but the own one, in order
        var rest = others.logsumexp(1, keepdim: true); // ln(1 - p) without cancellation
        return new(logP.gather(1, own), rest, others - rest);
    }
}
