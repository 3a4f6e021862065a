namespace TorchSharp;

public static partial class torch
{
    public class Generator : IDisposable
    {
        nint handle;

        public Generator(ulong seed = 0, Device device = null)
        {
            this.device = device ?? CPU;
            InitializeDevice(this.device);
            handle = Native.Check(Native.rt_generator(this.device.Packed));
            Native.Check(Native.rt_generator_seed(handle, (long)seed));
        }

        Generator(nint handle) { this.handle = handle; device = CPU; }

        public static Generator Default { get; } = new(Native.rt_default_generator());
        public Device device { get; }
        public IntPtr Handle => handle != 0 ? handle : throw new ObjectDisposedException(nameof(Generator));

        public Generator manual_seed(long seed) { Native.Check(Native.rt_generator_seed(Handle, seed)); return this; }
        public long seed() => Native.rt_generator_reseed(Handle);
        public long initial_seed() => Native.rt_generator_initial(Handle);
        public Tensor get_state() => Tensor.Wrap(Native.Check(Native.rt_generator_state(Handle)));
        public void set_state(Tensor value) { Native.Check(Native.rt_generator_set_state(Handle, value.Handle)); GC.KeepAlive(value); }

        public void Dispose() { Dispose(true); GC.SuppressFinalize(this); }
        protected virtual void Dispose(bool disposing) { if (handle != 0) Native.rt_generator_free(handle); handle = 0; }
        ~Generator() => Dispose(false);
    }

    public static Generator manual_seed(long seed) { Native.Check(Native.rt_manual_seed(seed)); return Generator.Default; }
    public static long initial_seed() => Generator.Default.initial_seed();
    public static long seed() => Generator.Default.seed();
    public static Tensor get_rng_state() => Generator.Default.get_state();
    public static void set_rng_state(Tensor new_state) => Generator.Default.set_state(new_state);

    public static partial class random
    {
    }
}
