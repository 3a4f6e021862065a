namespace TorchSharp;

public static partial class torch
{
    public struct TensorIndex
    {
        internal enum Kind { Single, Slice, None, Null, Ellipsis, Bool, Tensor }
        internal Kind kind;
        internal long? first, last, step;
        internal Tensor tensor;

        public static TensorIndex None = new() { kind = Kind.None }, Null = new() { kind = Kind.Null }, Ellipsis = new() { kind = Kind.Ellipsis }, Colon = new() { kind = Kind.Slice };
        public static TensorIndex Single(long? index) => new() { kind = Kind.Single, first = index };
        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) => new() { kind = Kind.Slice, first = start, last = stop, step = step };
        public static TensorIndex Slice((int?, int?) range) => Slice((long?)range.Item1, range.Item2);
        public static TensorIndex Slice(Range range) => Slice(At(range.Start), range.End is { IsFromEnd: true, Value: 0 } ? null : At(range.End));
        public static TensorIndex Bool(bool value) => new() { kind = Kind.Bool, first = value ? 1 : 0 };
        public static TensorIndex Tensor(Tensor tensor) => new() { kind = Kind.Tensor, tensor = tensor };

        static long At(Index i) => i.IsFromEnd ? -i.Value : i.Value;
        public static implicit operator TensorIndex(long value) => Single(value);
        public static implicit operator TensorIndex((int?, int?) range) => Slice(range);
        public static implicit operator TensorIndex(Range range) => Slice(range);
        public static implicit operator TensorIndex(Index index) => Single(At(index));

        /// <summary>Applies numbers, slices, None and Ellipsis as views, and gathers what is left as index tensors, as PyTorch does.</summary>
        internal static (Tensor View, Tensor[] Indices) Apply(Tensor self, ReadOnlySpan<TensorIndex> indices)
        {
            long consumed = 0;
            foreach (var i in indices) consumed += i.kind switch { Kind.None or Kind.Null or Kind.Ellipsis or Kind.Bool => 0, Kind.Tensor when i.tensor.dtype == ScalarType.Bool => i.tensor.dim(), _ => 1 };
            if (consumed > self.dim()) throw new System.Runtime.InteropServices.ExternalException($"too many indices for tensor of dimension {self.dim()}");
            var view = self.alias();
            var gathered = new List<Tensor>();
            long d = 0;
            void Step(Tensor next) { view.Dispose(); view = next; }
            void Gather(Tensor t) { while (gathered.Count < d) gathered.Add(null); gathered.Add(t); }
            foreach (var i in indices)
                switch (i.kind)
                {
                    case Kind.Single: Step(view.select(d, i.first.Value)); break;
                    case Kind.Slice: Step(Op.Call("slice.Tensor", view, d, i.first, i.last, i.step ?? 1)); d++; break;
                    case Kind.None or Kind.Null: Step(view.unsqueeze(d)); d++; break;
                    case Kind.Ellipsis: d += self.dim() - consumed; break;
                    case Kind.Bool: Step(view.unsqueeze(d)); Gather(torch.tensor(i.first == 1).unsqueeze(0)); d++; break;
                    case Kind.Tensor: Gather(i.tensor); d += i.tensor.dtype == ScalarType.Bool ? i.tensor.dim() : 1; break;
                }
            return (view, gathered.Count == 0 ? null : gathered.ToArray());
        }
    }
}
