namespace Retort;

/// <summary>Where the numbers of a run live, and how they are changed there.</summary>
/// <param name="Device">The device of rows, weights and gradients.</param>
/// <param name="IsManaged">Whether steps are passes over the memory of the CPU; else they are libtorch's operators alone, which never wait for the device.</param>
internal sealed record Place(Device Device, bool IsManaged)
{
    public static Place Cpu { get; } = new(CPU, true);

    /// <summary>The CPU in the way of a GPU, to test that way where there is no GPU.</summary>
    public static Place CpuByOperators { get; } = new(CPU, false);

    public static Place Cuda(int index) => new(new Device(DeviceType.CUDA, index), false);

    /// <summary>The place that a recipe and a context ask for.</summary>
    /// <param name="wanted">What the recipe says.</param>
    /// <param name="gpu">The GPU that the context names, if any.</param>
    /// <param name="fallBack">Whether the context allows the CPU instead.</param>
    /// <param name="gpus">How many GPUs libtorch finds.</param>
    /// <param name="warn">Is told where the CPU is taken instead.</param>
    /// <exception cref="NotSupportedException">The GPU is not there, and the context does not allow the CPU instead.</exception>
    public static Place Choose(TrainingDevice wanted, int? gpu, bool fallBack, Func<int> gpus, Action<string> warn)
    {
        if (wanted == TrainingDevice.Cpu || wanted == TrainingDevice.Context && gpu is null)
            return Cpu;
        var (found, index) = (gpus(), gpu ?? 0);
        if (index >= 0 && index < found)
            return Cuda(index);

        var name = gpu is null ? $"Device must be a GPU that is there, but is {wanted}" : $"GpuDeviceId must be the number of a GPU that is there, but is {index}";
        var fact = found == 0 ? "libtorch finds no CUDA" : $"libtorch finds {found}";
        if (!fallBack)
            throw new NotSupportedException($"{name}, and {fact}; {(found == 0 ? "reference TorchSharp-cuda-linux or TorchSharp-cuda-windows, or " : "")}set FallbackToCpu to train on the CPU.");
        warn($"{name}, and {fact}; the network is trained on the CPU.");
        return Cpu;
    }

    /// <summary>How many GPUs libtorch finds.</summary>
    public static int Gpus() => cuda.is_available() ? cuda.device_count() : 0;
}
