namespace Retort;

/// <summary>What one node of a graph gives, with ONNX's operators as methods, so that a layer reads as its formula does.</summary>
internal sealed class OnnxValue(OnnxGraph graph, string name, OnnxType type)
{
    public OnnxGraph Graph => graph;

    public string Name => name;

    public OnnxType Type => type;

    public static OnnxValue operator +(OnnxValue a, OnnxValue b) => a.With("Add", b);

    public static OnnxValue operator -(OnnxValue a, OnnxValue b) => a.With("Sub", b);

    public static OnnxValue operator *(OnnxValue a, OnnxValue b) => a.With("Mul", b);

    public static OnnxValue operator /(OnnxValue a, OnnxValue b) => a.With("Div", b);

    public static OnnxValue operator +(OnnxValue a, double b) => a + a.Of(b);

    public static OnnxValue operator -(OnnxValue a, double b) => a - a.Of(b);

    public static OnnxValue operator *(OnnxValue a, double b) => b == 1 ? a : a * a.Of(b);

    public static OnnxValue operator /(OnnxValue a, double b) => a / a.Of(b);

    public static OnnxValue operator -(OnnxValue a) => a.Alone("Neg");

    public OnnxValue MatMul(OnnxValue other) => With("MatMul", other);

    public OnnxValue Max(OnnxValue other) => With("Max", other);

    public OnnxValue Max(double other) => Max(Of(other));

    public OnnxValue Min(double other) => With("Min", Of(other));

    public OnnxValue Clip(double low, double high) => graph.Node("Clip", type, [this, Of(low), Of(high)]);

    public OnnxValue Abs() => Alone("Abs");

    public OnnxValue Sign() => Alone("Sign");

    public OnnxValue Sqrt() => Alone("Sqrt");

    public OnnxValue Exp() => Alone("Exp");

    public OnnxValue Log() => Alone("Log");

    public OnnxValue Cos() => Alone("Cos");

    public OnnxValue Tanh() => Alone("Tanh");

    public OnnxValue Relu() => Alone("Relu");

    public OnnxValue Sigmoid() => Alone("Sigmoid");

    /// <summary><c>log(1 + exp(x))</c>, which neither overflows nor rounds to 0.</summary>
    public OnnxValue Softplus() => Max(0) + ((-Abs()).Exp() + 1).Log();

    public OnnxValue Softmax(int axis) => Alone("Softmax", ("axis", (long)axis));

    public OnnxValue LogSoftmax(int axis) => Alone("LogSoftmax", ("axis", (long)axis));

    public OnnxValue Mean(int axis, bool keeps = false) => Reduced("ReduceMean", axis, keeps);

    public OnnxValue Largest(int axis, bool keeps = false) => Reduced("ReduceMax", axis, keeps);

    public OnnxValue LogSumExp(int axis, bool keeps = false) => Reduced("ReduceLogSumExp", axis, keeps);

    public OnnxValue Sum(int axis, bool keeps = false) => graph.Node("ReduceSum", type, [this, graph.Constant([(long)axis], 1)], ("keepdims", keeps ? 1L : 0L));

    public OnnxValue CumulativeSum(int axis) => graph.Node("CumSum", type, [this, graph.Constant([(long)axis], [])]);

    public OnnxValue ArgMax(int axis) => graph.Node("ArgMax", OnnxType.Int64, [this], ("axis", (long)axis), ("keepdims", 1L));

    public OnnxValue Transpose(params long[] order) => Alone("Transpose", ("perm", order));

    public OnnxValue Reshape(params long[] shape) => graph.Node("Reshape", type, [this, graph.Constant(shape, shape.Length)]);

    public OnnxValue Slice(int axis, int start, int end) =>
        graph.Node("Slice", type, [this, graph.Constant([(long)start], 1), graph.Constant([(long)end], 1), graph.Constant([(long)axis], 1)]);

    /// <summary>The rows of this that another value counts, from 0.</summary>
    public OnnxValue At(OnnxValue indices) => graph.Node("Gather", type, [this, indices], ("axis", 0L));

    /// <summary>Along a dimension, the places that another value names.</summary>
    public OnnxValue At(OnnxValue indices, int axis) => graph.Node("GatherElements", type, [this, indices], ("axis", (long)axis));

    /// <summary>The places of the largest in each row, the largest first.</summary>
    public OnnxValue Likeliest(int count) => graph.Second("TopK", OnnxType.Int64, [this, graph.Constant([(long)count], 1)], ("axis", 1L));

    public OnnxValue To(OnnxType other) => other == type ? this : graph.Node("Cast", other, [this], ("to", (long)other));

    public OnnxValue IsEqual(OnnxValue other) => graph.Node("Equal", OnnxType.Truth, [this, other]);

    public OnnxValue IsLess(OnnxValue other) => graph.Node("Less", OnnxType.Truth, [this, other]);

    public OnnxValue IsNaN() => graph.Node("IsNaN", OnnxType.Truth, [this]);

    /// <summary>Where this is true one value, elsewhere the other.</summary>
    public OnnxValue Choose(OnnxValue yes, OnnxValue no) => graph.Node("Where", yes.Type, [this, yes, no]);

    public static OnnxValue Join(IReadOnlyList<OnnxValue> parts, int axis) =>
        parts.Count == 1 ? parts[0] : parts[0].Graph.Node("Concat", parts[0].Type, parts, ("axis", (long)axis));

    private OnnxValue Of(double number) => graph.Scalar(number, type);

    private OnnxValue With(string operation, OnnxValue other) => graph.Node(operation, type, [this, other]);

    private OnnxValue Alone(string operation, params (string, object)[] attributes) => graph.Node(operation, type, [this], attributes);

    private OnnxValue Reduced(string operation, int axis, bool keeps) => Alone(operation, ("axes", new[] { (long)axis }), ("keepdims", keeps ? 1L : 0L));
}
