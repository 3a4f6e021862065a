using Microsoft.ML;

namespace Retort;

/// <summary>Weights by group and label, on ML.NET's own catalog.</summary>
public static class ReweighCatalog
{
    /// <summary>Weighs the rows of a table, so that group and label do not depend on each other in what a trainer sees: <c>Trainers.LbfgsLogisticRegression(exampleWeightColumnName: "Weight").Fit(ml.Data.Reweigh(train, ["sex"]))</c>.</summary>
    /// <inheritdoc cref="Reweighing" path="/remarks"/>
    /// <param name="catalog">The catalog.</param>
    /// <param name="data">The table to train on. It is read twice at once, for what its groups and labels are and for how often they come together.</param>
    /// <param name="protectedColumnNames">Columns of Single, Boolean, key, text or integers; rows that share the group of all of them are one group.</param>
    /// <param name="labelColumnName">The label, of the same types; one of numbers is cut into groups. Rows without one keep their weight.</param>
    /// <param name="exampleWeightColumnName">The column of weights that is added, float. Where the data has one of that name, the factors are multiplied with it and the result takes its place.</param>
    /// <param name="reweighing">How groups are made; default: the record's own settings.</param>
    /// <returns>The same rows with the column of weights, computed as they are read.</returns>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type, there is nothing to weigh, or a setting is outside its range.</exception>
    public static IDataView Reweigh(
        this DataOperationsCatalog catalog,
        IDataView data,
        string[] protectedColumnNames,
        string labelColumnName = "Label",
        string exampleWeightColumnName = "Weight",
        Reweighing? reweighing = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        reweighing ??= new();
        reweighing.Validate();
        var host = HostAccess.Environment(catalog).Register("Reweigh");
        using var channel = host.Start("Reweighing");
        return ReweighedTable.Make(data, reweighing, protectedColumnNames, Check.Given(labelColumnName), Check.Given(exampleWeightColumnName), channel, () => HostAccess.CheckCanceled(host));
    }
}
