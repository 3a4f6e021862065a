using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class optim
        {
            public interface ILearningRateController { double LearningRate { get; set; } double InitialLearningRate { get; set; } }
            public interface IMomentum { double Momentum { get; set; } }
            public interface IBetas { (double, double) Betas { get; set; } }

            public abstract class Optimizer : IDisposable
            {
                protected Optimizer(IntPtr handle) { }
                protected IList<ParamGroup> _parameter_groups = new List<ParamGroup>();
                public IEnumerable<ILearningRateController> ParamGroups => _parameter_groups;
                public virtual IEnumerable<Parameter> parameters() => _parameter_groups.SelectMany(g => g.Parameters);
                public virtual void zero_grad()
                {
                    foreach (var p in parameters())
                    {
                        using var grad = p.grad;
                        if (grad is null) continue;
                        using (no_grad()) grad.zero_().Dispose();
                    }
                }
                public virtual Tensor step(Func<Tensor> closure = null) => throw new NotImplementedException();
                public void Dispose() { Dispose(true); GC.SuppressFinalize(this); }
                protected virtual void Dispose(bool disposing) { }
            }

            public static SGD SGD(IEnumerable<Parameter> parameters, double learningRate, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false) => new(parameters, learningRate, momentum, dampening, weight_decay, nesterov, maximize);
            public static SGD SGD(IEnumerable<(string, Parameter)> parameters, double learningRate, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false) => new(parameters.Select(p => p.Item2), learningRate, momentum, dampening, weight_decay, nesterov, maximize);
            public static Adam Adam(IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08, double weight_decay = 0, bool amsgrad = false, bool maximize = false) => new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);
            public static Adam Adam(IEnumerable<(string, Parameter)> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08, double weight_decay = 0, bool amsgrad = false, bool maximize = false) => new(parameters.Select(p => p.Item2), lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);
            public static AdamW AdamW(IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08, double weight_decay = 0, bool amsgrad = false, bool maximize = false) => new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);
            public static AdamW AdamW(IEnumerable<(string, Parameter)> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08, double weight_decay = 0, bool amsgrad = false, bool maximize = false) => new(parameters.Select(p => p.Item2), lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);
        }
    }
}

namespace TorchSharp.Modules
{
    public class ParamGroup : ILearningRateController
    {
        public IEnumerable<Parameter> Parameters { get; set; }
        public double LearningRate { get; set; }
        public double InitialLearningRate { get; set; }
    }

    public abstract class OptimizerHelper : Optimizer
    {
        public OptimizerHelper() : base(IntPtr.Zero) { }

        internal void Group(IEnumerable<Parameter> parameters, double lr)
        {
            if (lr < 0) throw new ArgumentException($"Invalid learning rate: {lr}");
            _parameter_groups.Add(new ParamGroup { Parameters = parameters.ToArray(), LearningRate = lr, InitialLearningRate = lr });
        }

        /// <summary>Runs the closure, then the update on every parameter that has a gradient.</summary>
        internal Tensor Update(Func<Tensor> closure, Action<Parameter, Tensor, double> update)
        {
            Tensor loss = null;
            if (closure is not null) using (enable_grad()) loss = closure();
            using var scope = NewDisposeScope();
            using var quiet = no_grad();
            foreach (var group in _parameter_groups)
                foreach (var p in group.Parameters)
                    if (p.grad is { } grad) update(p, grad, group.LearningRate);
            return loss;
        }
    }

