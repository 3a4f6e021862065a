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

    /// <summary>How many steps pass until the penalty is taken of all training rows anew: 0 takes it of each step's rows alone. At least 0; default 0.</summary>
    /// <remarks>
    /// All rows are served in blocks, without dropout; the exact gradient at the weights is then part of every step until the next time, so that <see cref="Weight"/> means what it means without. Small batches need it most: within them small groups
    /// are missing, and statistics of few rows are wrong. It takes the memory of all rows' outputs, and the time of three or four passes over all rows; it is ours. Not for what needs all pairs of rows, such as <c>dcov</c> of three classes, where rows are many.
    /// </remarks>
    public int WholeSetEvery { get; init; }

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
    public override void Validate()
    {
        Check.AtLeast(Weight, 0);
        Check.AtLeast(WholeSetEvery, 0);
    }

    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    private protected static void CheckRows(Tensor predictions, ProtectedColumns protectedColumns, Targets targets)
    {
        Check.Shape(predictions, $"[{protectedColumns.Rows}, columns] as there are {protectedColumns.Rows} rows of protected columns", predictions.dim() == 2 && predictions.shape[0] == protectedColumns.Rows);
        Check.Shape(predictions, $"[{targets.Rows}, columns] as there are {targets.Rows} targets", targets.Rows == predictions.shape[0]);
    }
}
