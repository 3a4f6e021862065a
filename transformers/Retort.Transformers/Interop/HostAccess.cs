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

    /// <summary>What ML.NET asks of a trainer: normalised features, and data that is read once.</summary>
    public static TrainerInfo Info { get; } = new(normalization: true, calibration: false, caching: false, supportValid: true);
}
