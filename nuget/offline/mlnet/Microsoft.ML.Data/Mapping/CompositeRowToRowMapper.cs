namespace Microsoft.ML.Data;

/// Mappers one after the other.
internal sealed class CompositeRowToRowMapper(DataViewSchema input, IReadOnlyList<IRowToRowMapper> mappers) : IRowToRowMapper
{
    public DataViewSchema InputSchema => input;

    public DataViewSchema OutputSchema => mappers.Count == 0 ? input : mappers[^1].OutputSchema;

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns) =>
        mappers.Reverse().Aggregate(dependingColumns, (columns, mapper) => mapper.GetDependencies(columns).ToArray());

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        if (mappers.Count == 0) return input;
        var active = new IEnumerable<DataViewSchema.Column>[mappers.Count];
        active[^1] = activeColumns.ToArray();
        for (var i = mappers.Count - 1; i > 0; i--) active[i - 1] = mappers[i].GetDependencies(active[i]).ToArray();
        for (var i = 0; i < mappers.Count; i++) input = mappers[i].GetRow(input, active[i]);
        return input;
    }
}
