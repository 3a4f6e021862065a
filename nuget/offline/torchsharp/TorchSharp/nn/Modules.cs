using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace TorchSharp.Modules
{
    public interface IParameterLessModule { }

    public abstract class ParameterLessModule<T1, TResult> : Module<T1, TResult>, IParameterLessModule
    {
        protected ParameterLessModule(string name) : base(name) { }
        public override void register_buffer(string name, Tensor tensor, bool persistent = true) => throw new InvalidOperationException("Cannot register a buffer on a module that is declared 'parameter-less.'");
        public override void register_parameter(string name, Parameter param) => throw new InvalidOperationException("Cannot register a parameter on a module that is declared 'parameter-less.'");
        public override void register_module(string name, Module submodule) => throw new InvalidOperationException("Cannot register a submodule on a module that is declared 'parameter-less.'");
    }

    public sealed class Linear : Module<Tensor, Tensor>
    {
        internal Linear(long inputSize, long outputSize, bool hasBias, Device device, ScalarType? dtype) : base(nameof(Linear))
        {
            (in_features, out_features) = (inputSize, outputSize);
            Keep("weight", new Parameter(torch.empty(outputSize, inputSize, dtype, device)));
            init.kaiming_uniform_(weight, Math.Sqrt(5));
            if (!hasBias) return;
            Keep("bias", new Parameter(torch.empty(outputSize, dtype, device)));
            var bound = inputSize > 0 ? 1 / Math.Sqrt(inputSize) : 0;
            init.uniform_(bias, -bound, bound);
        }
        internal Linear(Parameter weight, Parameter bias) : base(nameof(Linear))
        {
            (in_features, out_features) = (weight.size(1), weight.size(0));
            Keep("weight", weight);
            if (bias is not null) Keep("bias", bias);
        }
        public long in_features { get; set; }
        public long out_features { get; set; }
        public Parameter weight => Own("weight");
        public Parameter bias => Own("bias");
        public override Tensor forward(Tensor tensor) => F.linear(tensor, weight, bias);
    }

    public sealed class Embedding : Module<Tensor, Tensor>
    {
        readonly long padding;
        internal Embedding(long count, long dims, long? padding_idx, Device device, ScalarType? dtype) : base(nameof(Embedding))
        {
            padding = padding_idx is { } p ? p < 0 ? p + count : p : -1;
            Keep("weight", new Parameter(torch.empty(count, dims, dtype, device)));
            init.normal_(weight);
            if (padding >= 0) using (no_grad()) weight[padding].fill_(0);
        }
        public Parameter weight => Own("weight");
        public override Tensor forward(Tensor input) => Op.Call("embedding", weight, input, padding);
    }

    public sealed class LayerNorm : Module<Tensor, Tensor>
    {
        internal LayerNorm(long[] shape, double eps, bool affine, bool hasBias, Device device, ScalarType? dtype) : base(nameof(LayerNorm))
        {
            (normalized_shape, this.eps, elementwise_affine) = (shape, eps, affine);
            if (!affine) return;
            Keep("weight", new Parameter(torch.ones(shape, dtype, device)));
            if (hasBias) Keep("bias", new Parameter(torch.zeros(shape, dtype, device)));
        }
        public long[] normalized_shape { get; set; }
        public double eps { get; set; }
        public bool elementwise_affine { get; set; }
        public Parameter weight => Own("weight");
        public Parameter bias => Own("bias");
        public override Tensor forward(Tensor tensor) => F.layer_norm(tensor, normalized_shape, weight, bias, eps);
    }

    public abstract class NormBase : Module<Tensor, Tensor>
    {
        public NormBase(long num_features, double eps, double? momentum, bool affine, bool track_running_stats, Device device, ScalarType? dtype, string name) : base(name)
        {
            (this.num_features, this.eps, this.momentum, this.affine, this.track_running_stats) = (num_features, eps, momentum, affine, track_running_stats);
            if (affine)
            {
                Keep("weight", new Parameter(torch.ones(num_features, dtype, device)));
                Keep("bias", new Parameter(torch.zeros(num_features, dtype, device)));
            }
            if (!track_running_stats) return;
            Keep("running_mean", torch.zeros(num_features, dtype, device));
            Keep("running_var", torch.ones(num_features, dtype, device));
            Keep("num_batches_tracked", torch.tensor(0L, device: device));
        }
        protected abstract void ValidateInputDimensions(Tensor input);
        public long num_features { get; }
        public double eps { get; set; }
        public double? momentum { get; set; }
        public bool affine { get; }
        public bool track_running_stats { get; }
        public Parameter weight => Own("weight");
        public Parameter bias => Own("bias");
        public Tensor running_mean => OwnBuffer("running_mean");
        public Tensor running_var => OwnBuffer("running_var");
        public Tensor num_batches_tracked => OwnBuffer("num_batches_tracked");
    }

    public abstract class BatchNorm : NormBase
    {
        public BatchNorm(long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device device, ScalarType? dtype, string name)
            : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, name) { }
        public override Tensor forward(Tensor input)
        {
            ValidateInputDimensions(input);
            if (training && num_batches_tracked is { } count) count.add_(1);
            return F.batch_norm(input, running_mean, running_var, weight, bias, training || running_mean is null, momentum ?? 0.1, eps);
        }
    }

    public sealed class BatchNorm1d : BatchNorm
    {
        internal BatchNorm1d(long num_features, double eps, double momentum, bool affine, bool track, Device device, ScalarType? dtype) : base(num_features, eps, momentum, affine, track, device, dtype, nameof(BatchNorm1d)) { }
        protected override void ValidateInputDimensions(Tensor input)
        {
            if (input.ndim != 2 && input.ndim != 3) throw new ArgumentException($"expected 2D or 3D input, but got {input.ndim}D input.");
        }
    }

    public sealed class Dropout : ParameterLessModule<Tensor, Tensor>
    {
        internal Dropout(double p, bool inplace) : base(nameof(Dropout)) { this.p = p; this.inplace = inplace; }
        public double p { get; set; }
        public bool inplace { get; set; }
        public override Tensor forward(Tensor tensor) => F.dropout(tensor, p, training, inplace);
    }

    public sealed class ReLU : ParameterLessModule<Tensor, Tensor>
    {
        internal ReLU(bool inplace) : base(nameof(ReLU)) => this.inplace = inplace;
        public bool inplace { get; set; }
        public override Tensor forward(Tensor tensor) => F.relu(tensor, inplace);
    }
    public sealed class GELU : ParameterLessModule<Tensor, Tensor>
    {
        internal GELU(bool inplace) : base(nameof(GELU)) => this.inplace = inplace;
        public bool inplace { get; set; }
        public override Tensor forward(Tensor tensor) => F.gelu(tensor, inplace);
    }
    public sealed class SiLU : ParameterLessModule<Tensor, Tensor>
    {
        internal SiLU(bool inplace) : base(nameof(SiLU)) => this.inplace = inplace;
        public bool inplace { get; set; }
        public override Tensor forward(Tensor tensor) => F.silu(tensor, inplace);
    }
    public sealed class Tanh : ParameterLessModule<Tensor, Tensor>
    {
        internal Tanh(bool inplace) : base(nameof(Tanh)) => this.inplace = inplace;
        public bool inplace { get; set; }
        public override Tensor forward(Tensor tensor) => F.tanh(tensor, inplace);
    }
    public sealed class Sigmoid : ParameterLessModule<Tensor, Tensor>
    {
        internal Sigmoid(bool inplace) : base(nameof(Sigmoid)) => this.inplace = inplace;
        public bool inplace { get; set; }
        public override Tensor forward(Tensor tensor) => F.sigmoid(tensor, inplace);
    }
    public sealed class LeakyReLU : ParameterLessModule<Tensor, Tensor>
    {
        internal LeakyReLU(double slope, bool inplace) : base(nameof(LeakyReLU)) { negative_slope = slope; this.inplace = inplace; }
        public double negative_slope { get; set; }
        public bool inplace { get; set; }
        public override Tensor forward(Tensor tensor) => F.leaky_relu(tensor, negative_slope, inplace);
    }
    public sealed class Softmax : ParameterLessModule<Tensor, Tensor>
    {
        internal Softmax(long dim) : base(nameof(Softmax)) => this.dim = dim;
        public long dim { get; set; }
        public override Tensor forward(Tensor tensor) => F.softmax(tensor, dim);
    }
    public sealed class LogSoftmax : ParameterLessModule<Tensor, Tensor>
    {
        internal LogSoftmax(long dim) : base(nameof(LogSoftmax)) => this.dim = dim;
        public long dim { get; set; }
        public override Tensor forward(Tensor tensor) => F.log_softmax(tensor, dim);
    }
    public sealed class Identity : ParameterLessModule<Tensor, Tensor>
    {
        internal Identity() : base(nameof(Identity)) { }
        public override Tensor forward(Tensor tensor) => tensor.alias();
    }
    public sealed class Flatten : ParameterLessModule<Tensor, Tensor>
    {
        internal Flatten(long start, long end) : base(nameof(Flatten)) { start_dim = start; end_dim = end; }
        public long start_dim { get; set; }
        public long end_dim { get; set; }
        public override Tensor forward(Tensor input) => input.flatten(start_dim, end_dim);
    }

    public class Sequential : Module<Tensor, Tensor>
    {
        protected Sequential(params (string, Module<Tensor, Tensor>)[] modules) : this() { foreach (var (name, module) in modules) append(name, module); }
        protected Sequential(params Module<Tensor, Tensor>[] modules) : this() { foreach (var module in modules) append(module); }
        internal Sequential() : base(nameof(Sequential)) { }
        public Sequential append(string name, IModule<Tensor, Tensor> module) { register_module(name, (Module)module); return this; }
        public Sequential append(IModule<Tensor, Tensor> module) => append(Count.ToString(), module);
        public int Count => children().Count();
        [System.Runtime.CompilerServices.IndexerName("SequentialItems")] public IModule<Tensor, Tensor> this[int index] => (IModule<Tensor, Tensor>)children().ElementAt(index);
        public override Tensor forward(Tensor tensor)
        {
            if (Count == 0) return tensor.alias();
            using var scope = NewDisposeScope();
            foreach (var module in children()) tensor = ((IModule<Tensor, Tensor>)module).call(tensor);
            return tensor.MoveToOuterDisposeScope();
        }
    }

    public class ModuleList<T> : Module, IList<T> where T : Module
    {
        readonly List<T> list = new();
        public ModuleList(params T[] modules) : base(nameof(ModuleList<T>)) => list.AddRange(modules);
        protected override void RegisterComponents()
        {
            ClearModules();
            for (var i = 0; i < list.Count; i++) register_module(i.ToString(), list[i]);
        }
        public T this[int index] { get => list[index]; set { list[index] = value; } }
        public int Count => list.Count;
        public bool IsReadOnly => false;
        public void Add(T item) { list.Add(item); }
        public void append(params T[] parameters) => extend(parameters);
        public void extend(IEnumerable<T> modules) { list.AddRange(modules); }
        public void Clear() { list.Clear(); }
        public bool Contains(T item) => list.Contains(item);
        public void CopyTo(T[] array, int arrayIndex) => list.CopyTo(array, arrayIndex);
        public int IndexOf(T item) => list.IndexOf(item);
        public void Insert(int index, T item) { list.Insert(index, item); }
        public bool Remove(T item) { var r = list.Remove(item); RegisterComponents(); return r; }
        public void RemoveAt(int index) { list.RemoveAt(index); }
        public IEnumerator<T> GetEnumerator() => list.GetEnumerator();
        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }

    public sealed class CrossEntropyLoss : WeightedLoss<Tensor, Tensor, Tensor>
    {
        public CrossEntropyLoss(Tensor weight = null, long? ignore_index = null, Reduction reduction = Reduction.Mean, double label_smoothing = 0) : base(weight, reduction) { this.ignore_index = ignore_index; this.label_smoothing = label_smoothing; }
        public long? ignore_index { get; }
        public double label_smoothing { get; }
        public override Tensor forward(Tensor input, Tensor target) => F.cross_entropy(input, target, weight, ignore_index ?? -100, reduction, label_smoothing);
    }
    public sealed class MSELoss : Loss<Tensor, Tensor, Tensor>
    {
        public MSELoss(Reduction reduction = Reduction.Mean) : base(reduction) { }
        public override Tensor forward(Tensor input, Tensor target) => F.mse_loss(input, target, reduction);
    }
    public sealed class L1Loss : Loss<Tensor, Tensor, Tensor>
    {
        public L1Loss(Reduction reduction = Reduction.Mean) : base(reduction) { }
        public override Tensor forward(Tensor input, Tensor target) => F.l1_loss(input, target, reduction);
    }
    public sealed class BCEWithLogitsLoss : WeightedLoss<Tensor, Tensor, Tensor>
    {
        public BCEWithLogitsLoss(Tensor weight = null, Reduction reduction = Reduction.Mean, Tensor pos_weights = null) : base(weight, reduction) => this.pos_weights = pos_weights;
        public Tensor pos_weights { get; }
        public override Tensor forward(Tensor input, Tensor target) => F.binary_cross_entropy_with_logits(input, target, weight, reduction, pos_weights);
    }
    public sealed class NLLLoss : WeightedLoss<Tensor, Tensor, Tensor>
    {
        public NLLLoss(Tensor weight = null, Reduction reduction = Reduction.Mean) : base(weight, reduction) { }
        public override Tensor forward(Tensor input, Tensor target) => F.nll_loss(input, target, weight, reduction);
    }
    public sealed class KLDivLoss : Loss<Tensor, Tensor, Tensor>
    {
        public KLDivLoss(bool log_target = true, Reduction reduction = Reduction.Mean) : base(reduction) => this.log_target = log_target;
        public bool log_target { get; }
        public override Tensor forward(Tensor input, Tensor target) => F.kl_div(input, target, log_target, reduction);
    }
}

