namespace TorchSharp;

public static partial class torch
{
    /// <summary>Sets a thread's grad mode and gives it back at the end.</summary>
    sealed class GradMode : IDisposable
    {
        readonly bool before = is_grad_enabled();
        internal GradMode(bool enabled) => Native.rt_set_grad_mode(enabled ? 1 : 0);
        public void Dispose() => Native.rt_set_grad_mode(before ? 1 : 0);
    }

    sealed class InferenceMode : IDisposable
    {
        nint guard;
        internal InferenceMode(bool mode) => guard = Native.rt_inference_guard(mode ? 1 : 0);
        public void Dispose() { if (guard != 0) Native.rt_inference_end(guard); guard = 0; }
    }

    public static bool is_grad_enabled() => Native.rt_grad_mode() != 0;
    public static bool is_inference_mode_enabled() => Native.rt_inference_mode() != 0;
    public static IDisposable no_grad() => new GradMode(false);
    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);
    public static IDisposable set_grad_enabled(bool mode = true) => new GradMode(mode);
    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);

    public static unsafe partial class autograd
    {
        public static IList<Tensor> grad(IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor> grad_outputs = null, bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
        {
            nint[] o = Handles(outputs), i = Handles(inputs), g = Handles(grad_outputs), r = new nint[i.Length];
            fixed (nint* po = o, pi = i, pg = g, pr = r)
                Native.Check(Native.rt_autograd_grad(po, o.Length, pi, i.Length, pg, g.Length, retain_graph ? 1 : 0, create_graph ? 1 : 0, allow_unused ? 1 : 0, pr));
            GC.KeepAlive((outputs, inputs, grad_outputs));
            return Array.ConvertAll(r, h => new Tensor(h));
        }

        public static void backward(IList<Tensor> tensors, IList<Tensor> grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor> inputs = null) =>
            Backward(tensors, grad_tensors, retain_graph is { } keep ? keep ? 1 : 0 : -1, create_graph, inputs);
        public static void backward(Tensor tensor, IList<Tensor> grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor> inputs = null) =>
            backward(new[] { tensor }, grad_tensors, retain_graph, create_graph, inputs);
        public static void backward(Tensor tensor, Tensor grad_tensor, bool? retain_graph = null, bool create_graph = false, IList<Tensor> inputs = null) =>
            backward(new[] { tensor }, new[] { grad_tensor }, retain_graph, create_graph, inputs);

        internal static void Backward(IList<Tensor> tensors, IList<Tensor> grads, int retain, bool create, IList<Tensor> inputs)
        {
            nint[] t = Handles(tensors), g = Handles(grads), i = Handles(inputs);
            fixed (nint* pt = t, pg = g, pi = i)
                Native.Check(Native.rt_backward(pt, t.Length, pg, g.Length, retain, create ? 1 : 0, pi, i.Length));
            GC.KeepAlive((tensors, grads, inputs));
        }

        internal static nint[] Handles(IList<Tensor> tensors)
        {
            if (tensors is null) return Array.Empty<nint>();
            var handles = new nint[tensors.Count];
            for (var i = 0; i < handles.Length; i++) handles[i] = tensors[i] is null ? 0 : tensors[i].Handle;
            return handles;
        }
    }
}
