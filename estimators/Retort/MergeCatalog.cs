using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Retort;

/// <summary>Merges of fitted networks, on ML.NET's own catalog.</summary>
public static class MergeCatalog
{
    /// <summary>Merges the weights of several fitted networks into one network of the same size.</summary>
    /// <remarks>
    /// <para>The models are networks of ours, or chains that hold one each between equal fitted steps, which the result keeps: fit the preprocessing once, for all of them. Classes are matched by name where
    /// their order differs. The recipe of the result is the first model's, with its <see cref="Recipe.Ancestry"/>.</para>
    /// <para>Networks that were not trained from one start should first be tested for a barrier between them; the log warns of them. A calibrator belongs to the logits of one network, so of calibrated
    /// models the merged one is calibrated anew, by the first one's recipe, on the data.</para>
    /// </remarks>
    /// <param name="catalog">The catalog.</param>
    /// <param name="models">The models, all different.</param>
    /// <param name="merging">How; default <see cref="UniformMerging"/>.</param>
    /// <param name="start">The model that all were trained from (their trainers' <c>start</c>): methods with task vectors demand it, and refuse models that began elsewhere.</param>
    /// <param name="data">Rows for methods that need some, and to calibrate; as the models read them, before their first step.</param>
    /// <param name="labelColumnName">The label in the data, which is read where the method or a calibration needs it.</param>
    /// <exception cref="ArgumentException">The models do not fit each other, the start or the method, or data is missing.</exception>
    public static ITransformer Merge(
        this ModelOperationsCatalog catalog, IReadOnlyList<ITransformer> models, Merging? merging = null, ITransformer? start = null, IDataView? data = null, string labelColumnName = "Label") =>
        Merge(catalog, models, merging ?? new UniformMerging(), start, data is null ? null : [data], labelColumnName);

    /// <summary>As <see cref="Merge(ModelOperationsCatalog, IReadOnlyList{ITransformer}, Merging?, ITransformer?, IDataView?, string)"/>, with data of each model's own, such as the rows that it was trained on.</summary>
    /// <inheritdoc cref="Merge(ModelOperationsCatalog, IReadOnlyList{ITransformer}, Merging?, ITransformer?, IDataView?, string)" path="/exception"/>
    /// <param name="catalog">The catalog.</param>
    /// <param name="models">The models, all different.</param>
    /// <param name="merging">How.</param>
    /// <param name="start">The model that all were trained from; null where nobody says.</param>
    /// <param name="dataOfEach">One view for each model, or one for all; null for none.</param>
    /// <param name="labelColumnName">The label in the data, which is read where the method or a calibration needs it.</param>
    public static ITransformer Merge(
        this ModelOperationsCatalog catalog, IReadOnlyList<ITransformer> models, Merging merging, ITransformer? start, IReadOnlyList<IDataView>? dataOfEach, string labelColumnName = "Label")
    {
        ArgumentNullException.ThrowIfNull(catalog);
        Check.Given(merging).Validate();
        Check.AtLeast(Check.Given(models).Count, 1, "The number of models");
        var host = HostAccess.Environment(catalog).Register("Merge");
        using var channel = host.Start("Merging");
        var family = ModelFamily.Of(models, start);
        var calibration = family.Calibration;
        if (calibration is not null && dataOfEach is null)
            throw new ArgumentException($"Merge must be given data where models are calibrated, as by '{Methods.Of(calibration).Id}': a calibrator belongs to the logits of one network.");
        if (start is null && family.Networks.Skip(1).Any(network => network.Origin.Length == 0 || network.Origin != family.Networks[0].Origin))
            channel.Warning(MessageSensitivity.None, "{0}", "The models were not trained from one start, or nobody knows; the mean of such networks is mostly worse than each.");

        Dataset[]? rows = null;
        try
        {
            var needsLabels = merging.NeedsLabels || calibration is not null;
            rows = dataOfEach is null || !(merging.NeedsRows || calibration is not null) ? null
                : [.. dataOfEach.Select(view => NetworkRows.Read(family.First.Network, family.First.Prepare(view), needsLabels ? labelColumnName : null, () => HostAccess.CheckCanceled(host)))];
            var merged = NetworkMerge.Of(family.Networks, merging, family.Start, rows);
            if (calibration is not null)
                merged = NetworkCalibration.Of(merged, calibration, rows![0]);
            return family.Result(merged, merging, [.. models.Select(_ => true)]);
        }
        finally
        {
            foreach (var own in rows ?? [])
                own.Dispose();
        }
    }
}