namespace TorchSharp
{
    public abstract class Loss<T1, T2, TResult> : Module<T1, T2, TResult>
    {
        public Loss(Reduction reduction = Reduction.Mean) : base(nameof(Loss<T1, T2, TResult>)) => this.reduction = reduction;
        public Reduction reduction { get; }
    }
    public abstract class WeightedLoss<T1, T2, TResult> : Loss<T1, T2, TResult>
    {
        public WeightedLoss(Tensor weight = null, Reduction reduction = Reduction.Mean) : base(reduction) => this.weight = weight;
        public Tensor weight { get; }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Parameter Parameter(Tensor data, bool requires_grad = true) => new(data, requires_grad);
            public static Linear Linear(long inputSize, long outputSize, bool hasBias = true, Device device = null, ScalarType? dtype = null) => new(inputSize, outputSize, hasBias, device, dtype);
            public static Linear Linear(Parameter weight, Parameter bias = null) => new(weight, bias);
            public static Embedding Embedding(long num_embeddings, long embedding_dims, long? padding_idx = null, double? max_norm = null, double norm_type = 2, bool scale_grad_by_freq = false, bool sparse = false, Device device = null, ScalarType? dtype = null) =>
                max_norm is null && !scale_grad_by_freq && !sparse ? new(num_embeddings, embedding_dims, padding_idx, device, dtype) : throw new NotSupportedException("Embedding with max_norm, scale_grad_by_freq or sparse needs the TorchSharp package.");
            public static LayerNorm LayerNorm(long[] normalized_shape, double eps = 1E-05, bool elementwise_affine = true, bool bias = true, Device device = null, ScalarType? dtype = null) => new(normalized_shape, eps, elementwise_affine, bias, device, dtype);
            public static LayerNorm LayerNorm(long normalized_shape, double eps = 1E-05, bool elementwise_affine = true, bool bias = true, Device device = null, ScalarType? dtype = null) => new(new[] { normalized_shape }, eps, elementwise_affine, bias, device, dtype);
            public static BatchNorm1d BatchNorm1d(long num_features, double eps = 1E-05, double momentum = 0.1, bool affine = true, bool track_running_stats = true, Device device = null, ScalarType? dtype = null) => new(num_features, eps, momentum, affine, track_running_stats, device, dtype);
            public static Dropout Dropout(double p = 0.5, bool inplace = false) => new(p, inplace);
            public static ReLU ReLU(bool inplace = false) => new(inplace);
            public static GELU GELU() => new(false);
            public static GELU GELU(bool inplace) => new(inplace);
            public static SiLU SiLU() => new(false);
            public static SiLU SiLU(bool inplace) => new(inplace);
            public static Tanh Tanh() => new(false);
            public static Tanh Tanh(bool inplace = false) => new(inplace);
            public static Sigmoid Sigmoid() => new(false);
            public static Sigmoid Sigmoid(bool inplace) => new(inplace);
            public static LeakyReLU LeakyReLU(double negative_slope = 0.01, bool inplace = false) => new(negative_slope, inplace);
            public static Softmax Softmax(long dim) => new(dim);
            public static LogSoftmax LogSoftmax(long dim) => new(dim);
            public static Identity Identity() => new();
            public static Flatten Flatten(long start_dim = 1, long end_dim = -1) => new(start_dim, end_dim);
            public static Sequential Sequential() => new();
            public static Sequential Sequential(params (string, Module<Tensor, Tensor>)[] modules) => Sequential((IEnumerable<(string, Module<Tensor, Tensor>)>)modules);
            public static Sequential Sequential(params Module<Tensor, Tensor>[] modules) => Sequential((IEnumerable<Module<Tensor, Tensor>>)modules);
            public static Sequential Sequential(IEnumerable<(string, Module<Tensor, Tensor>)> modules) { var s = new Sequential(); foreach (var (name, module) in modules) s.append(name, module); return s; }
            public static Sequential Sequential(IEnumerable<Module<Tensor, Tensor>> modules) { var s = new Sequential(); foreach (var module in modules) s.append(module); return s; }
            public static Sequential Sequential(params Tuple<string, Module<Tensor, Tensor>>[] modules) => Sequential(modules.Select(m => (m.Item1, m.Item2)));
            public static Sequential Sequential(IEnumerable<Tuple<string, Module<Tensor, Tensor>>> modules) => Sequential(modules.Select(m => (m.Item1, m.Item2)));
            public static ModuleList<Module> ModuleList(params Module[] modules) => new(modules);
            public static ModuleList<T> ModuleList<T>(params T[] modules) where T : Module => new(modules);
            public static CrossEntropyLoss CrossEntropyLoss(Tensor weight = null, long? ignore_index = null, Reduction reduction = Reduction.Mean) => new(weight, ignore_index, reduction);
            public static MSELoss MSELoss(Reduction reduction = Reduction.Mean) => new(reduction);
            public static L1Loss L1Loss(Reduction reduction = Reduction.Mean) => new(reduction);
            public static BCEWithLogitsLoss BCEWithLogitsLoss(Tensor weight = null, Reduction reduction = Reduction.Mean, Tensor pos_weights = null) => new(weight, reduction, pos_weights);
            public static NLLLoss NLLLoss(Tensor weight = null, Reduction reduction = Reduction.Mean) => new(weight, reduction);
            public static KLDivLoss KLDivLoss(bool log_target = true, Reduction reduction = Reduction.Mean) => new(log_target, reduction);

