using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// One computed column: what it is called, the input columns that it reads, and its getter on a row of the input.
/// The getter is a ValueGetter of the column's raw type; at the time of the call every source is active in the row.
internal sealed record MappedColumn(DataViewSchema.DetachedColumn Column, int[] Sources, Func<DataViewRow, Delegate> Getter);

/// The columns that a transformer computes from one row of the input.
internal abstract class RowMapper : IRowMapper
{
    public abstract DataViewSchema.DetachedColumn[] Columns { get; }

    public abstract IEnumerable<int> Sources(int column);

    /// Getters for the active columns, null for the others.
    public abstract Delegate[] Getters(DataViewRow row, Func<int, bool> active);

    DataViewSchema.DetachedColumn[] IRowMapper.GetOutputColumns() => Columns;

    Func<int, bool> IRowMapper.GetDependencies(Func<int, bool> activeOutput) =>
        Enumerable.Range(0, Columns.Length).Where(activeOutput).SelectMany(Sources).ToHashSet().Contains;

    Delegate[] IRowMapper.CreateGetters(DataViewRow input, Func<int, bool> activeOutput, out Action disposer)
    {
        disposer = null;
        return Getters(input, activeOutput);
    }

    ITransformer IRowMapper.GetTransformer() => throw Contracts.ExceptNotSupp("Mappers without their transformer are in the package Microsoft.ML");

    void ICanSaveModel.Save(ModelSaveContext ctx) => throw Contracts.ExceptNotSupp("Saving a mapper without its transformer is in the package Microsoft.ML");

    public static RowMapper Of(IEnumerable<MappedColumn> columns) => new Independent(columns.ToArray());

    private sealed class Independent(MappedColumn[] columns) : RowMapper
    {
        public override DataViewSchema.DetachedColumn[] Columns { get; } = columns.Select(c => c.Column).ToArray();

        public override IEnumerable<int> Sources(int column) => columns[column].Sources;

        public override Delegate[] Getters(DataViewRow row, Func<int, bool> active) => columns.Select((c, i) => active(i) ? c.Getter(row) : null).ToArray();
    }
}
