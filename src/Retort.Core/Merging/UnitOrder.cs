namespace Retort;

/// <summary>Weights with their units in another order.</summary>
internal static class UnitOrder
{
    /// <summary>The same network; on each axis, unit i is the one that was at <c>order[i]</c>.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="layout">Where each layer's weights lie.</param>
    /// <param name="axes">The axes.</param>
    /// <param name="orders">For each axis its order.</param>
    public static float[] Of(float[] weights, ParameterLayout layout, IReadOnlyList<UnitAxis> axes, IReadOnlyList<int[]> orders)
    {
        float[] ordered = [.. weights];
        foreach (var slot in Enumerable.Range(0, layout.Slots.Count))
        {
            var own = layout.Slots[slot];
            var places = axes.SelectMany((axis, i) => axis.Places.Where(place => place.Slot == slot).Select(place => (place.Dimension, Order: orders[i]))).ToArray();
            if (places.Length == 0)
                continue;
            var sizes = own.Shape.Select(size => (int)size).ToArray();
            var place = new int[sizes.Length];
            for (var i = 0; i < own.Count; i++)
            {
                for (int dimension = sizes.Length - 1, rest = i; dimension >= 0; rest /= sizes[dimension], dimension--)
                    place[dimension] = rest % sizes[dimension];
                foreach (var (dimension, order) in places)
                    place[dimension] = order[place[dimension]];
                var from = 0;
                for (var dimension = 0; dimension < sizes.Length; dimension++)
                    from = from * sizes[dimension] + place[dimension];
                ordered[own.Offset + i] = weights[own.Offset + from];
            }
        }

        return ordered;
    }
}