            public static class init
            {
                public enum FanInOut { FanIn = 0, FanOut = 1 }
                public enum NonlinearityType { Linear = 0, Conv1D = 1, Conv2D = 2, Conv3D = 3, ConvTranspose1D = 4, ConvTranspose2D = 5, ConvTranspose3D = 6, Sigmoid = 7, Tanh = 8, ReLU = 9, LeakyReLU = 10 }

                public static double calculate_gain(NonlinearityType nonlinearity, double param = 0) => nonlinearity switch
                {
                    NonlinearityType.Tanh => 5.0 / 3,
                    NonlinearityType.ReLU => Math.Sqrt(2),
                    NonlinearityType.LeakyReLU => Math.Sqrt(2 / (1 + param * param)),
                    _ => 1
                };
                public static (long, long) CalculateFanInAndFanOut(Tensor tensor)
                {
                    var shape = tensor.shape;
                    if (shape.Length < 2) throw new ArgumentException("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions");
                    var field = shape.Skip(2).TotalSize();
                    return (shape[1] * field, shape[0] * field);
                }
                static Tensor Quietly(Func<Tensor> fill) { using (no_grad()) return fill(); }
                public static Tensor uniform_(Tensor tensor, double low = 0, double high = 1, Generator generator = null) => Quietly(() => tensor.uniform_(low, high, generator));
                public static Tensor normal_(Tensor tensor, double mean = 0, double std = 1, Generator generator = null) => Quietly(() => tensor.normal_(mean, std, generator));
                public static Tensor constant_(Tensor tensor, Scalar val) => Quietly(() => tensor.fill_(val));
                public static Tensor ones_(Tensor tensor) => Quietly(() => tensor.fill_(1));
                public static Tensor zeros_(Tensor tensor) => Quietly(() => tensor.fill_(0));
                public static Tensor kaiming_uniform_(Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn, NonlinearityType nonlinearity = NonlinearityType.LeakyReLU)
                {
                    var bound = Math.Sqrt(3) * calculate_gain(nonlinearity, a) / Math.Sqrt(Fan(tensor, mode));
                    return uniform_(tensor, -bound, bound);
                }
                public static Tensor kaiming_normal_(Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn, NonlinearityType nonlinearity = NonlinearityType.LeakyReLU) =>
                    normal_(tensor, 0, calculate_gain(nonlinearity, a) / Math.Sqrt(Fan(tensor, mode)));
                static double Fan(Tensor tensor, FanInOut mode) => CalculateFanInAndFanOut(tensor) is var (fanIn, fanOut) && mode == FanInOut.FanIn ? fanIn : fanOut;
                public static Tensor xavier_uniform_(Tensor tensor, double gain = 1)
                {
                    var (fanIn, fanOut) = CalculateFanInAndFanOut(tensor);
                    var bound = Math.Sqrt(3) * gain * Math.Sqrt(2.0 / (fanIn + fanOut));
                    return uniform_(tensor, -bound, bound);
                }
                public static Tensor xavier_normal_(Tensor tensor, double gain = 1)
                {
                    var (fanIn, fanOut) = CalculateFanInAndFanOut(tensor);
                    return normal_(tensor, 0, gain * Math.Sqrt(2.0 / (fanIn + fanOut)));
                }
                public static Tensor glorot_uniform_(Tensor tensor, double gain = 1) => xavier_uniform_(tensor, gain);
                public static Tensor glorot_normal_(Tensor tensor, double gain = 1) => xavier_normal_(tensor, gain);
            }

