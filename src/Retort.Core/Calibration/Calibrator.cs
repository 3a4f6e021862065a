using System.Numerics;
using System.Runtime.InteropServices;

namespace Retort;

/// <summary>A fitted calibration: a function from logits to probabilities. Immutable, for any number of threads.</summary>
public abstract class Calibrator
{
    /// <summary>How far below the row's largest a logit counts: what is farther away, minus infinity included, is taken as this far. The logarithm of the smallest normal float.</summary>
    public const double LeastLogit = -87.33654;

    private protected Calibrator(Calibration calibration, int classes) => (Calibration, Classes) = (calibration, classes);

    /// <summary>How it was fitted.</summary>
    public Calibration Calibration { get; }

    /// <summary>How many classes it knows.</summary>
    public int Classes { get; }

    /// <summary>The probabilities [rows, classes] of logits [rows, classes], in their type. A row with NaN gives NaN.</summary>
    /// <exception cref="ArgumentException">The shape does not fit.</exception>
    public Tensor Apply(Tensor logits)
    {
        Check.Shape(logits, $"[rows, {Classes}]", logits.dim() == 2 && logits.shape[1] == Classes);
        using var scope = NewDisposeScope();
        var probabilities = logits.detach().to(float64, copy: true).cpu().contiguous();
        var numbers = Memory.Of<double>(probabilities);
        if (logits.dtype == float64)
        {
            for (var start = 0; start < numbers.Length; start += Classes)
                Apply(numbers.Slice(start, Classes));
            return probabilities.to(logits.device).MoveToOuterDisposeScope();
        }

        var narrow = zeros_like(probabilities, dtype: float32);
        var rounded = Memory.Of<float>(narrow);
        for (var start = 0; start < numbers.Length; start += Classes)
            Apply(numbers.Slice(start, Classes), [], rounded.Slice(start, Classes));
        return narrow.to(logits.dtype).to(logits.device).MoveToOuterDisposeScope();
    }

    /// <summary>A row's logits become its probabilities, in place; without memory of its own.</summary>
    internal void Apply(Span<double> row) => ApplyRow(row, []);

    /// <summary>As <see cref="Apply(Span{double})"/>, for a calibration that looks at noisy copies of the row too.</summary>
    /// <param name="row">Logits, which become probabilities [classes].</param>
    /// <param name="copies">The logits of the row's copies [copies × classes], as many as <see cref="Calibration.CopiesOfRows"/>; they may be changed.</param>
    internal void Apply(Span<double> row, Span<double> copies) => ApplyRow(row, copies);

    /// <summary>As <see cref="Apply(Span{double})"/>, with the probabilities rounded besides: rounding makes ties, which do not change the likeliest class where it is kept.</summary>
    /// <param name="row">Logits, which become probabilities [classes].</param>
    /// <param name="copies">The logits of the row's copies [copies × classes]; they may be changed.</param>
    /// <param name="rounded">The same probabilities [classes].</param>
    internal void Apply(Span<double> row, Span<double> copies, Span<float> rounded)
    {
        var top = ApplyRow(row, copies);
        for (var k = 0; k < row.Length; k++)
            rounded[k] = (float)row[k];
        if (top >= 0)
            Lead(rounded, top, MathF.BitIncrement);
    }

    /// <summary>The probabilities [rows, classes] of logits [rows, classes], as nodes of a graph, in float64.</summary>
    /// <param name="logits">The rows' logits.</param>
    /// <param name="copies">Those of their noisy copies, as many as <see cref="Calibration.CopiesOfRows"/>.</param>
    internal OnnxValue Apply(OnnxValue logits, IReadOnlyList<OnnxValue> copies) => Change(Bounded(logits), [.. copies.Select(Bounded)]);

    private static OnnxValue Bounded(OnnxValue logits) => (logits - logits.Largest(1, keeps: true)).Max(LeastLogit);

    private int ApplyRow(Span<double> row, Span<double> copies)
    {
        if (copies.Length != Calibration.CopiesOfRows * Classes)
            throw Check.Wrong("The number of noisy copies of a row", $"be {Calibration.CopiesOfRows}", $"{copies.Length / Classes}");
        var isBounded = Bounded(row);
        for (var start = 0; start < copies.Length; start += Classes)
            isBounded &= Bounded(copies.Slice(start, Classes));
        if (!isBounded)
        {
            row.Fill(double.NaN);
            return -1;
        }

        var top = Calibration.KeepsArgMax ? TensorPrimitives.IndexOfMax<double>(row) : -1;
        if (copies.IsEmpty)
            Change(row);
        else
            Change(row, copies);
        if (top >= 0)
            Lead(row, top, Math.BitIncrement);
        return top;
    }

