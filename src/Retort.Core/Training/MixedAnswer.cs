namespace Retort;

/// <summary>What the network says of a step with mixed rows.</summary>
/// <param name="Student">Of the step's rows, which are mixed themselves where there are no copies.</param>
/// <param name="Batch">Those rows, each target as often as there are members.</param>
/// <param name="Copies">Of the mixtures behind them.</param>
internal sealed record MixedAnswer(StudentOutput Student, Batch Batch, IReadOnlyList<MixedCopy> Copies)
{
    /// <summary>The run's loss on labels.</summary>
    public required Func<StudentOutput, Batch, Tensor> Loss { get; init; }
}

/// <summary>What the network says of mixtures that stand behind the rows of a step.</summary>
/// <param name="Student">What it says.</param>
/// <param name="Batch">The mixtures.</param>
/// <param name="Mixed">How they came about.</param>
internal sealed record MixedCopy(StudentOutput Student, Batch Batch, MixedRows Mixed);
