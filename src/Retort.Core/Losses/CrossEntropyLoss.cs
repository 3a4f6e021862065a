using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>The surprise at the true class, the usual loss of classifiers.</summary>
/// <remarks>
/// <c>-sum(q * log softmax(logits))</c> with <c>q = (1 - LabelSmoothing) * target + LabelSmoothing / classes</c>. In nats.
/// Targets may be class numbers or probabilities.
/// Source: Bishop, Pattern Recognition and Machine Learning, 2006, eq. 4.108; label smoothing: Szegedy et al., Rethinking the
/// Inception Architecture for Computer Vision, 2016, sec. 7, https://arxiv.org/abs/1512.00567
/// </remarks>
[Method("cross-entropy", Title = "Pattern Recognition and Machine Learning", Authors = "Bishop", Year = 2006, Tasks = LearningTasks.Classification)]
public sealed record CrossEntropyLoss : RowLoss, IClosedForm
{
    /// <summary>Share of each target that is spread evenly over the classes. In [0, 1); default 0, none. Smoothing costs calibration: leave it off where probabilities matter.</summary>
    [Range(0.0, 0.3, 0.0)]
    public double LabelSmoothing { get; init; }

    /// <inheritdoc/>
    public override void Validate() => Check.InHalfOpenRange(LabelSmoothing, 0, 1);

    /// <inheritdoc/>
    protected internal override Tensor PerRow(Tensor logits, Targets targets)
    {
        Check.Shape(logits, "[rows, classes]", logits.dim() == 2);

        var logP = logits.log_softmax(1);
        var surprise = targets.AreSoft
            ? -(targets.Distribution(logits) * logP).sum(1)
            : -logP.gather(1, targets.ClassNumbers().unsqueeze(1)).squeeze(1);
        return LabelSmoothing == 0 ? surprise : (1 - LabelSmoothing) * surprise - LabelSmoothing * logP.mean([1L]);
    }

    double IClosedForm.AddGradient(StepOutputs batch, double factor, Span<float> gradient)
    {
        var (unit, sum, classes) = (batch.UnitShare, 0.0, batch.Logits);
        Span<double> p = classes <= 256 ? stackalloc double[classes] : new double[classes];
        for (var row = 0; row < batch.Rows; row++)
        {
            var (own, partner, part) = batch.Label(row);
            var share = unit * batch.Weight(row);
            var logSum = batch.Softmax(row, p);
            var logits = batch.Outputs.Slice(row * batch.Width, batch.Width);
            var surprise = logSum - (part * batch.OwnLogit(row, own) + (1 - part) * batch.OwnLogit(row, partner));
            if (LabelSmoothing > 0)
            {
                var mean = 0.0;
                foreach (var logit in logits)
                    mean += logit / classes;
                surprise = (1 - LabelSmoothing) * surprise + LabelSmoothing * (logSum - mean);
            }

            sum += share * surprise;
            for (var i = 0; i < classes; i++)
                p[i] = factor * share * (p[i] - (i == own ? part * (1 - LabelSmoothing) : 0) - (i == partner ? (1 - part) * (1 - LabelSmoothing) : 0) - LabelSmoothing / classes);
            batch.Add(gradient, row, p);
        }

        return sum;
    }
}