    public class SGD : OptimizerHelper, IMomentum
    {
        readonly Dictionary<Parameter, Tensor> buffers = new(ReferenceEqualityComparer.Instance);
        readonly double dampening, weight_decay;
        readonly bool nesterov, maximize;
        public SGD(IEnumerable<Parameter> parameters, double lr, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false)
        {
            Group(parameters, lr);
            if (momentum < 0) throw new ArgumentException($"Invalid momentum value: {momentum}");
            if (weight_decay < 0) throw new ArgumentException($"Invalid weight_decay value: {weight_decay}");
            if (nesterov && (momentum <= 0 || dampening != 0)) throw new ArgumentException("Nesterov momentum requires a momentum and zero dampening");
            (Momentum, this.dampening, this.weight_decay, this.nesterov, this.maximize) = (momentum, dampening, weight_decay, nesterov, maximize);
        }
        public double Momentum { get; set; }
        public override Tensor step(Func<Tensor> closure = null) => Update(closure, (p, grad, lr) =>
        {
            if (weight_decay != 0) grad = grad.add(p, weight_decay);
            if (Momentum != 0)
            {
                if (buffers.TryGetValue(p, out var buffer)) buffer.mul_(Momentum).add_(grad, 1 - dampening);
                else buffers[p] = buffer = grad.clone().DetachFromDisposeScope();
                grad = nesterov ? grad.add(buffer, Momentum) : buffer;
            }
            p.add_(grad, maximize ? lr : -lr);
        });
        protected override void Dispose(bool disposing) { foreach (var b in buffers.Values) b.Dispose(); buffers.Clear(); }
    }

    /// <summary>The moments of one parameter.</summary>
    sealed class Moments : IDisposable
    {
        internal readonly Tensor First, Second, Largest;
        internal long Step;
        internal Moments(Tensor p, bool amsgrad)
        {
            First = p.zeros_like().DetachFromDisposeScope();
            Second = p.zeros_like().DetachFromDisposeScope();
            if (amsgrad) Largest = p.zeros_like().DetachFromDisposeScope();
        }

        internal void Apply(Tensor p, Tensor grad, double lr, double beta1, double beta2, double eps)
        {
            Step++;
            First.mul_(beta1).add_(grad, 1 - beta1);
            Second.mul_(beta2).addcmul_(grad, grad, 1 - beta2);
            var second = Second;
            if (Largest is not null) second = Largest.copy_(torch.maximum(Largest, Second));
            var denominator = (second.sqrt() / Math.Sqrt(1 - Math.Pow(beta2, Step))).add_(eps);
            p.addcdiv_(First, denominator, -lr / (1 - Math.Pow(beta1, Step)));
        }
        public void Dispose() { First.Dispose(); Second.Dispose(); Largest?.Dispose(); }
    }

    public class Adam : OptimizerHelper, IBetas
    {
        readonly Dictionary<Parameter, Moments> moments = new(ReferenceEqualityComparer.Instance);
        readonly double eps, weight_decay;
        readonly bool amsgrad, maximize;
        public Adam(IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
        {
            Group(parameters, lr);
            (Betas, this.eps, this.weight_decay, this.amsgrad, this.maximize) = ((beta1, beta2), eps, weight_decay, amsgrad, maximize);
        }
        public (double, double) Betas { get; set; }
        public override Tensor step(Func<Tensor> closure = null) => Update(closure, (p, grad, lr) =>
        {
            if (!moments.TryGetValue(p, out var m)) moments[p] = m = new Moments(p, amsgrad);
            if (maximize) grad = -grad;
            if (weight_decay != 0) grad = grad.add(p, weight_decay);
            m.Apply(p, grad, lr, Betas.Item1, Betas.Item2, eps);
        });
        protected override void Dispose(bool disposing) { foreach (var m in moments.Values) m.Dispose(); moments.Clear(); }
    }

    public class AdamW : OptimizerHelper, IBetas
    {
        readonly Dictionary<Parameter, Moments> moments = new(ReferenceEqualityComparer.Instance);
        readonly double eps, weight_decay;
        readonly bool amsgrad, maximize;
        public AdamW(IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
        {
            Group(parameters, lr);
            (Betas, this.eps, this.weight_decay, this.amsgrad, this.maximize) = ((beta1, beta2), eps, weight_decay, amsgrad, maximize);
        }
        public (double, double) Betas { get; set; }
        public override Tensor step(Func<Tensor> closure = null) => Update(closure, (p, grad, lr) =>
        {
            if (!moments.TryGetValue(p, out var m)) moments[p] = m = new Moments(p, amsgrad);
            if (maximize) grad = -grad;
            p.mul_(1 - lr * weight_decay);
            m.Apply(p, grad, lr, Betas.Item1, Betas.Item2, eps);
        });
        protected override void Dispose(bool disposing) { foreach (var m in moments.Values) m.Dispose(); moments.Clear(); }
    }
}
