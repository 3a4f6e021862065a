namespace Retort;

/// <summary>How a classifier's logits are turned into probabilities that keep what they promise, learned on rows that the classifier has not seen.</summary>
/// <remarks>Where a model gives probabilities rather than logits, their logarithms are its logits. Two classes have the logits (0, z).</remarks>
public abstract record Calibration : Part
{
    /// <summary>Whether the likeliest class of every row stays the likeliest, so that accuracy cannot change.</summary>
    public abstract bool KeepsArgMax { get; }

    /// <summary>How many noisy copies of each row the model must score beside it, while learning and ever after; 0 for none.</summary>
    internal virtual int CopiesOfRows => 0;

    /// <summary>The deviation of the noise of those copies, in units of each column's own.</summary>
    internal virtual double NoiseOfCopies => 0;

    /// <summary>Learns from rows whose classes are known.</summary>
    /// <param name="logits">Logits or log-probabilities [rows, classes], float32 or float64; minus infinity is taken as <see cref="Calibrator.LeastLogit"/>.</param>
    /// <param name="labels">Class numbers from 0, int64 [rows].</param>
    /// <param name="weights">How much each row counts, [rows], at least 0; null where all count alike.</param>
    /// <exception cref="ArgumentException">A shape or type does not fit, there are no rows or fewer than two classes, a logit is NaN, or a label is not a class.</exception>
    public Calibrator Fit(Tensor logits, Tensor labels, Tensor? weights = null)
    {
        using var scope = NewDisposeScope();
        Check.Shape(logits, "[rows, classes]", logits.dim() == 2);
        Check.Type(labels, int64);
        Check.Shape(labels, $"[{logits.shape[0]}], one a row", labels.dim() == 1 && labels.shape[0] == logits.shape[0]);
        if (weights is not null)
            Check.Shape(weights, $"[{logits.shape[0]}], one a row", weights.dim() == 1 && weights.shape[0] == logits.shape[0]);
        return Fit(new CalibrationRows(
            Memory.Of<double>(logits.detach().to(float64).cpu().contiguous()).ToArray(),
            (int)logits.shape[1],
            [.. Memory.Of<long>(labels.cpu().contiguous()).ToArray().Select(label => (int)label)],
            weights is null ? null : Memory.Of<double>(weights.detach().to(float64).cpu().contiguous()).ToArray()));
    }

    internal Calibrator Fit(CalibrationRows rows)
    {
        Validate();
        rows.Check();
        if (rows.CopiesOfRows != CopiesOfRows)
            throw Check.Wrong($"The number of noisy copies of a row that '{Methods.Of(this).Id}' learns from", $"be {CopiesOfRows}", $"{rows.CopiesOfRows}");
        return Learn(rows);
    }

    /// <summary>The calibrator for rows that were checked.</summary>
    private protected abstract Calibrator Learn(CalibrationRows rows);

    /// <summary>The calibrator that <see cref="Calibrator.WriteNumbers"/> wrote.</summary>
    /// <exception cref="ArgumentException">The numbers are not those of such a calibrator.</exception>
    private protected abstract Calibrator ReadNumbers(BinaryReader reader, int classes);

    internal Calibrator Read(BinaryReader reader, int classes) => ReadNumbers(reader, classes);
}
