using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>Scores single rows as they come: the way of <c>PredictionEngine</c>.</summary>
internal sealed class ScoringMapper(ScoreBinding binding) : IRowToRowMapper
{
    public DataViewSchema InputSchema => binding.Input;

    public DataViewSchema OutputSchema => binding.Output;

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns) =>
        binding.Needed([.. dependingColumns]);

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns) =>
        new ScoredRow(binding, binding.Active(activeColumns), input);
}
