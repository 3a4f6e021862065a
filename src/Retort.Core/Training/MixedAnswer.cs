namespace Retort;

/// <summary>What the network says of a step with mixed rows.</summary>
/// <param name="Student">Of the step's rows, which are mixed themselves where there are no copies.</param>
/// <param name="Batch">Those rows, each target as often as there are members.</param>
/// <param name="Copies">Of the mixtures behind them.</param>
internal sealed record MixedAnswer(StudentOutput Student, Batch Batch, IReadOnlyList<MixedCopy> Copies)
{
    /// <summary>How the step's rows came to be mixed; null where there are copies.</summary>
    public MixedRows? Mixed { get; init; }

    /// <summary>The run's loss on labels.</summary>
    public required Func<StudentOutput, Batch, Tensor> OfLabels { get; init; }

    /// <summary>What the network would say of other numbers and categories of these rows, without dropout, with gradients at the numbers and none at its weights; its last block beside it.</summary>
    public Func<Tensor, Tensor?, StudentOutput> Ask { get; init; } = (_, _) => throw new InvalidOperationException("A network must be there to be asked, but is not.");

    /// <summary>The numbers of rows, [rows, features].</summary>
    public Func<long[], Tensor> Rows { get; init; } = _ => throw new InvalidOperationException("Rows must be there to be asked for, but are not.");

    /// <summary>All rows.</summary>
    public MixingRows All { get; init; } = new() { Rows = 0 };
}

/// <summary>What the network says of mixtures that stand behind the rows of a step.</summary>
/// <param name="Student">What it says.</param>
/// <param name="Batch">The mixtures.</param>
/// <param name="Mixed">How they came about.</param>
internal sealed record MixedCopy(StudentOutput Student, Batch Batch, MixedRows Mixed);
