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

    /// <summary>How much dependence is to be left, where the weight is to be found; <see cref="Weight"/> is then where the search begins. Default null: the weight is what it is. It needs validation rows.</summary>
    public PenaltyTarget? Target { get; init; }

    /// <summary>How many steps pass until the penalty is taken of all training rows anew: 0 takes it of each step's rows alone. At least 0; default 0.</summary>
    /// <remarks>
    /// All rows are served in blocks, without dropout; the exact gradient at the weights is then part of every step until the next time, so that <see cref="Weight"/> means what it means without. Small batches need it most: within them small groups
    /// are missing, and statistics of few rows are wrong. It takes the memory of all rows' outputs, and the time of three or four passes over all rows; it is ours. Not for what needs all pairs of rows, such as <c>dcov</c> of three classes, where rows are many.
    /// Seen on compas (sex, race and age together, five splits, batches of 64): <c>dcov</c> of each step's rows alone mostly shrinks all scores, since the statistic of few rows is too large: at weight 10 log-loss rises from 0.630 to 0.664, and the distance
    /// correlation falls from 0.192 to 0.186 only. Of all rows every 50 steps, at weight 20, it is 0.659 and 0.145, in hardly more time than without a penalty. The gaps between groups gain less, and <c>worst-group</c> nothing: over all rows it fits small groups by heart.
    /// On communities-crime, where dependence is strong, both ways are alike. A look at all 6,172 rows of compas takes about 10 ms with a network of two layers of 32.
    /// </remarks>
    public int WholeSetEvery { get; init; }

    /// <summary>Whether every step has of each cell of the protected columns (and of each class in it, where rows of one class are compared) its share of the step's rows, rather than what chance brings; default false.</summary>
    /// <remarks>Every row still comes once an epoch, and no row counts more. Cells are the intersections of all protected columns, numbers by their group; one with fewer rows than there are steps is in some steps only. It holds
    /// where the loss and the distillation leave the order of rows open, and where <see cref="WholeSetEvery"/> is 0. The rule is ours. Seen on compas, in batches of 64 and five splits, it changed nothing beyond chance with <c>worst-group</c>, <c>equal-opportunity</c> and <c>equalized-odds</c>.</remarks>
    public bool StratifiedBatches { get; init; }

    /// <summary>Whether rows are compared with rows of their own class.</summary>
    internal virtual bool ComparesWithinClasses => false;

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
        Target?.Validate();
        if (Target is not null)
            Check.MoreThan(Weight, 0);
    }

    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    private protected static void CheckRows(Tensor predictions, ProtectedColumns protectedColumns, Targets targets)
    {
        Check.Shape(predictions, $"[{protectedColumns.Rows}, columns] as there are {protectedColumns.Rows} rows of protected columns", predictions.dim() == 2 && predictions.shape[0] == protectedColumns.Rows);
        Check.Shape(predictions, $"[{targets.Rows}, columns] as there are {targets.Rows} targets", targets.Rows == predictions.shape[0]);
    }
}
