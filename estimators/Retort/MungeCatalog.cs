using Microsoft.ML;

namespace Retort;

/// <summary>Synthetic rows, on ML.NET's own catalog.</summary>
public static class MungeCatalog
{
    /// <summary>Makes synthetic rows of a table, for a teacher to label: <c>Network(…, teacher, unlabeled: ml.Data.Munge(train))</c>.</summary>
    /// <inheritdoc cref="Retort.Munge" path="/remarks"/>
    /// <param name="catalog">The catalog.</param>
    /// <param name="data">The table, as pipelines and teachers read it. All of its visible columns are made, in the same types, so that these run on the result.</param>
    /// <param name="munge">How; default: the record's own settings.</param>
    /// <param name="times">How many rows, as a multiple of the table's. More than 0; default 1.</param>
    /// <param name="labelColumnName">The label, which the made rows do not have: NaN, an empty text or a missing key; a label of another type is left out. Null where there is none.</param>
    /// <param name="keptColumnNames">Columns that keep the values of the row that each made row began as, such as weights and groups.</param>
    /// <returns>The rows, in memory.</returns>
    /// <exception cref="ArgumentException">A column is missing, there are fewer than two rows, or a setting is outside its range.</exception>
    public static IDataView Munge(
        this DataOperationsCatalog catalog,
        IDataView data,
        Munge? munge = null,
        double times = 1,
        string? labelColumnName = "Label",
        string[]? keptColumnNames = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        munge ??= new();
        munge.Validate();
        Check.MoreThan(times, 0);
        var environment = HostAccess.Environment(catalog);
        var host = environment.Register("Munge");
        return MungedTable.Make(data, munge, times, labelColumnName, keptColumnNames ?? [], Seeds.Of(HostAccess.Seed(environment), munge.Seed), () => HostAccess.CheckCanceled(host));
    }
}
