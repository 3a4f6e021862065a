using System.Numerics;

namespace Retort;

/// <summary>The activations and their slopes.</summary>
internal static class Activations
{
    private const double SeluScale = 1.0507009873554805, SeluAlpha = 1.6732632423543772;
    private const double StarScale = 0.8944271909999159, StarBias = -0.4472135954999579; // 2 / sqrt(5), -1 / sqrt(5)

    public static Tensor Forward(Activation activation, Tensor x) => activation switch
    {
        Activation.Relu => x.relu(),
        Activation.Silu => x.silu(),
        Activation.Tanh => x.tanh(),
        Activation.Selu => SeluScale * (x.clamp_min(0) + SeluAlpha * (x.clamp_max(0).exp() - 1)),
        Activation.Mish => x * where(x < 20, x.clamp_max(20).exp().log1p(), x).tanh(),
        _ => x.relu().square() * StarScale + StarBias,
    };

    public static OnnxValue Forward(Activation activation, OnnxValue x) => activation switch
    {
        Activation.Relu => x.Relu(),
        Activation.Silu => x * x.Sigmoid(),
        Activation.Tanh => x.Tanh(),
        Activation.Selu => (x.Max(0) + (x.Min(0).Exp() - 1) * SeluAlpha) * SeluScale,
        Activation.Mish => x * x.Softplus().Tanh(),
        _ => x.Relu() * x.Relu() * StarScale + StarBias,
    };

    public static void Forward<T>(Activation activation, ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T>
    {
        switch (activation)
        {
            case Activation.Relu:
                TensorPrimitives.Max(x, T.Zero, y);
                break;
            case Activation.Silu:
                TensorPrimitives.Sigmoid(x, y);
                TensorPrimitives.Multiply(y, x, y);
                break;
            case Activation.Tanh:
                TensorPrimitives.Tanh(x, y);
                break;
            case Activation.Selu:
                TensorPrimitives.Min(x, T.Zero, y);
                TensorPrimitives.Exp(y, y);
                Elementwise.Map(x, y, static (x, e) => Of<T>(SeluScale) * (Vector.Max(x, Vector<T>.Zero) + Of<T>(SeluAlpha) * (e - Vector<T>.One)));
                break;
            case Activation.Mish: // tanh(log(1 + e)) = n / (n + 2), n = e (e + 2)
                TensorPrimitives.Min(x, T.CreateTruncating(20), y);
                TensorPrimitives.Exp(y, y);
                Elementwise.Map(x, y, static (x, e) => x * (e * (e + Of<T>(2))) / (e * (e + Of<T>(2)) + Of<T>(2)));
                break;
            default:
                Elementwise.Map(x, y, static (x, _) => Of<T>(StarScale) * Vector.Max(x, Vector<T>.Zero) * Vector.Max(x, Vector<T>.Zero) + Of<T>(StarBias));
                break;
        }
    }

    /// <summary>f'(x), given x and y = f(x).</summary>
    public static void Slope<T>(Activation activation, ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> slope) where T : unmanaged, IFloatingPointIeee754<T>
    {
        switch (activation)
        {
            case Activation.Relu:
                Elementwise.Map(y, slope, static (y, _) => Vector.ConditionalSelect(Vector.GreaterThan(y, Vector<T>.Zero), Vector<T>.One, Vector<T>.Zero));
                break;
            case Activation.Silu: // s + y (1 - s)
                TensorPrimitives.Sigmoid(x, slope);
                Elementwise.Map(y, slope, static (y, s) => s + y * (Vector<T>.One - s));
                break;
            case Activation.Tanh:
                Elementwise.Map(y, slope, static (y, _) => Vector<T>.One - y * y);
                break;
            case Activation.Selu:
                Elementwise.Map(y, slope, static (y, _) => Vector.ConditionalSelect(Vector.GreaterThan(y, Vector<T>.Zero), Of<T>(SeluScale), y + Of<T>(SeluScale * SeluAlpha)));
                break;
            case Activation.Mish: // t + x s (1 - t^2), with t = n / (n + 2) and s = e / (1 + e)
                TensorPrimitives.Min(x, T.CreateTruncating(20), slope);
                TensorPrimitives.Exp(slope, slope);
                Elementwise.Map(x, slope, static (x, e) =>
                {
                    var n = e * (e + Of<T>(2));
                    var t = n / (n + Of<T>(2));
                    return t + x * (e / (Vector<T>.One + e)) * (Vector<T>.One - t * t);
                });
                break;
            default:
                Elementwise.Map(x, slope, static (x, _) => Of<T>(2 * StarScale) * Vector.Max(x, Vector<T>.Zero));
                break;
        }
    }

    private static Vector<T> Of<T>(double number) where T : unmanaged, IFloatingPointIeee754<T> => new(T.CreateTruncating(number));
}
