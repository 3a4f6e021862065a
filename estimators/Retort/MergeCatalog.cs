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
    /// <para>Networks that were not trained from one start should first be tested by <see cref="MergeBarrier"/>; the log warns of them. A calibrator belongs to the logits of one network, so of calibrated
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
        if (start is null && family.Networks.Skip(1).Any(network => network.Origin.Length == 0 || network.Origin != family.Networks[0].Origin) && merging is not (WeightMatching or PleasMerging))
            channel.Warning(MessageSensitivity.None, "{0}", "The models were not trained from one start, or nobody knows; the mean of such networks is mostly worse than each. MergeBarrier tells, and WeightMatching aligns them.");

        Dataset[]? rows = null;
        try
        {
            var needsLabels = merging.NeedsLabels || calibration is not null;
            rows = dataOfEach is null || !(merging.NeedsRows || calibration is not null) ? null
                : [.. dataOfEach.Select(view => NetworkRows.Read(family.First.Network, family.First.Prepare(view), needsLabels ? labelColumnName : null, () => HostAccess.CheckCanceled(host)))];
            bool[] all = [.. models.Select(_ => true)];
            if (merging is TwinMerging twin)
            {
                if (calibration is not null)
                    throw new ArgumentException("The merging 'twin' must be of models that are not calibrated, but one is.");
                var fitted = TwinFit.Of(family.Networks, twin, family.Start, rows, () => HostAccess.CheckCanceled(host));
                return family.First.With(new TwinTransformer(family.Network(fitted.Shared, twin, all), fitted));
            }

            var merged = NetworkMerge.Of(family.Networks, merging, family.Start, rows);
            if (calibration is not null)
                merged = NetworkCalibration.Of(merged, calibration, rows![0]);
            return family.Result(merged, merging, all);
        }
        finally
        {
            foreach (var own in rows ?? [])
                own.Dispose();
        }
    }

    /// <summary>Measures whether the mean of two fitted networks can be any good, before it is taken.</summary>
    /// <inheritdoc cref="MergeBarrier" path="/remarks"/>
    /// <param name="catalog">The catalog.</param>
    /// <param name="one">A model, as for Merge.</param>
    /// <param name="other">Another of the same steps and shape.</param>
    /// <param name="data">Rows with labels, best such that neither was trained on.</param>
    /// <param name="labelColumnName">The label.</param>
    /// <param name="points">How many places on the way are measured, the ends included. At least 3; default 11.</param>
    /// <exception cref="ArgumentException">The models do not fit each other, or the data not them.</exception>
    public static MergeBarrier MergeBarrier(this ModelOperationsCatalog catalog, ITransformer one, ITransformer other, IDataView data, string labelColumnName = "Label", int points = 11)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        var host = HostAccess.Environment(catalog).Register("Merge");
        var family = ModelFamily.Of([one, other], null);
        using var rows = NetworkRows.Read(family.First.Network, family.First.Prepare(data), labelColumnName, () => HostAccess.CheckCanceled(host));
        return BarrierTest.Of(family.Networks[0], family.Networks[1], rows, points);
    }
}
