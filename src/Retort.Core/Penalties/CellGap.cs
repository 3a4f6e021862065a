using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>How far the means of cells lie apart; cells are the intersections of all protected columns, numbers by their group.</summary>
/// <remarks>Cells without a row in the batch are left out, and a cell with few says little: batches should be large beside the number of cells.</remarks>
public abstract record CellGap : Penalty
{
    /// <summary>How differences become one number; default <see cref="GapMeasure.Squared"/>.</summary>
    [Choice(GapMeasure.Squared, GapMeasure.Largest)]
    public GapMeasure Measure { get; init; }

    /// <summary>How far below the largest mean a cell still counts, where <see cref="Measure"/> is Largest: <c>s ln(mean of exp(m / s))</c> stands for the largest m, and likewise for the smallest. At least 0, 0 for exact; default 0.</summary>
    [Range(0.0, 0.1, 0.0)]
    public double Smoothing { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.Defined(Measure);
        Check.AtLeast(Smoothing, 0);
    }

    /// <summary>The gap of each column between cells, added.</summary>
    /// <param name="values">[rows, columns].</param>
    /// <param name="protectedColumns">The same rows.</param>
    /// <param name="weights">How much each row counts, [rows].</param>
    private protected Tensor Gap(Tensor values, ProtectedColumns protectedColumns, Tensor weights)
    {
        var means = CellMeans.Of(values, protectedColumns, weights);
        if (means.shape[0] < 2)
            return (values * 0).sum();
        return Measure == GapMeasure.Squared ? (means - means.mean([0L], true)).square().mean([0L]).sum()
            : (CellMeans.Largest(means, Smoothing) + CellMeans.Largest(-means, Smoothing)).sum();
    }

    /// <summary>The mean over the classes that have weight of the gap among their rows.</summary>
    /// <param name="predictions">[rows, classes], or [rows, 1] where there are two.</param>
    /// <param name="protectedColumns">The same rows.</param>
    /// <param name="targets">The classes of the rows.</param>
    /// <param name="weights">How much each row counts, [rows]; null where all count alike.</param>
    /// <param name="values">What is compared among the rows of a class, [rows, columns].</param>
    private protected Tensor LabelGaps(Tensor predictions, ProtectedColumns protectedColumns, Targets targets, Tensor? weights, Func<long, Tensor> values)
    {
        var (classes, each) = (targets.ClassNumbers(), WeightedMean.Each(predictions, weights));
        var seen = classes[each > 0].unique(sorted: true).Item1;
        var sum = (predictions * 0).sum();
        for (var i = 0L; i < seen.shape[0]; i++)
        {
            var label = seen[i].ToInt64();
            sum += Gap(values(label), protectedColumns, each * classes.eq(label).to_type(each.dtype));
        }

        return sum / Math.Max(seen.shape[0], 1);
    }
}
