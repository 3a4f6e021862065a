namespace Retort;

/// <summary>Fitted <see cref="QuantileAdjustment"/>. Immutable, for any number of threads.</summary>
/// <param name="strength">How much of the way scores move.</param>
/// <param name="maps">Where each group's scores would end, and last those of rows of no group.</param>
internal sealed class QuantileMaps(double strength, LineMap[] maps)
{
    /// <summary>How many groups there are.</summary>
    public int Groups => maps.Length - 1;

    /// <summary>The largest share of a group's weight that has one score; 0 where maps were read from a file.</summary>
    public double LargestTie { get; init; }

    /// <summary>A score after its move; NaN stays NaN.</summary>
    /// <param name="score">The score.</param>
    /// <param name="group">The row's group; negative where it has none.</param>
    public double Apply(double score, int group) => score + strength * (maps[group < 0 ? Groups : group].At(score) - score);

    public void Write(BinaryWriter writer)
    {
        writer.Write(strength);
        writer.Write(maps.Length);
        foreach (var map in maps)
            map.Write(writer);
    }

    /// <exception cref="ArgumentException">The data is not what <see cref="Write"/> writes.</exception>
    /// <exception cref="EndOfStreamException">The data ends early.</exception>
    public static QuantileMaps Read(BinaryReader reader)
    {
        var (strength, count) = (reader.ReadDouble(), reader.ReadInt32());
        Check.InRange(strength, 0, 1, "A saved strength");
        Check.AtLeast(count, 3, "The number of saved maps");
        var maps = new List<LineMap>();
        while (maps.Count < count)
            maps.Add(LineMap.Read(reader));
        return new(strength, [.. maps]);
    }
}