            public static class utils
            {
                public static Tensor parameters_to_vector(IEnumerable<Parameter> tensors) => torch.cat(tensors.Select(t => t.view(-1)).ToArray());
                public static void vector_to_parameters(Tensor vec, IEnumerable<Parameter> tensors)
                {
                    using var scope = NewDisposeScope();
                    using var quiet = no_grad();
                    long at = 0;
                    foreach (var p in tensors) { p.copy_(vec.narrow(0, at, p.numel()).view_as(p)); at += p.numel(); }
                }
                public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2)
                {
                    using var scope = NewDisposeScope();
                    using var quiet = no_grad();
                    var grads = tensors.Select(t => t.grad).Where(g => g is not null).ToArray();
                    if (grads.Length == 0) return 0;
                    var total = double.IsPositiveInfinity(norm_type) ? grads.Max(g => g.abs().max().ToDouble()) : Math.Pow(grads.Sum(g => Math.Pow(g.norm((float)norm_type).ToDouble(), norm_type)), 1 / norm_type);
                    var factor = max_norm / (total + 1e-6);
                    if (factor < 1) foreach (var g in grads) g.mul_(factor);
                    return total;
                }
                public static void clip_grad_value_(IEnumerable<Parameter> tensors, double clip_value)
                {
                    using var scope = NewDisposeScope();
                    using var quiet = no_grad();
                    foreach (var t in tensors) t.grad?.clamp_(-clip_value, clip_value);
                }
            }
        }
    }
}
