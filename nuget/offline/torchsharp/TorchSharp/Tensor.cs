using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// A handle to a tensor of libtorch. It is freed by Dispose, by the scope that it was made in, or at last by its finalizer;
    /// in-place operations answer this very object.
    /// </summary>
    public unsafe partial class Tensor : IScoped
    {
        static long totalCount, peakCount;
        nint handle;

        internal Tensor(nint handle)
        {
            this.handle = handle;
            var total = Interlocked.Increment(ref totalCount);
            if (total > Volatile.Read(ref peakCount)) Volatile.Write(ref peakCount, total);
            scope = DisposeScopeManager.Current.Register(this);
        }

        DisposeScope scope;
        DisposeScope IScoped.OwningScope { get => scope; set => scope = value; }
        bool IScoped.IsDisposed => handle == 0;

        internal static Tensor Wrap(nint handle) => handle == 0 ? null : new Tensor(handle);
        public static Tensor UnsafeCreateTensor(IntPtr handle) => new(handle);

        public IntPtr Handle => handle != 0 ? handle : throw new InvalidOperationException("Tensor invalid -- empty handle.");
        public bool IsInvalid => handle == 0;
        public static long TotalCount => Interlocked.Read(ref totalCount);
        public static long PeakCount => Interlocked.Read(ref peakCount);

        public void Dispose() { Leave(); Free(); }

        void Leave()
        {
            if (handle == 0) return;
            if (scope is { } owner) owner.MarkAsDisposed(this);
            else DisposeScopeManager.Current.StatisticsOfTensors.DisposedOutsideScopeCount++;
        }

        /// <summary>Dispose, for a scope that has done the counting.</summary>
        void IScoped.Free() => Free();
        void Free()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        ~Tensor() { Leave(); Dispose(false); }

        protected void Dispose(bool disposing)
        {
            var old = Interlocked.Exchange(ref handle, 0);
            if (old == 0) return;
            Native.rt_release(old);
            Interlocked.Decrement(ref totalCount);
        }

        /// <summary>Gives the reference away: the caller frees it.</summary>
        public IntPtr DecoupleFromNativeHandle()
        {
            GC.SuppressFinalize(this);
            if (scope is { } owner) owner.Detach(this);
            var old = Handle;
            handle = 0;
            Interlocked.Decrement(ref totalCount);
            return old;
        }

        public Tensor MoveToOuterDisposeScope() { scope?.MoveToOuter(this); return this; }
        public Tensor DetachFromDisposeScope() { scope?.Detach(this); return this; }
        public Tensor DetatchFromDisposeScope() => DetachFromDisposeScope();
        public Tensor MoveToOtherDisposeScope(DisposeScope other)
        {
            if (scope is null) other?.Attach(this);
            else scope.MoveToOther(other, this);
            return this;
        }
        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other.scope);

        public override bool Equals(object obj) => obj is Tensor t && Equals(t);
        public bool Equals(Tensor target) => Op.Bool("equal", this, target);
        public override int GetHashCode() => Handle.GetHashCode();

        // Metadata

        public long dim() => Native.rt_dim(Handle);
        public long ndim => dim();
        public long Dimensions => dim();
        public long numel() => Native.rt_numel(Handle);
        public long NumberOfElements => numel();
        public long element_size() => Native.rt_itemsize(Handle);
        public long ElementSize => element_size();
        public long[] shape => size();
        public long[] size()
        {
            var to = new long[dim()];
            fixed (long* p = to) Native.rt_sizes(Handle, p);
            return to;
        }
        public long size(int dim) => Native.rt_dim(Handle) is var n && dim >= -n && dim < n ? size()[dim < 0 ? dim + n : dim] : throw Out(dim);
        public long[] stride()
        {
            var to = new long[dim()];
            fixed (long* p = to) Native.Check(Native.rt_strides(Handle, p));
            return to;
        }
        public long stride(int dim) => Native.rt_dim(Handle) is var n && dim >= -n && dim < n ? stride()[dim < 0 ? dim + n : dim] : throw Out(dim);
        Exception Out(int dim) => new ExternalException($"Dimension out of range (expected to be in range of [{-this.dim()}, {this.dim() - 1}], but got {dim})");
        public long storage_offset() => Native.rt_offset(Handle);
        public ScalarType dtype => (ScalarType)Native.rt_dtype(Handle);
        public DeviceType device_type => (DeviceType)Native.rt_device_type(Handle);
        public int device_index => Native.rt_device_index(Handle);
        public Device device => new(device_type, device_index);
        public bool is_cpu() => device_type == DeviceType.CPU;
        public bool is_cuda => device_type == DeviceType.CUDA;
        public bool is_meta => device_type == DeviceType.META;
        public bool is_sparse => Native.rt_sparse(Handle) != 0;
        public bool is_contiguous() => Native.rt_contiguous(Handle) != 0;
        public bool is_floating_point() => torch.is_floating_point(dtype);
        public bool is_integral() => torch.is_integral(dtype);
        public bool is_complex() => torch.is_complex(dtype);

        // Autograd

        public bool is_leaf => Native.rt_is_leaf(Handle) != 0;
        public bool requires_grad
        {
            get => Native.rt_requires_grad(Handle) != 0;
            set => Native.Check(Native.rt_set_requires_grad(Handle, value ? 1 : 0));
        }
        public Tensor requires_grad_(bool requires_grad = true) { this.requires_grad = requires_grad; return this; }
        public Tensor with_requires_grad(bool requires_grad = true) { this.requires_grad = requires_grad; return this; }
        public void retain_grad() => Native.Check(Native.rt_retain_grad(Handle));
        public Tensor grad
        {
            get
            {
                var found = Wrap(Native.rt_grad(Handle));
                GC.KeepAlive(this);
                return found;
            }
            set { Native.Check(Native.rt_set_grad(Handle, value is null ? 0 : value.Handle)); GC.KeepAlive(value); }
        }
        public void backward() => autograd.Backward(new[] { this }, null, -1, false, null);
        public void backward(IList<Tensor> grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor> inputs = null) =>
            autograd.Backward(new[] { this }, grad_tensors, retain_graph ? 1 : 0, create_graph, inputs);

        // Values

        internal void* Data()
        {
            if (device_type != DeviceType.CPU) throw new InvalidOperationException("Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");
            var p = Native.rt_data(Handle);
            return p != null || numel() == 0 ? p : throw Native.Failure();
        }

        internal void Require(Type type)
        {
            var fits = dtype switch
            {
                ScalarType.Byte => typeof(byte), ScalarType.Int8 => typeof(sbyte), ScalarType.Int16 => typeof(short), ScalarType.Int32 => typeof(int), ScalarType.Int64 => typeof(long),
                ScalarType.Float16 => typeof(Half), ScalarType.Float32 => typeof(float), ScalarType.Float64 => typeof(double), ScalarType.Bool => typeof(bool),
                ScalarType.ComplexFloat32 => typeof((float, float)), ScalarType.ComplexFloat64 => typeof(Complex), _ => null
            };
            if (fits != type) throw new ArgumentException($"{type.Name} is not compatible with {dtype}");
        }

        public TensorAccessor<T> data<T>() where T : struct
        {
            Require(typeof(T));
            return new TensorAccessor<T>(this);
        }

        public T item<T>() where T : struct
        {
            if (numel() != 1) throw new ArgumentException("Number of elements in the tensor must be 1");
            Require(typeof(T));
            using var here = is_cpu() ? null : cpu();
            var value = Unsafe.Read<T>((here ?? this).Data());
            GC.KeepAlive(this);
            return value;
        }

        public Scalar ToScalar()
        {
            if (is_complex()) { using var wide = to_type(ScalarType.ComplexFloat64); return wide.item<Complex>(); }
            var v = Op.CallValue("item", this);
            return (Arg.Kind)v.Tag switch { Arg.Kind.Bool => v.Int != 0, Arg.Kind.Int => v.Int, _ => v.Double };
        }

        public Span<byte> bytes
        {
            get
            {
                if (!is_contiguous()) throw new InvalidOperationException("Bytes() called on non-contiguous tensor.");
                return new Span<byte>(Data(), checked((int)(numel() * element_size())));
            }
            set
            {
                if (!is_contiguous()) throw new InvalidOperationException("SetBytes() called on non-contiguous tensor.");
                if (value.Length != numel() * element_size()) throw new ArgumentException("Mismatched data sizes in SetBytes().");
                value.CopyTo(new Span<byte>(Data(), value.Length));
            }
        }

        public void ReadBytesFromStream(Stream stream, int bufferSize = 1024)
        {
            if (!is_contiguous()) throw new NotImplementedException("ReadBytesFromStream called on non-contiguous tensor.");
            var p = (byte*)Data();
            for (long left = numel() * element_size(); left > 0;)
            {
                var part = new Span<byte>(p, (int)Math.Min(left, bufferSize));
                stream.ReadExactly(part);
                p += part.Length; left -= part.Length;
            }
            GC.KeepAlive(this);
        }

        public void WriteBytesToStream(Stream stream, int bufferSize = 1024)
        {
            if (!is_contiguous()) throw new NotImplementedException("WriteBytesToStream called on non-contiguous tensor.");
            var p = (byte*)Data();
            for (long left = numel() * element_size(); left > 0;)
            {
                var part = new ReadOnlySpan<byte>(p, (int)Math.Min(left, bufferSize));
                stream.Write(part);
                p += part.Length; left -= part.Length;
            }
            GC.KeepAlive(this);
        }

        public static Tensor Load(BinaryReader reader) => TensorFormat.Read(reader, false);
        public static Tensor Load(Stream stream) { using var reader = new BinaryReader(stream, System.Text.Encoding.UTF8, true); return Load(reader); }
        public static Tensor Load(string location) { using var reader = new BinaryReader(File.OpenRead(location)); return Load(reader); }

        public void save(string location) => Native.Check(Native.rt_save(Handle, location));
        public static Tensor load(string location) => Wrap(Native.Check(Native.rt_load(location)));

        T Read<T>(long i) where T : struct
        {
            Require(typeof(T));
            if (i < 0 || i >= numel()) throw new IndexOutOfRangeException("The index is out of bounds.");
            return new TensorAccessor<T>(this)[i];
        }
        public T ReadCpuValue<T>(long i) where T : struct => Read<T>(i);
        public bool ReadCpuBool(long i) => Read<bool>(i);
        public byte ReadCpuByte(long i) => Read<byte>(i);
        public sbyte ReadCpuSByte(long i) => Read<sbyte>(i);
        public short ReadCpuInt16(long i) => Read<short>(i);
        public int ReadCpuInt32(long i) => Read<int>(i);
        public long ReadCpuInt64(long i) => Read<long>(i);
        public float ReadCpuSingle(long i) => Read<float>(i);
        public double ReadCpuDouble(long i) => Read<double>(i);

        // Kinds and places

        static Device Init(Device device) { InitializeDeviceType(device.type); return device; }
        Tensor After(Tensor result, bool disposeAfter) { if (disposeAfter) Dispose(); return result; }
        public Tensor to_type(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) => After(Op.Call("to.dtype", this, type, non_blocking, copy), disposeAfter);
        public Tensor to(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) => to_type(type, copy, disposeAfter, non_blocking);
        public Tensor to(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) => After(Op.Call("to.device", this, Init(device), dtype, non_blocking, copy), disposeAfter);
        public Tensor to(string device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) => to(new Device(device), copy, disposeAfter, non_blocking);
        public Tensor to(DeviceType deviceType, int deviceIndex = -1, bool copy = false, bool disposeAfter = false, bool non_blocking = false) => to(new Device(deviceType, deviceIndex), copy, disposeAfter, non_blocking);
        public Tensor to(ScalarType type, Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) => After(Op.Call("to.device", this, InitializeDevice(device), type, non_blocking, copy), disposeAfter);
        public Tensor to(Tensor other, bool non_blocking = false) => to(other.dtype, other.device, non_blocking: non_blocking);
        public Tensor cpu() => to(CPU);
        public Tensor cuda(Device device = null, bool non_blocking = false) => to(device ?? CUDA, non_blocking: non_blocking);
        public Tensor type(ScalarType dtype) => to_type(dtype);
        public Tensor type(Func<Tensor, Tensor> typeFunc) => typeFunc(this);
        public Tensor type_as(Tensor tensor) => to_type(tensor.dtype);
        public Tensor @byte() => to_type(ScalarType.Byte);
        public Tensor @char() => to_type(ScalarType.Int8);
        public Tensor @short() => to_type(ScalarType.Int16);
        public Tensor @int() => to_type(ScalarType.Int32);
        public Tensor @long() => to_type(ScalarType.Int64);
        public Tensor half() => to_type(ScalarType.Float16);
        public Tensor bfloat16() => to_type(ScalarType.BFloat16);
        public Tensor @float() => to_type(ScalarType.Float32);
        public Tensor @double() => to_type(ScalarType.Float64);
        public Tensor @bool() => to_type(ScalarType.Bool);
        public Tensor cfloat() => to_type(ScalarType.ComplexFloat32);
        public Tensor cdouble() => to_type(ScalarType.ComplexFloat64);

        public Tensor alias()
        {
            var copy = Wrap(Native.rt_alias(Handle));
            GC.KeepAlive(this);
            return copy;
        }

        public override string ToString() => TensorText.Metadata(this);
        public string ToString(TensorStringStyle style, string fltFormat = null, int? width = null, System.Globalization.CultureInfo cultureInfo = null, string newLine = null) =>
            TensorText.Format(this, style, fltFormat, newLine);
    }
}
