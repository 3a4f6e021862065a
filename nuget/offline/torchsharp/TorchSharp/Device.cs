using System.Globalization;

namespace TorchSharp;

public static partial class torch
{
    public class Device
    {
        public Device(string description)
        {
            var parts = description.Split(':');
            if (parts.Length is < 1 or > 2) throw new ArgumentException("Invalid device string: " + description);
            type = Parse(parts[0]);
            index = parts.Length == 2 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : -1;
        }

        public Device(string deviceType, int index = -1) : this(Parse(deviceType), index) { }
        public Device(DeviceType deviceType, int index = -1) { type = deviceType; this.index = index; }
        public Device(int index) { type = DeviceType.CUDA; this.index = index; }

        public DeviceType type { get; }
        public int index { get; }

        /// <summary>As the shim reads it: libtorch's device type, then the index.</summary>
        internal long Packed => (long)(type == DeviceType.META ? 14 : (int)type) << 16 | (ushort)(short)(type is DeviceType.CPU or DeviceType.META or DeviceType.MPS ? -1 : index);


        static DeviceType Parse(string name) => name.ToLowerInvariant() switch
        {
            "cpu" => DeviceType.CPU,
            "cuda" => DeviceType.CUDA,
            "mps" => DeviceType.MPS,
            "meta" => DeviceType.META,
            var other => Enum.Parse<DeviceType>(other.ToUpperInvariant())
        };

        public static implicit operator Device(string description) => new(description);
        public override string ToString() => type.ToString().ToLowerInvariant() + (index == -1 || type == DeviceType.CPU ? "" : ":" + index.ToString(CultureInfo.InvariantCulture));

        internal static Device Of(Device device) => device is null ? null : InitializeDevice(device);
    }

    public static Device CPU = new(DeviceType.CPU), META = new(DeviceType.META);
    public static Device CUDA => device(DeviceType.CUDA);
    public static Device MPS => device(DeviceType.MPS);

    static Device defaultDevice = CPU;
    public static Device get_default_device() => defaultDevice;
    public static void set_default_device(Device device) => defaultDevice = InitializeDevice(device);
    public static void set_default_device(string device) => set_default_device(new Device(device));

    public static Device device(string description) => InitializeDevice(new Device(description));
    public static Device device(string deviceType, int index = -1) => InitializeDevice(new Device(deviceType, index));
    public static Device device(DeviceType deviceType, int index = -1) => InitializeDevice(new Device(deviceType, index));
    public static Device device(int index) => InitializeDevice(new Device(index));

    public static Device InitializeDevice(Device device)
    {
        device ??= CPU;
        InitializeDeviceType(device.type);
        return device;
    }

    public static bool TryInitializeDeviceType(DeviceType deviceType) => deviceType switch
    {
        DeviceType.CUDA => Native.rt_cuda_count() > 0,
        DeviceType.MPS => false,
        _ => true
    };

    public static void InitializeDeviceType(DeviceType deviceType)
    {
        if (!TryInitializeDeviceType(deviceType))
            throw new InvalidOperationException($"Torch device type {deviceType} did not initialise on the current machine. Trace from LoadNativeBackend:\nlibtorch has no such device here.");
    }

    public static partial class cuda
    {
        public static bool is_available() => TryInitializeDeviceType(DeviceType.CUDA);
        public static bool is_cudnn_available() => is_available() && Native.rt_cudnn() != 0;
        public static int device_count() => Native.rt_cuda_count();
        public static void manual_seed(long seed) => Native.Check(Native.rt_manual_seed(seed));
        public static void manual_seed_all(long seed) => Native.Check(Native.rt_manual_seed(seed));
        public static void synchronize(Device device = null)
        {
            TryInitializeDeviceType(device?.type ?? DeviceType.CUDA);
            Native.Check(Native.rt_cuda_synchronize(device?.index ?? -1));
        }
    }

    public static bool cuda_is_available() => cuda.is_available();
    public static bool mps_is_available() => false;

    public static class backends
    {
        public static class cuda
        {
            public static class matmul
            {
                public static bool allow_tf32 { get => Native.rt_tf32(0, 0) != 0; set => Native.rt_tf32(1, value ? 1 : 0); }
            }
        }
    }
}
