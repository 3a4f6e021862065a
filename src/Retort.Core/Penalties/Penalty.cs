using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>What it costs that predictions depend on protected columns: a pure function of both.</summary>
/// <remarks>
/// A penalty lowers one measure of dependence on the rows that it sees. It promises nothing about rows that it does not see, or about any other measure.
/// </remarks>
public abstract record Penalty : Part
{
    /// <summary>How much the penalty counts beside the loss. At least 0; default 1.</summary>
    [Range(0.01, 100.0, 1.0, true)]
    public double Weight { get; init; } = 1;

    /// <summary>What a batch costs, one number, before <see cref="Weight"/>.</summary>
    /// <param name="predictions">Probabilities [rows, classes], where the task is binary those of class 1 alone, [rows, 1]; or values [rows, 1] in regression.</param>
    /// <param name="protectedColumns">The protected columns of the same rows.</param>
    /// <param name="targets">What the rows should become.</param>
    /// <param name="weights">How much each row counts, [rows]; null where all count alike.</param>
    /// <param name="step">Where the run stands.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public abstract Tensor Value(Tensor predictions, ProtectedColumns protectedColumns, Targets targets, Tensor? weights, StepContext step);

    /// <summary>What a batch costs by itself, outside a run.</summary>
    /// <param name="predictions">Probabilities [rows, classes], where the task is binary those of class 1 alone, [rows, 1]; or values [rows, 1] in regression.</param>
    /// <param name="protectedColumns">The protected columns of the same rows.</param>
    /// <param name="targets">What the rows should become.</param>
    /// <param name="weights">How much each row counts, [rows]; null where all count alike.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public Tensor Value(Tensor predictions, ProtectedColumns protectedColumns, Targets targets, Tensor? weights = null) =>
        Value(predictions, protectedColumns, targets, weights, StepContext.First());

    /// <inheritdoc/>
    public override void Validate() => Check.AtLeast(Weight, 0);

    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    private protected static void CheckRows(Tensor predictions, ProtectedColumns protectedColumns, Targets targets)
    {
        Check.Shape(predictions, $"[{protectedColumns.Rows}, columns] as there are {protectedColumns.Rows} rows of protected columns", predictions.dim() == 2 && predictions.shape[0] == protectedColumns.Rows);
        Check.Shape(predictions, $"[{targets.Rows}, columns] as there are {targets.Rows} targets", targets.Rows == predictions.shape[0]);
    }
}
