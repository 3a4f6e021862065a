namespace Microsoft.ML.Data;

/// A 128-bit identity of a row. Derived identities are scrambled so that they do not collide by accident.
public readonly struct DataViewRowId : IComparable<DataViewRowId>, IEquatable<DataViewRowId>
{
    public readonly ulong Low;
    public readonly ulong High;

    public DataViewRowId(ulong low, ulong high) => (Low, High) = (low, high);

    public DataViewRowId Fork() => Scramble(Low ^ 0x9E3779B97F4A7C15, High);

    public DataViewRowId Next() => Scramble(Low ^ 0xC2B2AE3D27D4EB4F, High + 1);

    public DataViewRowId Combine(DataViewRowId other)
    {
        var mixed = Scramble(other.Low, other.High);
        return Scramble(Low + mixed.High, High ^ mixed.Low);
    }

    private static DataViewRowId Scramble(ulong low, ulong high)
    {
        var a = Mix(low + 0x9E3779B97F4A7C15 * (high | 1));
        var b = Mix(high ^ a);
        return new DataViewRowId(a + b, b ^ (a << 29 | a >> 35));
    }

    private static ulong Mix(ulong x)
    {
        x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9;
        x = (x ^ x >> 27) * 0x94D049BB133111EB;
        return x ^ x >> 31;
    }

    public bool Equals(DataViewRowId other) => Low == other.Low && High == other.High;

    public override bool Equals(object obj) => obj is DataViewRowId id && Equals(id);

    public int CompareTo(DataViewRowId other) => High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);

    public override int GetHashCode() => (int)(Low ^ Low >> 32 ^ High << 7 ^ High >> 57 ^ High >> 25);

    public override string ToString() => $"{High:x16}{Low:x16}";
}
