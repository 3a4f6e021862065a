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

    /// <summary>Networks are trained on the CPU so far: a context that asks for a GPU must allow that.</summary>
    /// <exception cref="NotSupportedException">The context names a GPU and does not fall back to the CPU.</exception>
    public static void CheckDevice(IHostEnvironment environment, IChannel channel)
    {
        if (environment is not IHostEnvironmentInternal { GpuDeviceId: { } device } context)
            return;
        if (!context.FallbackToCpu)
            throw new NotSupportedException($"GpuDeviceId must be null, since networks are trained on the CPU, but is {device}; set FallbackToCpu to train there.");
        channel.Warning(MessageSensitivity.None, "{0}", $"Networks are trained on the CPU; GpuDeviceId {device} is not used.");
    }

    /// <summary>What ML.NET asks of a trainer: normalised features, and data that is read once.</summary>
    public static TrainerInfo Info { get; } = new(normalization: true, calibration: false, caching: false, supportValid: true);
}
