using System.Runtime.InteropServices;

namespace TorchSharp;

/// <summary>The entries of libLibTorchSharp.so (shim.cpp). Tensors are TensorImpl pointers that own one reference.</summary>
internal static unsafe class Native
{
    const string Lib = "LibTorchSharp";

    [StructLayout(LayoutKind.Explicit, Size = 16)]
    internal struct Value
    {
        [FieldOffset(0)] internal int Tag;
        [FieldOffset(4)] internal int Count;
        [FieldOffset(8)] internal long Int;
        [FieldOffset(8)] internal double Double;
        [FieldOffset(8)] internal nint Pointer;
    }

    [DllImport(Lib)] static extern byte* rt_error();
    [DllImport(Lib)] static extern byte* rt_version();
    [DllImport(Lib)] internal static extern nint rt_op([MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string overload);
    [DllImport(Lib)] internal static extern int rt_call(nint op, Value* args, int count, Value* results, int capacity, Value** overflow);
    [DllImport(Lib)] internal static extern void rt_free(void* p);

    [DllImport(Lib)] internal static extern void rt_release(nint t);
    [DllImport(Lib)] internal static extern nint rt_alias(nint t);
    [DllImport(Lib), SuppressGCTransition] internal static extern long rt_numel(nint t);
    [DllImport(Lib), SuppressGCTransition] internal static extern long rt_dim(nint t);
    [DllImport(Lib), SuppressGCTransition] internal static extern void rt_sizes(nint t, long* to);
    [DllImport(Lib)] internal static extern int rt_strides(nint t, long* to);
    [DllImport(Lib), SuppressGCTransition] internal static extern long rt_offset(nint t);
    [DllImport(Lib), SuppressGCTransition] internal static extern int rt_dtype(nint t);
    [DllImport(Lib), SuppressGCTransition] internal static extern long rt_itemsize(nint t);
    [DllImport(Lib), SuppressGCTransition] internal static extern int rt_device_type(nint t);
    [DllImport(Lib), SuppressGCTransition] internal static extern int rt_device_index(nint t);
    [DllImport(Lib), SuppressGCTransition] internal static extern int rt_contiguous(nint t);
    [DllImport(Lib), SuppressGCTransition] internal static extern int rt_sparse(nint t);
    [DllImport(Lib)] internal static extern int rt_requires_grad(nint t);
    [DllImport(Lib)] internal static extern int rt_set_requires_grad(nint t, int on);
    [DllImport(Lib)] internal static extern int rt_is_leaf(nint t);
    [DllImport(Lib)] internal static extern int rt_retain_grad(nint t);
    [DllImport(Lib)] internal static extern nint rt_grad(nint t);
    [DllImport(Lib)] internal static extern int rt_set_grad(nint t, nint g);
    [DllImport(Lib)] internal static extern void* rt_data(nint t);
    [DllImport(Lib)] internal static extern nint rt_from_blob(void* data, long* sizes, int dims, int dtype, delegate* unmanaged<nint, void> release, nint state);

    [DllImport(Lib)] internal static extern int rt_save(nint t, [MarshalAs(UnmanagedType.LPUTF8Str)] string path);
    [DllImport(Lib)] internal static extern nint rt_load([MarshalAs(UnmanagedType.LPUTF8Str)] string path);

    [DllImport(Lib)] internal static extern int rt_grad_mode();
    [DllImport(Lib)] internal static extern void rt_set_grad_mode(int on);
    [DllImport(Lib)] internal static extern int rt_inference_mode();
    [DllImport(Lib)] internal static extern nint rt_inference_guard(int on);
    [DllImport(Lib)] internal static extern void rt_inference_end(nint guard);
    [DllImport(Lib)] internal static extern int rt_default_dtype();
    [DllImport(Lib)] internal static extern int rt_set_default_dtype(int dtype);
    [DllImport(Lib)] internal static extern int rt_promote(int a, int b);
    [DllImport(Lib)] internal static extern int rt_threads();
    [DllImport(Lib)] internal static extern int rt_set_threads(int n);
    [DllImport(Lib)] internal static extern int rt_interop_threads();
    [DllImport(Lib)] internal static extern int rt_set_interop_threads(int n);
    [DllImport(Lib)] internal static extern int rt_cuda();
    [DllImport(Lib)] internal static extern int rt_cuda_count();
    [DllImport(Lib)] internal static extern int rt_cudnn();
    [DllImport(Lib)] internal static extern int rt_cuda_synchronize(int index);
    [DllImport(Lib)] internal static extern int rt_tf32(int set, int on);
    [DllImport(Lib)] internal static extern int rt_manual_seed(long seed);
    [DllImport(Lib)] internal static extern nint rt_generator(long device);
    [DllImport(Lib)] internal static extern nint rt_default_generator();
    [DllImport(Lib)] internal static extern void rt_generator_free(nint g);
    [DllImport(Lib)] internal static extern int rt_generator_seed(nint g, long seed);
    [DllImport(Lib)] internal static extern long rt_generator_initial(nint g);
    [DllImport(Lib)] internal static extern long rt_generator_reseed(nint g);
    [DllImport(Lib)] internal static extern nint rt_generator_state(nint g);
    [DllImport(Lib)] internal static extern int rt_generator_set_state(nint g, nint state);

    [DllImport(Lib)] internal static extern int rt_backward(nint* tensors, int n, nint* grads, int gradCount, int retain, int create, nint* inputs, int inputCount);
    [DllImport(Lib)] internal static extern int rt_autograd_grad(nint* outputs, int n, nint* inputs, int inputCount, nint* grads, int gradCount, int retain, int create, int unused, nint* results);
    [DllImport(Lib)] internal static extern int rt_function(nint state, delegate* unmanaged<nint, nint, nint*, int, int*, nint> forward,
        delegate* unmanaged<nint, nint, nint*, int, nint*, int, nint> backward, delegate* unmanaged<nint, void> release, nint* inputs, int n, nint* results);
    [DllImport(Lib)] internal static extern int rt_context_save(nint context, nint* tensors, int n);
    [DllImport(Lib)] internal static extern int rt_context_dirty(nint context, nint* tensors, int n);
    [DllImport(Lib)] internal static extern int rt_context_non_differentiable(nint context, nint* tensors, int n);
    [DllImport(Lib)] internal static extern int rt_context_materialize(nint context, int on);
    [DllImport(Lib)] internal static extern int rt_context_saved(nint context, nint* results, int capacity);

    internal static string Version => Marshal.PtrToStringUTF8((nint)rt_version());

    /// <summary>libtorch's own message, as TorchSharp throws it.</summary>
    internal static Exception Failure() => new ExternalException(Marshal.PtrToStringUTF8((nint)rt_error()));
    internal static int Check(int result) => result >= 0 ? result : throw Failure();
    internal static nint Check(nint result) => result != 0 ? result : throw Failure();
}
