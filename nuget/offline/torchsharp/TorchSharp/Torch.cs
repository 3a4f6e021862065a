namespace TorchSharp;

public static partial class torch
{
    public static string __version__ => "2.10.0.0";

    public static partial class utils { }

    public static DisposeScope NewDisposeScope() => DisposeScopeManager.Current.New();
    public static DisposeScope CurrentDisposeScope => DisposeScopeManager.Current.Innermost;
    public static Tensor WrappedTensorDisposeScope(Func<Tensor> expr)
    {
        using var scope = NewDisposeScope();
        return expr().MoveToOuterDisposeScope();
    }

    // Functions of the original that do not do what their names say.
    public static Tensor div(Tensor left, Tensor right, RoundingMode rounding_mode = RoundingMode.None) => left.div(right);
    public static Tensor div(Tensor left, Scalar right, RoundingMode rounding_mode = RoundingMode.None) => left.div(right);
    public static Tensor divide(Tensor left, Tensor right, RoundingMode rounding_mode = RoundingMode.None) => left.div(right);
    public static Tensor divide(Tensor left, Scalar right, RoundingMode rounding_mode = RoundingMode.None) => left.div(right);
    public static Tensor div_(Tensor left, Tensor right, RoundingMode rounding_mode = RoundingMode.None) => left.div_(right);
    public static Tensor divide_(Tensor left, Tensor right, RoundingMode rounding_mode = RoundingMode.None) => left.div_(right);
    public static Tensor clamp_max_(Tensor input, Scalar max) => input.clamp_max(max);
    public static Tensor clamp_min_(Tensor input, Scalar min) => input.clamp_min(min);
    public static Tensor lgamma_(Tensor input) => input.lgamma();
    public static Tensor erfinv(Tensor input) => input.erf();
    public static (Tensor, Tensor) var_mean(Tensor input, bool unbiased = true) => input.std_mean(unbiased);

    public static Tensor polygamma(Tensor input, long p) => input.polygamma(p);
    public static Tensor polygamma_(Tensor input, long p) => input.polygamma_(p);

    public struct FInfo { public int bits; public double eps, max, min, tiny, smallest_normal, resolution; }
    public static FInfo finfo() => finfo(get_default_dtype());
    public static FInfo finfo(ScalarType dtype) => dtype switch
    {
        ScalarType.Float64 => new FInfo { bits = 64, eps = double.BitIncrement(1) - 1, max = double.MaxValue, min = double.MinValue, tiny = 2.2250738585072014e-308, smallest_normal = 2.2250738585072014e-308, resolution = 1e-15 },
        ScalarType.Float32 => new FInfo { bits = 32, eps = float.BitIncrement(1) - 1, max = float.MaxValue, min = float.MinValue, tiny = 1.1754943508222875e-38, smallest_normal = 1.1754943508222875e-38, resolution = 1e-6 },
        ScalarType.Float16 => new FInfo { bits = 16, eps = 0.0009765625, max = 65504, min = -65504, tiny = 6.103515625e-05, smallest_normal = 6.103515625e-05, resolution = 1e-3 },
        ScalarType.BFloat16 => new FInfo { bits = 16, eps = 0.0078125, max = 3.3895313892515355e38, min = -3.3895313892515355e38, tiny = 1.1754943508222875e-38, smallest_normal = 1.1754943508222875e-38, resolution = 1e-2 },
        _ => throw new ArgumentException("'dtype' must be floating point or complex")
    };

    public static int get_num_threads() => Native.rt_threads();
    public static void set_num_threads(int num) => Native.Check(Native.rt_set_threads(num));
    public static int get_num_interop_threads() => Native.rt_interop_threads();
    public static void set_num_interop_threads(int num) => Native.Check(Native.rt_set_interop_threads(num));

    public static ScalarType get_default_dtype() => (ScalarType)Native.rt_default_dtype();
    public static void set_default_dtype(ScalarType dtype) => Native.Check(Native.rt_set_default_dtype((int)dtype));
    public static ScalarType promote_types(ScalarType type1, ScalarType type2) => (ScalarType)Native.rt_promote((int)type1, (int)type2);
    public static ScalarType result_type(Tensor tensor1, Tensor tensor2) => (ScalarType)Op.CallValue("result_type.Tensor", tensor1, tensor2).Int;

    public static bool is_floating_point(ScalarType type) => type is ScalarType.Float16 or ScalarType.Float32 or ScalarType.Float64 or ScalarType.BFloat16;
    public static bool is_integral(ScalarType type) => type is ScalarType.Byte or ScalarType.Int8 or ScalarType.Int16 or ScalarType.Int32 or ScalarType.Int64 or ScalarType.Bool;
    public static bool is_complex(ScalarType type) => type is ScalarType.ComplexFloat32 or ScalarType.ComplexFloat64;
    public static bool is_tensor(object obj) => obj is Tensor;
    public static void save(Tensor t, string location) => t.save(location);
    public static Tensor load(string location) => Tensor.load(location);
    public static long numel(Tensor input) => input.numel();

    public static TensorStringStyle TensorStringStyle { get; set; } = TorchSharp.TensorStringStyle.Julia;

    // Lists of tensors

