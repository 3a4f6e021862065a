namespace Retort;

/// <summary>The weights of a network without what the rows decided, such as medians: what can be merged.</summary>
internal sealed class LearnedPart
{
    private readonly (int From, int To, int Count)[] _pieces;

    public LearnedPart(ParameterLayout all)
    {
        var (slots, pieces) = (new List<int>(), new List<(int, int, int)>());
        for (var slot = 0; slot < all.Slots.Count; slot++)
            if (all.Slots[slot] is { Role: not ParameterRole.Constants } own)
            {
                pieces.Add((own.Offset, Layout.Count, own.Count));
                Layout.Add(own.Role, own.Shape);
                slots.Add(slot);
            }

        (_pieces, Slots) = ([.. pieces], slots);
    }

    /// <summary>Where the weights lie by themselves.</summary>
    public ParameterLayout Layout { get; } = new();

    /// <summary>For each slot of <see cref="Layout"/> its number in the whole layout.</summary>
    public IReadOnlyList<int> Slots { get; }

    public T[] Take<T>(ReadOnlySpan<T> all)
    {
        var own = new T[Layout.Count];
        foreach (var (from, to, count) in _pieces)
            all.Slice(from, count).CopyTo(own.AsSpan(to));
        return own;
    }

    public void Put(ReadOnlySpan<float> own, Span<float> all)
    {
        foreach (var (from, to, count) in _pieces)
            own.Slice(to, count).CopyTo(all[from..]);
    }
}
