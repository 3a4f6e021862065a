namespace Retort;

/// <summary>Points that are joined by lines.</summary>
/// <param name="from">Ascending.</param>
/// <param name="to">Not descending.</param>
internal sealed class LineMap(double[] from, double[] to)
{
    /// <summary>The value at a place, and beyond the ends that of the end.</summary>
    public double Between(double place)
    {
        var next = Array.BinarySearch(from, place);
        if (next >= 0)
            return to[next];
        next = ~next;
        if (next == 0 || next == from.Length)
            return to[Math.Clamp(next, 0, from.Length - 1)];
        var part = (place - from[next - 1]) / (from[next] - from[next - 1]);
        return to[next - 1] + part * (to[next] - to[next - 1]);
    }

    /// <summary>The value at a place, and beyond the ends as far from the place as at the end.</summary>
    public double At(double place) => double.IsNaN(place) ? place : place < from[0] ? place + (to[0] - from[0]) : place > from[^1] ? place + (to[^1] - from[^1]) : Between(place);

    public void Write(BinaryWriter writer)
    {
        writer.Write(from.Length);
        foreach (var number in from.Concat(to))
            writer.Write(number);
    }

    public static LineMap Read(BinaryReader reader)
    {
        var count = reader.ReadInt32();
        Check.InRange(count, 1, (reader.BaseStream.Length - reader.BaseStream.Position) / (2 * sizeof(double)), "The number of a saved map's points");
        var (from, to) = (new double[count], new double[count]);
        foreach (var numbers in (double[][])[from, to])
            for (var i = 0; i < count; i++)
                numbers[i] = double.IsFinite(reader.ReadDouble() is var number ? number : 0) ? number : throw Check.Wrong("A saved map's points", "be finite", Check.Text(number));
        for (var i = 1; i < count; i++)
            if (!(from[i] > from[i - 1] && to[i] >= to[i - 1]))
                throw Check.Wrong("A saved map's points", "ascend", $"{Check.Text(from[i - 1])}, {Check.Text(from[i])}");
        return new(from, to);
    }
}
