namespace Retort;

/// <summary>The bend between two layers.</summary>
public enum Activation
{
    /// <summary><c>max(x, 0)</c>.</summary>
    Relu,

    /// <summary><c>x / (1 + exp(-x))</c>.</summary>
    Silu,

    /// <summary><c>tanh(x)</c>.</summary>
    Tanh,

    /// <summary><c>1.0507 (max(x, 0) + 1.6733 (exp(min(x, 0)) - 1))</c>, which keeps mean 0 and deviation 1 from layer to layer. Klambauer et al., 2017, https://arxiv.org/abs/1706.02515</summary>
    Selu,

    /// <summary><c>x tanh(log(1 + exp(x)))</c>. Misra, 2019, https://arxiv.org/abs/1908.08681</summary>
    Mish,

    /// <summary><c>0.8944 max(x, 0)^2 - 0.4472</c>, of mean 0 and deviation 1 where x is normal. Yu et al., MetaFormer Baselines for Vision, 2022, https://arxiv.org/abs/2210.13452; scale and bias are not learned here.</summary>
    StarRelu,
}
