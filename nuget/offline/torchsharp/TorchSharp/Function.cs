using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    public static unsafe partial class autograd
    {
        /// <summary>What a forward pass leaves for its backward pass. Saved tensors live in libtorch's node.</summary>
        public class AutogradContext : IDisposable
        {
            internal nint Node;
            readonly Dictionary<string, object> data = new();
            internal AutogradContext() { }

            void Give(IList<Tensor> tensors, delegate*<nint, nint*, int, int> entry)
            {
                var handles = Handles(tensors);
                fixed (nint* p = handles) Native.Check(entry(Node, p, handles.Length));
                GC.KeepAlive(tensors);
            }
            public void save_for_backward(List<Tensor> tensors) => Give(tensors, &Native.rt_context_save);
            public void mark_dirty(List<Tensor> tensors) => Give(tensors, &Native.rt_context_dirty);
            public void mark_non_differentiable(List<Tensor> tensors) => Give(tensors, &Native.rt_context_non_differentiable);
            public void set_materialize_grads(bool value) => Native.Check(Native.rt_context_materialize(Node, value ? 1 : 0));
            public List<Tensor> get_saved_variables()
            {
                const int most = 64;
                var results = stackalloc nint[most];
                var count = Native.Check(Native.rt_context_saved(Node, results, most));
                var list = new List<Tensor>(count);
                for (var i = 0; i < count; i++) list.Add(Tensor.Wrap(results[i]));
                return list;
            }
            public void save_data(string key, object value) => data[key] = value;
            public object get_data(string key) => data[key];
            public void Dispose() { Dispose(true); GC.SuppressFinalize(this); }
            protected virtual void Dispose(bool disposing) => data.Clear();
        }

        /// <summary>One application of a managed function, from its forward pass until libtorch drops the node.</summary>
        internal sealed class Application
        {
            internal object[] Vars;
            internal Func<AutogradContext, object[], List<Tensor>> Forward;
            internal Func<AutogradContext, List<Tensor>, List<Tensor>> Backward;
            internal readonly AutogradContext Context = new();
            [ThreadStatic] static Exception failure;

            [UnmanagedCallersOnly]
            static nint OnForward(nint state, nint node, nint* results, int capacity, int* count)
            {
                var self = (Application)GCHandle.FromIntPtr(state).Target;
                try
                {
                    self.Context.Node = node;
                    var outputs = self.Forward(self.Context, self.Vars);
                    if (outputs.Count > capacity) throw new NotSupportedException($"An autograd function with more than {capacity} outputs needs the TorchSharp package.");
                    foreach (var o in outputs) results[(*count)++] = Native.rt_alias(o.Handle);
                    return 0;
                }
                catch (Exception e) { return Note(e); }
                finally { if (self.Vars is not null) for (var i = 0; i < self.Vars.Length; i++) if (self.Vars[i] is not Tensor) self.Vars[i] = null; }
            }

            [UnmanagedCallersOnly]
            static nint OnBackward(nint state, nint node, nint* grads, int n, nint* results, int capacity)
            {
                var self = (Application)GCHandle.FromIntPtr(state).Target;
                try
                {
                    using var scope = NewDisposeScope();
                    self.Context.Node = node;
                    var incoming = new List<Tensor>(n);
                    for (var i = 0; i < n; i++) incoming.Add(Tensor.Wrap(grads[i]));
                    var outgoing = self.Backward(self.Context, incoming);
                    var at = 0;
                    for (var i = 0; i < self.TensorInputs.Length; i++)
                    {
                        if (!self.TensorInputs[i] && outgoing.Count == self.TensorInputs.Length) continue;
                        var g = self.TensorInputs[i] ? outgoing.Count == self.TensorInputs.Length ? outgoing[i] : outgoing[at] : null;
                        if (self.TensorInputs[i] && at < capacity) results[at++] = g is null ? 0 : Native.rt_alias(g.Handle);
                    }
                    return 0;
                }
                catch (Exception e) { return Note(e); }
            }

            [UnmanagedCallersOnly]
            static void OnRelease(nint state) => GCHandle.FromIntPtr(state).Free();

            static nint Note(Exception e) { failure = e; return Marshal.StringToCoTaskMemUTF8(e.Message); }

            internal bool[] TensorInputs;

            internal List<Tensor> Run()
            {
                const int most = 64;
                TensorInputs = Array.ConvertAll(Vars, v => v is Tensor);
                var inputs = Vars.OfType<Tensor>().ToArray();
                var handles = Handles(inputs);
                var results = stackalloc nint[most];
                var state = GCHandle.ToIntPtr(GCHandle.Alloc(this));
                failure = null;
                int count;
                fixed (nint* p = handles) count = Native.rt_function(state, &OnForward, &OnBackward, &OnRelease, p, handles.Length, results);
                GC.KeepAlive(inputs);
                Vars = null;
                if (count < 0) throw failure is { } e ? Rethrown(e) : Native.Failure();
                var list = new List<Tensor>(count);
                for (var i = 0; i < count; i++) list.Add(Tensor.Wrap(results[i]));
                return list;
            }

            static Exception Rethrown(Exception e) { failure = null; System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e); return e; }
        }

        public abstract class Function<T> where T : Function<T>, new()
        {
            protected Function() { }
            public abstract string Name { get; }
            internal abstract Application Start();
            public static List<Tensor> apply_internal(params object[] vars)
            {
                var run = new T().Start();
                run.Vars = (object[])vars.Clone();
                return run.Run();
            }
        }

        public abstract class SingleTensorFunction<T> : Function<T> where T : SingleTensorFunction<T>, new()
        {
            protected SingleTensorFunction() { }
            public abstract Tensor forward(AutogradContext ctx, params object[] vars);
            public abstract List<Tensor> backward(AutogradContext ctx, Tensor grad_output);
            internal override Application Start() => new() { Forward = (c, v) => new List<Tensor> { forward(c, v) }, Backward = (c, g) => backward(c, g[0]) };
            public static Tensor apply(params object[] vars) => apply_internal(vars)[0];
        }

        public abstract class MultiTensorFunction<T> : Function<T> where T : MultiTensorFunction<T>, new()
        {
            protected MultiTensorFunction() { }
            public abstract List<Tensor> forward(AutogradContext ctx, params object[] vars);
            public abstract List<Tensor> backward(AutogradContext ctx, List<Tensor> grad_outputs);
            internal override Application Start() => new() { Forward = forward, Backward = backward };
            public static List<Tensor> apply(params object[] vars) => apply_internal(vars);
        }
    }
}
