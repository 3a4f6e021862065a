namespace Retort;

/// <summary>Where a network is trained.</summary>
public enum TrainingDevice
{
    /// <summary>Where the ML.NET context says: on the GPU that its <c>GpuDeviceId</c> names, or on the CPU where it names none.</summary>
    Context,

    /// <summary>On the CPU, whatever the context says.</summary>
    Cpu,

    /// <summary>On the GPU that the context names, or on the first one where it names none.</summary>
    Cuda,
}