    static Tensor[] List(IEnumerable<Tensor> tensors) => tensors as Tensor[] ?? tensors.ToArray();
    public static Tensor cat(Tensor[] tensors, long dim = 0) => Op.Call("cat", tensors, dim);
    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => Op.Call("cat", List(tensors), dim);
    public static Tensor cat(ReadOnlySpan<Tensor> tensors, long dim = 0) => Op.Call("cat", tensors.ToArray(), dim);
    public static Tensor concat(Tensor[] tensors, long dim = 0) => cat(tensors, dim);
    public static Tensor concat(IList<Tensor> tensors, long dim = 0) => cat(tensors, dim);
    public static Tensor concat(ReadOnlySpan<Tensor> tensors, long dim = 0) => cat(tensors, dim);
    public static Tensor concatenate(Tensor[] tensors, long axis = 0) => cat(tensors, axis);
    public static Tensor concatenate(IList<Tensor> tensors, long axis = 0) => cat(tensors, axis);
    public static Tensor concatenate(ReadOnlySpan<Tensor> tensors, long axis = 0) => cat(tensors, axis);
    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0) => Op.Call("stack", List(tensors), dim);
    public static Tensor vstack(Tensor[] tensors) => Op.Call("vstack", tensors);
    public static Tensor vstack(IList<Tensor> tensors) => Op.Call("vstack", List(tensors));
    public static Tensor vstack(ReadOnlySpan<Tensor> tensors) => Op.Call("vstack", tensors.ToArray());
    public static Tensor hstack(params Tensor[] tensors) => Op.Call("hstack", tensors);
    public static Tensor hstack(IList<Tensor> tensors) => Op.Call("hstack", List(tensors));
    public static Tensor hstack(IEnumerable<Tensor> tensors) => Op.Call("hstack", List(tensors));
    public static Tensor hstack(ReadOnlySpan<Tensor> tensors) => Op.Call("hstack", tensors.ToArray());
    public static Tensor column_stack(params Tensor[] tensors) => Op.Call("column_stack", tensors);
    public static Tensor column_stack(IList<Tensor> tensors) => Op.Call("column_stack", List(tensors));
    public static Tensor column_stack(ReadOnlySpan<Tensor> tensors) => Op.Call("column_stack", tensors.ToArray());
    public static Tensor block_diag(params Tensor[] tensors) => Op.Call("block_diag", tensors);
    public static Tensor cartesian_prod(params Tensor[] tensors) => Op.Call("cartesian_prod", tensors);
    public static Tensor cartesian_prod(IList<Tensor> tensors) => Op.Call("cartesian_prod", List(tensors));
    public static Tensor cartesian_prod(ReadOnlySpan<Tensor> tensors) => Op.Call("cartesian_prod", tensors.ToArray());
    public static Tensor einsum(string equation, params Tensor[] tensors) => Op.Call("einsum", equation, tensors);
    public static IList<Tensor> broadcast_tensors(params Tensor[] tensors) => Op.CallMany("broadcast_tensors", tensors);
    public static Tensor[] meshgrid(IEnumerable<Tensor> tensors, string indexing = "ij") => Op.CallMany("meshgrid.indexing", List(tensors), indexing);
    public static Tensor[] split(Tensor tensor, long[] split_size_or_sections, long dim = 0) => tensor.split(split_size_or_sections, dim);
    public static Tensor[] unbind(Tensor input, long dim = 0) => input.unbind(dim);

    public static Tensor where(Tensor condition, Tensor x, Tensor y) => Op.Call("where.self", condition, x, y);
    public static Tensor[] where(Tensor condition) => condition.dtype == ScalarType.Bool ? Op.CallMany("where", condition) : throw new ArgumentException("The condition to 'where' must be a boolean tensor.");
    public static Tensor cdist(Tensor x1, Tensor x2, double p = 2, compute_mode compute_mode = compute_mode.use_mm_for_euclid_dist_if_necessary) => Op.Call("cdist", x1, x2, p, (long)compute_mode);
    public static Tensor norm(Tensor input) => input.norm();
    public static Tensor complex(Tensor real, Tensor imag) => Op.Call("complex", real, imag);
    public static Tensor polar(Tensor abs, Tensor angle) => Op.Call("polar", abs, angle);
    public static Tensor bincount(Tensor input, Tensor weights = null, long minlength = 0) => Op.Call("bincount", input, weights, minlength);
    public static Tensor searchsorted(Tensor sorted_sequence, Tensor values, bool out_int32 = false, bool right = false, Tensor sorter = null) => Op.Call("searchsorted.Tensor", sorted_sequence, values, out_int32, right, Arg.None, sorter);
    public static Tensor searchsorted(Tensor sorted_sequence, Scalar values, bool out_int32, bool right, Tensor sorter) => Op.Call("searchsorted.Scalar", sorted_sequence, values, out_int32, right, Arg.None, sorter);
    public static Tensor index_reduce(Tensor input, long dim, Tensor index, Tensor source, Reduce reduce, bool include_self = true) => Op.Call("index_reduce", input, dim, index, source, reduce.ToString(), include_self);
    public static Tensor normal(Tensor mean, Tensor std, Generator generator = null) => Op.Call("normal.Tensor_Tensor", mean, std, generator);
    public static Tensor gather(Tensor input, long dim, Tensor index, bool sparse_grad = false) => Op.Call("gather", input, dim, index, sparse_grad);
    public static Tensor softmax(Tensor input, int dim, ScalarType? dtype = null) => input.softmax(dim, dtype);
    public static Tensor combinations(Tensor input, int r = 2, bool with_replacement = false) => Op.Call("combinations", input, (long)r, with_replacement);
    public static Tensor binomial(Tensor count, Tensor probs, Generator generator = null) => Op.Call("binomial", count, probs, generator);
    public static Tensor _standard_gamma(Tensor input, Generator generator = null) => Op.Call("_standard_gamma", input, generator);
    public static Tensor _sample_dirichlet(Tensor input, Generator generator = null) => Op.Call("_sample_dirichlet", input, generator);
}
