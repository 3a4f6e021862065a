using System.Globalization;
using System.Runtime.CompilerServices;

namespace Microsoft.ML.Data;

/// <summary>From the characters of one field that is not empty to a value. False where they are no such value.</summary>
internal interface ITextParser<T>
{
    bool TryParse(ReadOnlySpan<char> text, out T value);

    /// <summary>Whether what cannot be parsed becomes the missing value, or ends the reading.</summary>
    bool HasMissing => false;

    /// <summary>The value of an empty field.</summary>
    T Empty => default;
}

internal readonly struct SingleParser(char decimalMarker, bool emptyIsMissing) : ITextParser<float>
{
    public bool HasMissing => true;

    public float Empty => emptyIsMissing ? float.NaN : 0;

    public bool TryParse(ReadOnlySpan<char> text, out float value)
    {
        var good = TextNumbers.TryParseReal(text, decimalMarker, asSingle: true, out var wide);
        value = wide == 0 && emptyIsMissing && text.IsWhiteSpace() ? float.NaN : (float)wide;
        return good;
    }
}

internal readonly struct DoubleParser(char decimalMarker, bool emptyIsMissing) : ITextParser<double>
{
    public bool HasMissing => true;

    public double Empty => emptyIsMissing ? double.NaN : 0;

    public bool TryParse(ReadOnlySpan<char> text, out double value)
    {
        var good = TextNumbers.TryParseReal(text, decimalMarker, asSingle: false, out value);
        if (value == 0 && emptyIsMissing && text.IsWhiteSpace()) value = double.NaN;
        return good;
    }
}

internal readonly struct IntegerParser<T>(ulong negativeMax, ulong positiveMax) : ITextParser<T> where T : unmanaged
{
    public bool TryParse(ReadOnlySpan<char> text, out T value)
    {
        value = default;
        var negative = text[0] == '-' && negativeMax > 0;
        if (!TextNumbers.TryParseUnsigned(negative ? text[1..] : text, out var magnitude) || magnitude > (negative ? negativeMax : positiveMax)) return false;
        var bits = negative ? unchecked(0 - magnitude) : magnitude;
        value = Unsafe.As<ulong, T>(ref bits);
        return true;
    }
}

/// <summary>Keys: the text holds 0 … count-1, the raw value is one more, and 0 is the missing value.</summary>
internal readonly struct KeyParser<T>(ulong count) : ITextParser<T> where T : unmanaged
{
    public bool HasMissing => true;

    public bool TryParse(ReadOnlySpan<char> text, out T value)
    {
        value = default;
        if (!TextNumbers.TryParseUnsigned(text, out var number)) return TextNumbers.IsMissing(text);
        if (number >= count) return false;
        var raw = number + 1;
        value = Unsafe.As<ulong, T>(ref raw);
        return true;
    }
}

internal readonly struct BooleanParser : ITextParser<bool>
{
    public bool TryParse(ReadOnlySpan<char> text, out bool value)
    {
        value = text is "1" or "+1" or "+" || Is(text, "true") || Is(text, "t") || Is(text, "yes") || Is(text, "y");
        return value || text is "0" or "-1" or "-" || Is(text, "false") || Is(text, "f") || Is(text, "no") || Is(text, "n");
    }

    private static bool Is(ReadOnlySpan<char> text, string word) => text.Equals(word, StringComparison.OrdinalIgnoreCase);
}

internal readonly struct TimeSpanParser : ITextParser<TimeSpan>
{
    public bool TryParse(ReadOnlySpan<char> text, out TimeSpan value) => TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out value);
}

internal readonly struct DateTimeParser : ITextParser<DateTime>
{
    public bool TryParse(ReadOnlySpan<char> text, out DateTime value) =>
        DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out value);
}

internal readonly struct DateTimeOffsetParser : ITextParser<DateTimeOffset>
{
    public bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset value) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out value);
}

