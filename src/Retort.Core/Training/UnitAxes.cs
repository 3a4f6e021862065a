namespace Retort;

/// <summary>Which units of a network may change places.</summary>
internal static class UnitAxes
{
    /// <summary>The axes of a network's hidden units, in the layout of its learned weights.</summary>
    /// <exception cref="ArgumentException">Its blocks share weights, so that their units cannot be told apart.</exception>
    public static IReadOnlyList<UnitAxis> Of(NetworkGraph graph, LearnedPart part)
    {
        var axes = new List<(int Units, List<(int, int)> Places)>();
        Walk(graph.Trunk, -1, -1);
        return [.. axes.Select(axis => new UnitAxis(axis.Units, axis.Places))];

        // current: the axis that enters, -1 where the places mean something; into: the axis that the last layer's outputs are added to
        int Walk(Layer[] layers, int current, int into)
        {
            var last = Array.FindLastIndex(layers, layer => layer is LinearLayer);
            for (var i = 0; i < layers.Length; i++)
            {
                if (layers[i] is LineResidual)
                    throw new ArgumentException("The networks must have blocks of their own to be aligned, but their blocks share weights along a line.");
                if (layers[i] is Residual residual)
                {
                    Walk(residual.Inner, current, current);
                    continue;
                }

                var leaving = current;
                if (layers[i] is LinearLayer linear)
                {
                    var isHead = layers == graph.Trunk && i == layers.Length - 1;
                    leaving = isHead ? -1 : i == last && into >= 0 ? into : New(linear.Outputs);
                }

                foreach (var place in layers[i].Units)
                    if ((place.Leaves ? leaving : current) is var axis && axis >= 0)
                        axes[axis].Places.Add((Enumerable.Range(0, part.Slots.Count).First(slot => part.Slots[slot] == place.Slot), place.Dimension));
                current = leaving;
            }

            return current;
        }

        int New(int units)
        {
            axes.Add((units, []));
            return axes.Count - 1;
        }
    }

    /// <summary>For each axis how alike the units of two networks speak of the same rows: the correlation of what leaves the layer that makes them, [units × units]; of units that rows do not move, 0.</summary>
    public static IReadOnlyList<double[]> Correlations(FittedNetwork network, LearnedPart part, float[] one, float[] other, Dataset rows)
    {
        using var scope = NewDisposeScope();
        var axes = Of(network.Graph, part);
        var (first, second) = (Standardised(network, part, axes, one, rows), Standardised(network, part, axes, other, rows));
        return [.. axes.Select((_, i) => Memory.Of<double>(first[i].t().matmul(second[i]).contiguous()).ToArray())];
    }

    /// <summary>For each axis its units [rows, units], of mean 0 and length 1.</summary>
    private static Tensor[] Standardised(FittedNetwork network, LearnedPart part, IReadOnlyList<UnitAxis> axes, float[] weights, Dataset rows)
    {
        var all = axes.Select(_ => new Dictionary<int, List<Tensor>>()).ToArray();
        LayerInputs.Visit(network, weights, rows, (layer, _, y) =>
        {
            var slot = Enumerable.Range(0, part.Slots.Count).First(own => part.Slots[own] == layer.Weights);
            for (var i = 0; i < axes.Count; i++)
                if (axes[i].Places.Contains((slot, 0)))
                    (all[i].TryGetValue(slot, out var known) ? known : all[i][slot] = []).Add(y.to_type(float64).DetachFromDisposeScope());
        });
        try
        {
            return [.. all.Select(Joined)];
        }
        finally
        {
            foreach (var block in all.SelectMany(layers => layers.Values).SelectMany(blocks => blocks))
                block.Dispose();
        }

        static Tensor Joined(Dictionary<int, List<Tensor>> layers)
        {
            var sum = layers.Values.Select(blocks => cat(blocks, 0)).Aggregate((left, right) => left + right); // of a residual stream, all that is added to it
            var centred = sum - sum.mean([0L], keepdim: true);
            return centred / centred.square().sum([0L], keepdim: true).sqrt().clamp_min(1e-12);
        }
    }
}
