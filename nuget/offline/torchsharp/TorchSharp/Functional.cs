namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public enum Reduction { None = 0, Mean = 1, Sum = 2 }

        public static partial class functional
        {
            static long R(Reduction reduction) => (long)reduction;
            static Tensor Reduced(Tensor t, Reduction reduction) => reduction switch { Reduction.Mean => t.mean(), Reduction.Sum => t.sum(), _ => t };

            public static Tensor linear(Tensor input, Tensor weights, Tensor bias = null) => Op.Call("linear", input, weights, bias);
            public static Tensor bilinear(Tensor input1, Tensor input2, Tensor weight, Tensor bias = null) => Op.Call("bilinear", input1, input2, weight, bias);

            // Activations
            public static Tensor relu(Tensor x, bool inplace = false) => inplace ? x.relu_().alias() : x.relu();
            public static Tensor relu6(Tensor x, bool inplace = false) => inplace ? x.relu6_().alias() : x.relu6();
            public static Tensor leaky_relu(Tensor input, double negative_slope = 0.01, bool inplace = false) => inplace ? Op.In("leaky_relu_", input, negative_slope).alias() : Op.Call("leaky_relu", input, negative_slope);
            public static Tensor elu(Tensor x, double alpha, bool inplace = false) => inplace ? Op.In("elu_", x, alpha).alias() : Op.Call("elu", x, alpha);
            public static Tensor celu(Tensor x, double alpha, bool inplace = false) => inplace ? Op.In("celu_", x, alpha).alias() : Op.Call("celu", x, alpha);
            public static Tensor selu(Tensor x, bool inplace = false) => inplace ? x.selu_().alias() : x.selu();
            public static Tensor gelu(Tensor x) => Op.Call("gelu", x);
            public static Tensor gelu(Tensor x, bool inplace) => inplace ? x.gelu_().alias() : Op.Call("gelu", x);
            public static Tensor silu(Tensor x, bool inplace = false) => inplace ? x.silu_().alias() : x.silu();
            public static Tensor mish(Tensor x, bool inplace = false) => inplace ? Op.In("mish_", x).alias() : Op.Call("mish", x);
            public static Tensor hardswish(Tensor input, bool inplace = false) => inplace ? input.hardswish_().alias() : input.hardswish();
            public static Tensor hardsigmoid(Tensor input, bool inplace = false) => inplace ? input.hardsigmoid_().alias() : input.hardsigmoid();
            public static Tensor hardtanh(Tensor x, double min_val = -1, double max_val = 1, bool inplace = false) => inplace ? Op.In("hardtanh_", x, min_val, max_val).alias() : x.hardtanh(min_val, max_val);
            public static Tensor hardshrink(Tensor x, double lambda = 0.5) => Op.Call("hardshrink", x, lambda);
            public static Tensor softshrink(Tensor x, double lambda = 0.5) => Op.Call("softshrink", x, lambda);
            public static Tensor softsign(Tensor x, bool inplace = false) { using var d = x.abs().add_(1); return inplace ? x.div_(d).alias() : x.div(d); }
            public static Tensor tanhshrink(Tensor x, bool inplace = false) { using var t = x.tanh(); return inplace ? x.sub_(t).alias() : x.sub(t); }
            public static Tensor threshold(Tensor x, double threshold, double value, bool inplace = false) => inplace ? Op.In("threshold_", x, threshold, value).alias() : Op.Call("threshold", x, threshold, value);
            public static Tensor prelu(Tensor input, Tensor weight) => input.prelu(weight);
            public static Tensor glu(Tensor input, long dim = -1) => input.glu(dim);
            public static Tensor sigmoid(Tensor x) => x.sigmoid();
            public static Tensor sigmoid(Tensor x, bool inplace) => inplace ? x.sigmoid_().alias() : x.sigmoid();
            public static Tensor tanh(Tensor x, bool inplace = false) => inplace ? x.tanh_().alias() : x.tanh();
            public static Tensor logsigmoid(Tensor x) => Op.Call("log_sigmoid", x);
            public static Tensor softplus(Tensor x, double beta = 1, double threshold = 20) => Op.Call("softplus", x, beta, threshold);
            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);
            public static Tensor softmin(Tensor x, long dim) { using var n = x.neg(); return n.softmax(dim); }
            public static Tensor log_softmax(Tensor x, long dim) => x.log_softmax(dim);

            // Dropout and normalisation
            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false) => inplace ? Op.In("dropout_", input, p, training).alias() : Op.Call("dropout", input, p, training);
            public static Tensor alpha_dropout(Tensor input, double p = 0.5, bool training = false, bool inplace = false) => inplace ? Op.In("alpha_dropout_", input, p, training).alias() : Op.Call("alpha_dropout", input, p, training);
            public static Tensor batch_norm(Tensor input, Tensor running_mean, Tensor running_var, Tensor weight = null, Tensor bias = null, bool training = false, double momentum = 0.1, double eps = 1E-05) =>
                Op.Call("batch_norm", input, weight, bias, running_mean, running_var, training, momentum, eps, true);
            public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor weight = null, Tensor bias = null, double eps = 1E-05) => Op.Call("layer_norm", input, normalized_shape, weight, bias, eps);
            public static Tensor group_norm(Tensor input, long num_groups, Tensor weight = null, Tensor bias = null, double eps = 1E-05) => Op.Call("group_norm", input, num_groups, weight, bias, eps);
            public static Tensor normalize(Tensor input, double p = 2, long dim = 1, double eps = 1E-12)
            {
                using var scope = NewDisposeScope();
                return (input / Op.Call("norm.ScalarOpt_dim", input, p, dim, true).clamp_min(eps).expand_as(input)).MoveToOuterDisposeScope();
            }

            public static Tensor one_hot(Tensor x, long num_classes = -1) => Op.Call("one_hot", x, num_classes);
            public static Tensor pad(Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                Op.Call("pad", input, pad, mode switch { PaddingModes.Reflect => "reflect", PaddingModes.Replicate => "replicate", PaddingModes.Circular => "circular", _ => "constant" }, value);
            public static Tensor pad(Tensor input, ReadOnlySpan<long> pad, PaddingModes mode = PaddingModes.Constant, double value = 0) => functional.pad(input, pad.ToArray(), mode, value);
            public static Tensor pad(Tensor input, (long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) => functional.pad(input, new[] { pad.Item1, pad.Item2 }, mode, value);
            public static Tensor pad(Tensor input, (long, long, long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) => functional.pad(input, new[] { pad.Item1, pad.Item2, pad.Item3, pad.Item4 }, mode, value);
            public static Tensor pad(Tensor input, long pad, PaddingModes mode = PaddingModes.Constant, double value = 0) => functional.pad(input, Enumerable.Repeat(pad, 2 * (int)input.dim()).ToArray(), mode, value);
            public static Tensor cosine_similarity(Tensor x1, Tensor x2, long dim = 1, double eps = 1E-08) => Op.Call("cosine_similarity", x1, x2, dim, eps);
            public static Tensor pairwise_distance(Tensor input1, Tensor input2, double p = 2, double eps = 1E-06, bool keepdim = false) => Op.Call("pairwise_distance", input1, input2, p, eps, keepdim);

            // Losses
            public static Tensor cross_entropy(Tensor input, Tensor target, Tensor weight = null, long ignore_index = -100, Reduction reduction = Reduction.Mean, double label_smoothing = 0) =>
                Op.Call("cross_entropy_loss", input, target, weight, R(reduction), ignore_index, label_smoothing);
            public static Tensor nll_loss(Tensor input, Tensor target, Tensor weight = null, Reduction reduction = Reduction.Mean) => Op.Call("nll_loss_nd", input, target, weight, R(reduction));
            public static Tensor binary_cross_entropy(Tensor input, Tensor target, Tensor weight = null, Reduction reduction = Reduction.Mean) => Op.Call("binary_cross_entropy", input, target, weight, R(reduction));
            public static Tensor binary_cross_entropy_with_logits(Tensor input, Tensor target, Tensor weight = null, Reduction reduction = Reduction.Mean, Tensor pos_weights = null) =>
                Op.Call("binary_cross_entropy_with_logits", input, target, weight, pos_weights, R(reduction));
            public static Tensor mse_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) => Op.Call("mse_loss", input, target, R(reduction));
            public static Tensor l1_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) => Op.Call("l1_loss", input, target, R(reduction));
            public static Tensor smooth_l1_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean, double beta = 1) => Op.Call("smooth_l1_loss", input, target, R(reduction), beta);
            public static Tensor huber_loss(Tensor input, Tensor target, double delta = 1, Reduction reduction = Reduction.Mean) => Op.Call("huber_loss", input, target, R(reduction), delta);
            public static Tensor kl_div(Tensor input, Tensor target, bool log_target = true, Reduction reduction = Reduction.Mean) => Op.Call("kl_div", input, target, R(reduction), log_target);
            public static Tensor margin_ranking_loss(Tensor input1, Tensor input2, Tensor target, double margin = 0, Reduction reduction = Reduction.Mean) => Op.Call("margin_ranking_loss", input1, input2, target, margin, R(reduction));
            public static Tensor cosine_embedding_loss(Tensor input1, Tensor input2, Tensor target, double margin = 0, Reduction reduction = Reduction.Mean) => Op.Call("cosine_embedding_loss", input1, input2, target, margin, R(reduction));
            public static Tensor hinge_embedding_loss(Tensor input, Tensor target, double margin = 0, Reduction reduction = Reduction.Mean) => Op.Call("hinge_embedding_loss", input, target, margin, R(reduction));
            public static Tensor soft_margin_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) => Op.Call("soft_margin_loss", input, target, R(reduction));
            public static Tensor multi_margin_loss(Tensor input, Tensor target, int p = 1, double margin = 1, Tensor weight = null, Reduction reduction = Reduction.Mean) => Op.Call("multi_margin_loss", input, target, (long)p, margin, weight, R(reduction));
            public static Tensor multi_label_margin_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) => Op.Call("multilabel_margin_loss", input, target, R(reduction));
            public static Tensor gaussian_nll_loss(Tensor input, Tensor target, Tensor variance, bool full = false, float eps = 1E-06f, Reduction reduction = Reduction.Mean)
            {
                using var scope = NewDisposeScope();
                var v = variance.clone();
                using (no_grad()) v.clamp_(eps);
                var loss = 0.5 * (v.log() + (input - target).square() / v);
                if (full) loss = loss + 0.5 * Math.Log(2 * Math.PI);
                return Reduced(loss.view(loss.size(0), -1).sum(1L), reduction).MoveToOuterDisposeScope();
            }
            public static Tensor triplet_margin_loss(Tensor anchor, Tensor positive, Tensor negative, double margin = 1, long p = 2, double eps = 1E-06, bool swap = false, Reduction reduction = Reduction.Mean) =>
                Op.Call("triplet_margin_loss", anchor, positive, negative, margin, (double)p, eps, swap, R(reduction));
        }
    }


    public static partial class linalg
    {
        public enum QRMode { Reduced = 0, Complete = 1, R = 2 }

        public static Tensor inv(Tensor input) => Op.Call("linalg_inv", input);
        public static Tensor det(Tensor input) => Op.Call("linalg_det", input);
        public static (Tensor, Tensor) slogdet(Tensor input) => Op.Call2("linalg_slogdet", input);
        public static Tensor cholesky(Tensor input) => Op.Call("linalg_cholesky", input);
        public static Tensor solve(Tensor A, Tensor B, bool left = true) => Op.Call("linalg_solve", A, B, left);
        public static Tensor solve_triangular(Tensor A, Tensor B, bool upper, bool left = true, bool unitriangular = false, Tensor @out = null)
        {
            var r = Op.Call("linalg_solve_triangular", A, B, upper, left, unitriangular);
            if (@out is null) return r;
            using (r) return @out.copy_(r);
        }
        public static (Tensor, Tensor, Tensor, Tensor) lstsq(Tensor input, Tensor other) => Op.Call4("linalg_lstsq", input, other);
        public static (Tensor, Tensor, Tensor, Tensor) lstsq(Tensor input, Tensor other, double rcond) => Op.Call4("linalg_lstsq", input, other, rcond);
        public static (Tensor, Tensor, Tensor) svd(Tensor input, bool fullMatrices = true) => Op.Call3("linalg_svd", input, fullMatrices);
        public static Tensor svdvals(Tensor input) => Op.Call("linalg_svdvals", input);
        public static (Tensor, Tensor) eigh(Tensor input, char UPLO = 'L') => Op.Call2("linalg_eigh", input, UPLO.ToString());
        public static Tensor eigvalsh(Tensor input, char UPLO = 'L') => Op.Call("linalg_eigvalsh", input, UPLO.ToString());
        public static (Tensor, Tensor) eig(Tensor input) => Op.Call2("linalg_eig", input);
        public static Tensor eigvals(Tensor input) => Op.Call("linalg_eigvals", input);
        public static (Tensor, Tensor) qr(Tensor input, QRMode mode = QRMode.Reduced) => Op.Call2("linalg_qr", input, mode switch { QRMode.Reduced => "reduced", QRMode.Complete => "complete", _ => "r" });
        public static (Tensor, Tensor, Tensor) lu(Tensor input, bool pivot = true) => Op.Call3("linalg_lu", input, pivot);
        public static (Tensor, Tensor) lu_factor(Tensor input, bool pivot = true) => Op.Call2("linalg_lu_factor", input, pivot);
        public static Tensor pinv(Tensor input, double? atol = null, double? rtol = null, bool hermitian = false) => Op.Call("linalg_pinv.atol_rtol_float", input, atol, rtol, hermitian);
        public static Tensor matrix_rank(Tensor input, double? atol = null, double? rtol = null, bool hermitian = false) => Op.Call("linalg_matrix_rank.atol_rtol_float", input, atol, rtol, hermitian);
        public static Tensor matrix_exp(Tensor input) => Op.Call("linalg_matrix_exp", input);
        public static Tensor multi_dot(IList<Tensor> tensors) => Op.Call("linalg_multi_dot", tensors.ToArray());
        public static Tensor cross(Tensor input, Tensor other, long dim = -1) => Op.Call("linalg_cross", input, other, dim);
        public static Tensor diagonal(Tensor input, int offset = 0, int dim1 = -2, int dim2 = -1) => Op.Call("linalg_diagonal", input, (long)offset, (long)dim1, (long)dim2);
        public static Tensor vecdot(Tensor x, Tensor y, long dim = -1, Tensor @out = null)
        {
            var r = Op.Call("linalg_vecdot", x, y, dim);
            if (@out is null) return r;
            using (r) return @out.copy_(r);
        }
        public static Tensor norm(Tensor input, long[] dims = null, bool keepdim = false) => Op.Call("linalg_norm", input, Arg.None, dims, keepdim);
        public static Tensor norm(Tensor input, double ord, long[] dims = null, bool keepdim = false) => Op.Call("linalg_norm", input, ord, dims, keepdim);
        public static Tensor norm(Tensor input, int ord, long[] dims = null, bool keepdim = false) => Op.Call("linalg_norm", input, (long)ord, dims, keepdim);
        public static Tensor norm(Tensor input, string ord, long[] dims = null, bool keepdim = false) => Op.Call("linalg_norm.ord_str", input, ord, dims, keepdim);
        public static Tensor vector_norm(Tensor input, double ord = 2, long[] dims = null, bool keepdim = false) => Op.Call("linalg_vector_norm", input, ord, dims, keepdim);
        public static Tensor matrix_norm(Tensor input, double ord, long[] dims = null, bool keepdim = false) => Op.Call("linalg_matrix_norm", input, ord, dims ?? new long[] { -2, -1 }, keepdim);
        public static Tensor matrix_norm(Tensor input, string ord = "fro", long[] dims = null, bool keepdim = false) => Op.Call("linalg_matrix_norm.str_ord", input, ord, dims ?? new long[] { -2, -1 }, keepdim);
    }

    public static partial class special
    {
        public static Tensor erf(Tensor input) => input.erf();
        public static Tensor erfc(Tensor input) => input.erfc();
        public static Tensor erfcx(Tensor input) => input.erfc();
        public static Tensor erfinv(Tensor input) => input.erfinv();
        public static Tensor entr(Tensor input) => Op.Call("special_entr", input);
        public static Tensor expit(Tensor input) => input.sigmoid();
        public static Tensor expm1(Tensor input) => input.expm1();
        public static Tensor exp2(Tensor input) => input.exp2();
        public static Tensor gammaln(Tensor input) => input.lgamma();
        public static Tensor digamma(Tensor input) => input.digamma();
        public static Tensor psi(Tensor input) => input.digamma();
        public static Tensor polygamma(long n, Tensor input) => Op.Call("special_polygamma", n, input);
        public static Tensor gammainc(Tensor input, Tensor other) => Op.Call("special_gammainc", input, other);
        public static Tensor gammaincc(Tensor input, Tensor other) => Op.Call("special_gammaincc", input, other);
        public static Tensor ndtr(Tensor input) => Op.Call("special_ndtr", input);
        public static Tensor ndtri(Tensor input) => Op.Call("special_ndtri", input);
        public static Tensor xlog1py(Tensor input, Tensor other) => Op.Call("special_xlog1py", input, other);
        public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);
        public static Tensor log_softmax(Tensor input, long dim, ScalarType? dtype = null) => input.log_softmax(dim, dtype);
        public static Tensor sigmoid(Tensor input) => input.sigmoid();
        public static Tensor sinc(Tensor input) => input.sinc();
        public static Tensor i0(Tensor input) => input.i0();
    }
}
