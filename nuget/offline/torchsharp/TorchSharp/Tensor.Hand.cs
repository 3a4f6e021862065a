namespace TorchSharp;

public static partial class torch
{
    /// <summary>What differs from the operator of the same name in its arguments.</summary>
    public partial class Tensor
    {
        public Tensor T => Op.Call("numpy_T", this);
        public Tensor mT => Op.Call("mT", this);
        public Tensor H => Op.Call("matrix_H", this);
        public Tensor mH => Op.Call("mH", this);
        public Tensor real => Op.Call("real", this);
        public Tensor imag => Op.Call("imag", this);

        static string Mode(RoundingMode mode) => mode == RoundingMode.floor ? "floor" : "trunc";
        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => rounding_mode == RoundingMode.None ? Op.Call("div.Tensor", this, target) : Op.Call("div.Tensor_mode", this, target, Mode(rounding_mode));
        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => rounding_mode == RoundingMode.None ? Op.Call("div.Scalar", this, target) : Op.Call("div.Scalar_mode", this, target, Mode(rounding_mode));
        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => rounding_mode == RoundingMode.None ? Op.In("div_.Tensor", this, target) : Op.In("div_.Tensor_mode", this, target, Mode(rounding_mode));
        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => rounding_mode == RoundingMode.None ? Op.In("div_.Scalar", this, target) : Op.In("div_.Scalar_mode", this, target, Mode(rounding_mode));
        public Tensor divide(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => div(target, rounding_mode);
        public Tensor divide(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => div(target, rounding_mode);
        public Tensor divide_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => div_(target, rounding_mode);
        public Tensor divide_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => div_(target, rounding_mode);
        public Tensor arctan(Tensor other) => arctan2(other);
        public Tensor arctan_(Tensor other) => arctan2_(other);
        public Tensor equal(Tensor target) => eq(target);

        // These answer another handle than the one that they change.
        public Tensor zero_() => Op.In("zero_", this).alias();
        public Tensor gelu_() => Op.In("gelu_", this).alias();
        public Tensor elu_(double alpha = 1) => Op.In("elu_", this, alpha).alias();
        public Tensor tril_(long diagonal = 0) => Op.In("tril_", this, diagonal).alias();
        public Tensor triu_(long diagonal = 0) => Op.In("triu_", this, diagonal).alias();
        // This one computes, and answers its input.
        public Tensor hardtanh(Scalar min, Scalar max) { Op.Call("hardtanh", this, min, max).Dispose(); return this; }

        public Tensor where(Tensor condition, Tensor y) => Op.Call("where.self", condition, this, y);
        public Tensor quantile(Tensor q, long dim = -1, bool keepdim = false) => Op.Call("quantile", this, q, dim == -1 ? Arg.None : dim, keepdim);
        public Tensor nanquantile(Tensor q, long dim = -1, bool keepdim = false) => Op.Call("nanquantile", this, q, dim == -1 ? Arg.None : dim, keepdim);
        public Tensor vander(long N = -1, bool increasing = false) => Op.Call("vander", this, N == -1 ? size(0) : N, increasing);
        public Tensor polygamma(long p) => Op.Call("polygamma", p, this);
        public Tensor polygamma_(long p) => Op.In("polygamma_", this, p);
        public Tensor squeeze(long? dim = null) => dim is { } d ? Op.Call("squeeze.dim", this, d) : Op.Call("squeeze", this);
        public Tensor squeeze_(long? dim = null) => dim is { } d ? Op.In("squeeze_.dim", this, d) : Op.In("squeeze_", this);
        public Tensor permute(IEnumerable<long> permutation) => permute(permutation.ToArray());
        public Tensor roll(long shifts, long? dims = null) => Op.Call("roll", this, new[] { shifts }, dims is { } d ? new[] { d } : Array.Empty<long>());
        public Tensor roll(long[] shifts) => roll(shifts, Enumerable.Range(0, shifts.Length).Select(i => (long)i).ToArray());
        public Tensor roll((long, long) shifts, (long, long) dims) => roll(new[] { shifts.Item1, shifts.Item2 }, new[] { dims.Item1, dims.Item2 });
        public Tensor roll((long, long, long) shifts, (long, long, long) dims) => roll(new[] { shifts.Item1, shifts.Item2, shifts.Item3 }, new[] { dims.Item1, dims.Item2, dims.Item3 });
        public Tensor count_nonzero(long[] dims = null) => dims is null ? Op.Call("count_nonzero", this, Arg.None) : Op.Call("count_nonzero.dim_IntList", this, dims);
        public Tensor histc(long bins = 100, long min = 0, long max = 0) => Op.Call("histc", this, bins, min, max);
        public Tensor pinverse(double rcond = 1e-15, bool hermitian = false) => Op.Call("linalg_pinv", this, rcond, hermitian);
        public Tensor random_(double from, double to, Generator generator = null) => Op.In("random_.from", this, (long)from, (long)to, generator);

        public (Tensor, Tensor) sort(long dim = -1, bool descending = false, bool stable = false) => stable ? Op.Call2("sort.stable", this, true, dim, descending) : Op.Call2("sort", this, dim, descending);
        public (Tensor, Tensor) kthvalue(long k, long? dim, bool keepdim = false) => Op.Call2("kthvalue", this, k, dim ?? -1, keepdim);
        public (Tensor, Tensor, Tensor) unique(bool sorted = true, bool return_inverse = false, bool return_counts = false, int? dim = null)
        {
            var (values, inverse, counts) = dim is { } d ? Op.Call3("unique_dim", this, d, sorted, return_inverse, return_counts) : Op.Call3("_unique2", this, sorted, return_inverse, return_counts);
            return Asked(values, inverse, return_inverse, counts, return_counts);
        }
        public (Tensor, Tensor, Tensor) unique_consecutive(bool return_inverse = false, bool return_counts = false, int? dim = null)
        {
            var (values, inverse, counts) = Op.Call3("unique_consecutive", this, return_inverse, return_counts, (long?)dim);
            return Asked(values, inverse, return_inverse, counts, return_counts);
        }
        static (Tensor, Tensor, Tensor) Asked(Tensor values, Tensor inverse, bool return_inverse, Tensor counts, bool return_counts)
        {
            if (!return_inverse) { inverse.Dispose(); inverse = null; }
            if (!return_counts) { counts.Dispose(); counts = null; }
            return (values, inverse, counts);
        }

        // Reductions

        // The original takes a type for std and var, and ignores it; var(false) it ignores, too.
        static long[] Pair((long, long) d) => new[] { d.Item1, d.Item2 };
        static long[] Triple((long, long, long) d) => new[] { d.Item1, d.Item2, d.Item3 };

        public Tensor amax(long[] dims, bool keepdim = false, Tensor @out = null) => Into(Op.Call("amax", this, dims, keepdim), @out);
        public Tensor amax(ReadOnlySpan<long> dims, bool keepdim = false, Tensor @out = null) => Into(Op.Call("amax", this, dims, keepdim), @out);
        public Tensor amin(long[] dims, bool keepdim = false, Tensor @out = null) => Into(Op.Call("amin", this, dims, keepdim), @out);
        public Tensor amin(ReadOnlySpan<long> dims, bool keepdim = false, Tensor @out = null) => Into(Op.Call("amin", this, dims, keepdim), @out);
        static Tensor Into(Tensor result, Tensor to)
        {
            if (to is null) return result;
            using (result) return to.copy_(result);
        }
        public Tensor sum(long dim0, long dim1, bool keepdim = false, ScalarType? type = null) => sum(new[] { dim0, dim1 }, keepdim, type);
        public Tensor sum(long dim0, long dim1, long dim2, bool keepdim = false, ScalarType? type = null) => sum(new[] { dim0, dim1, dim2 }, keepdim, type);
        public Tensor norm(int dim, bool keepdim = false, float p = 2) => Op.Call("norm.ScalarOpt_dim", this, p, (long)dim, keepdim);

        public Tensor std(bool unbiased = true) => Op.Call("std", this, unbiased);
        public Tensor std(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Op.Call("std.dim", this, dim, unbiased, keepdim);
        public Tensor std(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Op.Call("std.dim", this, dimensions, unbiased, keepdim);
        public Tensor std(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => std(dimensions.ToArray(), unbiased, keepdim, type);
        public Tensor std((long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => std(Pair(dim), unbiased, keepdim, type);
        public Tensor std((long, long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => std(Triple(dim), unbiased, keepdim, type);
        public Tensor var(bool unbiased = true) => Op.Call("var", this, true);
        public Tensor var(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Op.Call("var.dim", this, dim, unbiased, keepdim);
        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Op.Call("var.dim", this, dimensions, unbiased, keepdim);
        public Tensor var(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => var(dimensions.ToArray(), unbiased, keepdim, type);
        public Tensor var((long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => var(Pair(dim), unbiased, keepdim, type);
        public Tensor var((long, long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => var(Triple(dim), unbiased, keepdim, type);
        public (Tensor, Tensor) std_mean(bool unbiased = true) => Op.Call2("std_mean", this, unbiased);
        public (Tensor, Tensor) std_mean(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Op.Call2("std_mean.dim", this, dim, unbiased, keepdim);
        public (Tensor, Tensor) std_mean(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Op.Call2("std_mean.dim", this, dimensions, unbiased, keepdim);
        public (Tensor, Tensor) std_mean(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => std_mean(dimensions.ToArray(), unbiased, keepdim, type);
        public (Tensor, Tensor) std_mean((long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => std_mean(Pair(dim), unbiased, keepdim, type);
        public (Tensor, Tensor) std_mean((long, long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => std_mean(Triple(dim), unbiased, keepdim, type);
        public (Tensor, Tensor) var_mean(bool unbiased = true) => Op.Call2("var_mean", this, unbiased);
        public (Tensor, Tensor) var_mean(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Op.Call2("var_mean.dim", this, dim, unbiased, keepdim);
        public (Tensor, Tensor) var_mean(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Op.Call2("var_mean.dim", this, dimensions, unbiased, keepdim);
        public (Tensor, Tensor) var_mean(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => var_mean(dimensions.ToArray(), unbiased, keepdim, type);
        public (Tensor, Tensor) var_mean((long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => var_mean(Pair(dim), unbiased, keepdim, type);
        public (Tensor, Tensor) var_mean((long, long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => var_mean(Triple(dim), unbiased, keepdim, type);

        // Lists

        public Tensor[] chunk(long chunks, long dim = 0) => Op.CallMany("chunk", this, chunks, dim);
        public Tensor[] split(long size, int dim = 0) => Op.CallMany("split.Tensor", this, size, (long)dim);
        public Tensor[] split(long[] sizes, long dim = 0) => Op.CallMany("split_with_sizes", this, sizes, dim);
        public Tensor[] split(ReadOnlySpan<long> sizes, long dim = 0) => Op.CallMany("split_with_sizes", this, sizes, dim);
        public Tensor[] split(params long[] sizes) => Op.CallMany("split_with_sizes", this, sizes);
        public Tensor[] tensor_split(long size, long dim = 0) => Op.CallMany("tensor_split.sections", this, size, dim);
        public Tensor[] tensor_split(long[] sizes, long dim = 0) => Op.CallMany("tensor_split.indices", this, sizes, dim);
        public Tensor[] unbind(long dimension = 0) => Op.CallMany("unbind.int", this, dimension);
        public IList<Tensor> nonzero_as_list() { using var all = nonzero(); return all.chunk(all.shape[1], 1); }

        // Relatives of this tensor

        Tensor New(string op, long[] size, ScalarType? dtype, Device device, bool requires_grad) =>
            Op.Call(op, this, size, dtype, Arg.None, Device.Of(device)).with_requires_grad(requires_grad);
        public Tensor new_zeros(long[] size, ScalarType? dtype = null, Device device = null, bool requires_grad = false) => New("new_zeros", size, dtype, device, requires_grad);
        public Tensor new_zeros(ReadOnlySpan<long> size, ScalarType? dtype = null, Device device = null, bool requires_grad = false) => New("new_zeros", size.ToArray(), dtype, device, requires_grad);
        public Tensor new_zeros(long size, ScalarType? dtype = null, Device device = null, bool requires_grad = false) => New("new_zeros", new[] { size }, dtype, device, requires_grad);
        public Tensor new_zeros(long rows, long columns, ScalarType? dtype = null, Device device = null, bool requires_grad = false) => New("new_zeros", new[] { rows, columns }, dtype, device, requires_grad);
        public Tensor new_empty(long[] size, ScalarType? dtype = null, Device device = null, bool requires_grad = false) => New("new_empty", size, dtype, device, requires_grad);
        public Tensor new_empty(ReadOnlySpan<long> size, ScalarType? dtype = null, Device device = null, bool requires_grad = false) => New("new_empty", size.ToArray(), dtype, device, requires_grad);
        public Tensor new_empty(long size, ScalarType? dtype = null, Device device = null, bool requires_grad = false) => New("new_empty", new[] { size }, dtype, device, requires_grad);
        public Tensor new_empty(long rows, long columns, ScalarType? dtype = null, Device device = null, bool requires_grad = false) => New("new_empty", new[] { rows, columns }, dtype, device, requires_grad);
        public Tensor new_ones(long size, ScalarType? dtype = null, Device device = null, bool requires_grad = false) => New("new_ones", new[] { size }, dtype, device, requires_grad);
        public Tensor new_ones(long rows, long columns, ScalarType? dtype = null, Device device = null, bool requires_grad = false) => New("new_ones", new[] { rows, columns }, dtype, device, requires_grad);
        public Tensor new_full(long[] size, Scalar value, ScalarType? dtype = null, Device device = null, bool requires_grad = false) => Op.Call("new_full", this, size, value, dtype, Arg.None, Device.Of(device)).with_requires_grad(requires_grad);
        public Tensor new_full(ReadOnlySpan<long> size, Scalar value, ScalarType? dtype = null, Device device = null, bool requires_grad = false) => new_full(size.ToArray(), value, dtype, device, requires_grad);

        Tensor Like(string op, ScalarType? dtype, Device device, bool requires_grad) => Op.Call(op, this, dtype, Arg.None, Device.Of(device)).with_requires_grad(requires_grad);
        public Tensor zeros_like(ScalarType? dtype = null, Device device = null, bool requires_grad = false) => Like("zeros_like", dtype, device, requires_grad);
        public Tensor ones_like(ScalarType? dtype = null, Device device = null, bool requires_grad = false) => Like("ones_like", dtype, device, requires_grad);
        public Tensor empty_like(ScalarType? dtype = null, Device device = null, bool requires_grad = false) => Like("empty_like", dtype, device, requires_grad);
        public Tensor rand_like(ScalarType? dtype = null, Device device = null, bool requires_grad = false) => Like("rand_like", dtype, device, requires_grad);
        public Tensor randn_like(ScalarType? dtype = null, Device device = null, bool requires_grad = false) => Like("randn_like", dtype, device, requires_grad);
        public Tensor full_like(Scalar value, ScalarType? dtype = null, Device device = null, bool requires_grad = false) => Op.Call("full_like", this, value, dtype, Arg.None, Device.Of(device)).with_requires_grad(requires_grad);
        public Tensor randint_like(long low, long high, ScalarType? dtype = null, Device device = null, bool requires_grad = false) => Op.Call("randint_like.low_dtype", this, low, high, dtype, Arg.None, Device.Of(device)).with_requires_grad(requires_grad);
    }
}
