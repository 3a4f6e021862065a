using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Retort;

/// <summary>What a trainer needs of the environment that it was made in.</summary>
internal static class HostAccess
{
    /// <summary>The environment behind <c>mlContext.….Trainers</c>.</summary>
    public static IHostEnvironment Environment(TrainCatalogBase.CatalogInstantiatorBase trainers) =>
        CatalogUtils.GetEnvironment((IInternalCatalog)trainers);

    /// <summary>The environment behind <c>mlContext.BinaryClassification</c> and its kind.</summary>
    public static IHostEnvironment Environment(TrainCatalogBase catalog) => CatalogUtils.GetEnvironment((IInternalCatalog)catalog);

    /// <summary>The environment behind <c>mlContext.Data</c>.</summary>
    public static IHostEnvironment Environment(DataOperationsCatalog catalog) => CatalogUtils.GetEnvironment((IInternalCatalog)catalog);

    /// <summary>The environment behind <c>mlContext.Model</c>.</summary>
    public static IHostEnvironment Environment(ModelOperationsCatalog catalog) => CatalogUtils.GetEnvironment((IInternalCatalog)catalog);

    /// <summary>The seed of the context; a context without one gives another number each time.</summary>
    public static int Seed(IHostEnvironment environment) =>
        (environment as IHostEnvironmentInternal)?.Seed ?? Random.Shared.Next();

    /// <summary>Throws once the context's execution was cancelled, as AutoML does at the end of a trial's time.</summary>
    /// <exception cref="OperationCanceledException">The execution was cancelled.</exception>
    public static void CheckCanceled(IHost host)
    {
        if (host is ICancelable { IsCanceled: true })
            throw new OperationCanceledException("Training was cancelled.");
    }

    /// <summary>Where a recipe is trained in a context. The channel hears where the CPU takes the place of a GPU.</summary>
    /// <exception cref="NotSupportedException">A GPU is asked for that is not there, and the context does not fall back to the CPU.</exception>
    public static Place Place(IHostEnvironment environment, Recipe recipe, IChannel channel)
    {
        var context = environment as IHostEnvironmentInternal;
        return Retort.Place.Choose(
            recipe.Device, context?.GpuDeviceId, context?.FallbackToCpu ?? false, Retort.Place.Gpus, text => channel.Warning(MessageSensitivity.None, "{0}", text));
    }

    /// <summary>What ML.NET asks of a trainer: normalised features, and data that is read once.</summary>
    public static TrainerInfo Info { get; } = new(normalization: true, calibration: false, caching: false, supportValid: true);
}