    /// <summary>Lifts the likeliest class by the last bit where rounding gave an earlier one the same probability.</summary>
    private static void Lead<T>(Span<T> row, int top, Func<T, T> next) where T : INumber<T>
    {
        for (var k = 0; k < top; k++)
            if (row[k] >= row[top])
                row[top] = next(row[k]);
        for (var k = top + 1; k < row.Length; k++)
            if (row[k] > row[top])
                row[top] = row[k];
    }

    /// <summary>As <see cref="Apply(Span{double})"/>, for logits within [<see cref="LeastLogit"/>, 0], the largest being 0.</summary>
    private protected abstract void Change(Span<double> row);

    /// <summary>As <see cref="Change(Span{double})"/>, with the logits of the row's noisy copies.</summary>
    private protected virtual void Change(Span<double> row, Span<double> copies) => Change(row);

    /// <summary>As <see cref="Change(Span{double}, Span{double})"/>, as nodes of a graph.</summary>
    private protected abstract OnnxValue Change(OnnxValue rows, IReadOnlyList<OnnxValue> copies);

    /// <summary>Writes what was learned, without kind and classes.</summary>
    private protected abstract void WriteNumbers(BinaryWriter writer);

    internal void Write(BinaryWriter writer)
    {
        writer.Write(MethodJson.Write(Calibration));
        writer.Write(Classes);
        WriteNumbers(writer);
    }

    /// <exception cref="ArgumentException">The data is not what <see cref="Write(BinaryWriter)"/> writes.</exception>
    /// <exception cref="EndOfStreamException">The data ends early.</exception>
    internal static Calibrator Read(BinaryReader reader)
    {
        var calibration = MethodJson.Read<Calibration>(reader.ReadString());
        calibration.Validate();
        var classes = reader.ReadInt32();
        Check.AtLeast(classes, 2, "The number of a saved calibrator's classes");
        return calibration.Read(reader, classes);
    }

    /// <summary>Lowers or lifts all logits until the largest is 0, and lifts those that are then too far below it.</summary>
    /// <exception cref="ArgumentException">A logit is NaN or plus infinity.</exception>
    internal static void Bound(Span<double> logits, int row)
    {
        if (!Bounded(logits))
            throw Check.Wrong($"The logits of row {row}", "be numbers", string.Join(", ", logits.ToArray().Select(Check.Text)));
    }

    private static bool Bounded(Span<double> logits)
    {
        var largest = TensorPrimitives.Max<double>(logits); // NaN where one is
        if (!double.IsFinite(largest))
            return false;
        TensorPrimitives.Subtract(logits, largest, logits);
        TensorPrimitives.Max(logits, LeastLogit, logits);
        return true;
    }

    private protected static void Write(BinaryWriter writer, ReadOnlySpan<double> numbers)
    {
        writer.Write(numbers.Length);
        writer.Write(MemoryMarshal.AsBytes(numbers));
    }

    /// <summary>Numbers as <see cref="Write(BinaryWriter, ReadOnlySpan{double})"/> wrote them, all of them finite.</summary>
    /// <param name="reader">Where they stand.</param>
    /// <param name="count">How many there must be; null for any number.</param>
    /// <exception cref="ArgumentException">There are more or fewer, or one is not finite.</exception>
    internal static double[] ReadAll(BinaryReader reader, int? count)
    {
        var length = reader.ReadInt32();
        var left = (reader.BaseStream.Length - reader.BaseStream.Position) / sizeof(double);
        if (length < 0 || length > left || count is { } wanted && length != wanted)
            throw Check.Wrong("The number of a saved calibrator's numbers", count is null ? $"lie in [0, {left}]" : $"be {count}", $"{length}");
        var numbers = new double[length];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(numbers.AsSpan()));
        return numbers.All(double.IsFinite) ? numbers : throw Check.Wrong("A saved calibrator's number", "be finite", "not");
    }
}
