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
}
