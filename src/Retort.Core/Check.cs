using System.Globalization;
using System.Runtime.CompilerServices;

namespace Retort;

/// <summary>Guards whose messages name the thing, the rule and the value. NaN fails every one of them.</summary>
internal static class Check
{
    public static void InRange(double value, double min, double max, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (!(value >= min && value <= max))
            throw Wrong(name, $"lie in [{Text(min)}, {Text(max)}]", Text(value));
    }

    /// <summary>As <see cref="InRange"/>, without the upper end.</summary>
    public static void InHalfOpenRange(double value, double min, double max, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (!(value >= min && value < max))
            throw Wrong(name, $"lie in [{Text(min)}, {Text(max)})", Text(value));
    }

    public static void AtLeast(double value, double min, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (!(value >= min && double.IsFinite(value)))
            throw Wrong(name, $"be at least {Text(min)}", Text(value));
    }

    public static void MoreThan(double value, double bound, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (!(value > bound && double.IsFinite(value)))
            throw Wrong(name, $"be more than {Text(bound)}", Text(value));
    }

    public static void Defined<T>(T value, [CallerArgumentExpression(nameof(value))] string name = "") where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
            throw Wrong(name, $"be one of {string.Join(", ", Enum.GetNames<T>())}", value.ToString());
    }

    public static T Given<T>(T? value, [CallerArgumentExpression(nameof(value))] string name = "") where T : class =>
        value ?? throw Wrong(name, "be given", "null");

    public static void Shape(Tensor tensor, string rule, bool fits, [CallerArgumentExpression(nameof(tensor))] string name = "")
    {
        if (!fits)
            throw new ArgumentException($"{name} must have shape {rule}, but has [{string.Join(", ", tensor.shape)}].");
    }

    public static void Type(Tensor tensor, ScalarType type, [CallerArgumentExpression(nameof(tensor))] string name = "")
    {
        if (tensor.dtype != type)
            throw Wrong(name, $"be of type {type}", tensor.dtype.ToString());
    }

    public static ArgumentException Wrong(string name, string rule, string value) => new($"{name} must {rule}, but is {value}.");

    public static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
