using Microsoft.ML;

namespace Retort;

/// <summary>A transformer of a model's scores, bound to the columns of one schema.</summary>
/// <param name="input">The schema.</param>
/// <param name="added">What is added.</param>
/// <param name="read">What is read.</param>
/// <param name="outputs">How many numbers a row gives.</param>
/// <param name="computer">Makes, for a row that moves, what computes these numbers [outputs].</param>
internal sealed class ScoresBinding(
    DataViewSchema input, IEnumerable<ScoreColumn> added, IReadOnlyList<DataViewSchema.Column> read, int outputs, Func<DataViewRow, RowFiller> computer) : ScoreBinding(input, added)
{
    protected override IEnumerable<DataViewSchema.Column> Read => read;

    public override ScoreSource Source(DataViewRow row) => new Outputs(row, outputs, computer(row));

    private sealed class Outputs(DataViewRow row, int count, RowFiller compute) : RowSource(row, count)
    {
        protected override void Compute(Span<float> outputs) => compute(outputs);
    }
}