internal static class TextNumbers
{
    private static readonly double[] Powers = Enumerable.Range(0, 23).Select(i => double.Parse("1e" + i, CultureInfo.InvariantCulture)).ToArray();

    /// <summary>Digits alone, at most what 64 bits hold.</summary>
    public static bool TryParseUnsigned(ReadOnlySpan<char> text, out ulong value)
    {
        value = 0;
        if (text.IsEmpty) return false;
        foreach (var c in text)
        {
            var digit = (uint)(c - '0');
            if (digit > 9 || value > (ulong.MaxValue - digit) / 10) return false;
            value = value * 10 + digit;
        }
        return true;
    }

    public static bool IsMissing(ReadOnlySpan<char> text) => text.Length switch
    {
        1 => text[0] == '?',
        2 => text.Equals("NA", StringComparison.OrdinalIgnoreCase),
        3 => text.Equals("NaN", StringComparison.OrdinalIgnoreCase) || text.Equals("N/A", StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    /// <summary>
    /// A decimal number, infinity or a mark of a missing value. What is none of those gives NaN and false. Correctly rounded, but for
    /// numbers of more than 15 digits that need only be as exact as a single: those may be off in the last bit of the double.
    /// </summary>
    public static bool TryParseReal(ReadOnlySpan<char> text, char decimalMarker, bool asSingle, out double value)
    {
        // The digits in one integer: where it and the power of ten are exact doubles, one operation rounds correctly.
        const ulong most = (ulong.MaxValue - 9) / 10;
        int i = 0, exponent = 0;
        ulong mantissa = 0;
        var negative = text[0] == '-';
        if (negative || text[0] == '+') i++;
        var first = i;
        uint digit;
        for (; i < text.Length && (digit = (uint)(text[i] - '0')) <= 9; i++)
            if (mantissa <= most) mantissa = mantissa * 10 + digit; else exponent++;
        var digits = i - first;
        if (i < text.Length && text[i] == decimalMarker)
        {
            first = ++i;
            for (; i < text.Length && (digit = (uint)(text[i] - '0')) <= 9; i++)
            {
                if (mantissa > most) continue;
                mantissa = mantissa * 10 + digit;
                exponent--;
            }
            digits += i - first;
        }
        if (digits > 0)
        {
            if (i < text.Length && text[i] is 'e' or 'E' && i + 1 < text.Length)
            {
                var j = i + 1;
                var down = text[j] == '-';
                if (down || text[j] == '+') j++;
                if (text.Length - j is > 0 and <= 3 && TryParseUnsigned(text[j..], out var power))
                {
                    exponent += down ? -(int)power : (int)power;
                    i = text.Length;
                }
            }
            if (i == text.Length && (asSingle || mantissa <= 1UL << 53) && exponent is >= -22 and <= 22)
            {
                value = exponent < 0 ? mantissa / Powers[-exponent] : mantissa * Powers[exponent];
                if (negative) value = -value;
                return true;
            }
        }
        return TryParseRare(text.Trim(), decimalMarker, out value);
    }

    private static bool TryParseRare(ReadOnlySpan<char> text, char decimalMarker, out double value)
    {
        value = 0;
        if (text.IsEmpty) return true;
        value = double.NaN;
        if (IsMissing(text)) return true;
        if (text is "∞" or "Infinity") value = double.PositiveInfinity;
        else if (text is "-∞" or "-Infinity") value = double.NegativeInfinity;
        if (!double.IsNaN(value)) return true;
        if (text.Length > 512) return false;
        Span<char> copy = stackalloc char[text.Length];
        text.CopyTo(copy);
        var any = false;
        foreach (ref var c in copy)
        {
            if (c is >= '0' and <= '9') any = true;
            else if (c == decimalMarker) c = '.';
            else if (c is not ('+' or '-' or 'e' or 'E')) return false;
        }
        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (any && double.TryParse(copy, style, CultureInfo.InvariantCulture, out value)) return true;
        value = double.NaN;
        return false;
    }
}
