using System.Runtime.CompilerServices;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        Tensor Get(ReadOnlySpan<TensorIndex> indices)
        {
            var (view, gathered) = TensorIndex.Apply(this, indices);
            if (gathered is null) return view;
            using (view) return Op.Call("index.Tensor", view, gathered);
        }

        void Set(Tensor value, ReadOnlySpan<TensorIndex> indices, bool accumulate = false)
        {
            var (view, gathered) = TensorIndex.Apply(this, indices);
            using (view)
                if (gathered is not null) Op.In("index_put_", view, gathered, value, accumulate);
                else if (accumulate) view.add_(value);
                else view.copy_(value.dtype == dtype && value.device_type == device_type ? value : value.to(dtype, device));
        }

        static TensorIndex[] Single(params ReadOnlySpan<long> indices) { var r = new TensorIndex[indices.Length]; for (var i = 0; i < r.Length; i++) r[i] = indices[i]; return r; }
        static TensorIndex[] Of(Tensor[] indices) => Array.ConvertAll(indices, t => t is null ? TensorIndex.Colon : TensorIndex.Tensor(t));

        [IndexerName("TensorItems")] public Tensor this[params TensorIndex[] indices] { get => Get(indices); set => Set(value, indices); }
        [IndexerName("TensorItems")] public Tensor this[params Tensor[] indices] { get => index(indices); set => index_put_(value, indices); }
        [IndexerName("TensorItems")] public Tensor this[params long[] indices] { get => Get(Single(indices)); set => Set(value, Single(indices)); }
        [IndexerName("TensorItems")] public Tensor this[long i1] { get => select(0, i1); set => Set(value, Single(i1)); }
        [IndexerName("TensorItems")] public Tensor this[long i1, long i2] { get => Get(Single(i1, i2)); set => Set(value, Single(i1, i2)); }
        [IndexerName("TensorItems")] public Tensor this[long i1, long i2, long i3] { get => Get(Single(i1, i2, i3)); set => Set(value, Single(i1, i2, i3)); }
        [IndexerName("TensorItems")] public Tensor this[long i1, long i2, long i3, long i4] { get => Get(Single(i1, i2, i3, i4)); set => Set(value, Single(i1, i2, i3, i4)); }
        [IndexerName("TensorItems")] public Tensor this[long i1, long i2, long i3, long i4, long i5] { get => Get(Single(i1, i2, i3, i4, i5)); set => Set(value, Single(i1, i2, i3, i4, i5)); }
        [IndexerName("TensorItems")] public Tensor this[long i1, long i2, long i3, long i4, long i5, long i6] { get => Get(Single(i1, i2, i3, i4, i5, i6)); set => Set(value, Single(i1, i2, i3, i4, i5, i6)); }

        public Tensor index(params TensorIndex[] indices) => Get(indices);
        public Tensor index(params Tensor[] indices) => Op.Call("index.Tensor", this, indices);
        public Tensor index_put_(Tensor value, params TensorIndex[] indices) { Set(value, indices); return this; }
        public Tensor index_put_(Tensor value, TensorIndex[] indices, bool accumulate = false) { Set(value, indices, accumulate); return this; }
        public Tensor index_put_(Scalar value, params TensorIndex[] indices) { using var v = Filled(value); Set(v, indices); return this; }
        public Tensor index_put_(Tensor value, params Tensor[] indices) => Op.In("index_put_", this, indices, value);
        public Tensor index_put_(Tensor value, Tensor[] indices, bool accumulate = false) => Op.In("index_put_", this, indices, value, accumulate);
        public Tensor index_put_(Scalar value, params Tensor[] indices) { using var v = Filled(value); return index_put_(v, indices); }
        Tensor Filled(Scalar value) => torch.full(Array.Empty<long>(), value, dtype, device);
    }
}
