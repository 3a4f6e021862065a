namespace Retort;

/// <summary>Fits the layers of a network that holds the units of two others, matched ones merged.</summary>
internal static class PleasFit
{
    /// <summary>The merged network, of the width that the budget asks for.</summary>
    /// <param name="one">The first network.</param>
    /// <param name="two">The second one's weights; both in units of the scaled label where that is folded in.</param>
    /// <param name="first">The first one's weights.</param>
    /// <param name="constants">The merged medians and factors, in the layout of one of the networks.</param>
    /// <param name="settings">How.</param>
    /// <param name="correlations">Of their sums on the rows.</param>
    /// <param name="orders">For each hidden layer, the second one's unit that matches each of the first one's.</param>
    /// <param name="rows">The rows.</param>
    /// <exception cref="ArgumentException">The networks are not of a kind that can be widened.</exception>
    public static (Mlp Network, float[] Weights) Of(FittedNetwork one, float[] first, float[] two, float[] constants, PleasMerging settings, IReadOnlyList<double[]> correlations, IReadOnlyList<int[]> orders, Dataset rows)
    {
        var mlp = CheckKind(one);
        var unmerged = (int)Math.Round(settings.Budget * mlp.Width);
        var wide = mlp with { Width = mlp.Width + unmerged };
        var graph = wide.Build(one.Shape);
        var (inputs, others) = (Seen(one, first, rows), Seen(one, two, rows));
        var slots = one.Graph.Trunk.OfType<LinearLayer>().Select(layer => layer.Weights).ToArray();
        var places = graph.Trunk.OfType<LinearLayer>().Select(layer => layer.Weights).ToArray();
        var weights = new float[graph.Layout.Count];
        for (var slot = 0; slot < one.Graph.Layout.Slots.Count; slot++)
            if (one.Graph.Layout.Slots[slot] is { Role: ParameterRole.Constants } own)
                constants.AsSpan(own.Offset, own.Count).CopyTo(weights.AsSpan(graph.Layout.Slots[slot].Offset));

        var entering = Pairs.All(one.Graph.TrunkWidth);
        for (var layer = 0; layer < slots.Length; layer++)
        {
            var leaving = layer == slots.Length - 1 ? Pairs.All(one.Shape.Outputs) : Pairs.Best(orders[layer], correlations[layer], unmerged);
            Fit(layer, entering, leaving);
            entering = leaving;
        }

        return (wide, weights);

        void Fit(int layer, Pairs from, Pairs to)
        {
            var (x, bend) = (new Joined(from, inputs[layer].X, others[layer].X), (Own: one.Graph.Layout, Wide: graph.Layout));
            var (width, count) = (from.Count, inputs[layer].X.GetLength(0));
            for (var group = 0; group < 3; group++) // merged units see all, those of one network not those of the other alone
            {
                int[] units = [.. Enumerable.Range(0, to.Count).Where(unit => to.Group(unit) == group)];
                int[] seen = [.. Enumerable.Range(0, width).Where(unit => group == 0 || from.Group(unit) == 0 || from.Group(unit) == group)];
                if (units.Length == 0)
                    continue;
                var size = seen.Length + 1; // and 1, for the bias
                var (left, right) = (new double[size * size], new double[units.Length * size]);
                var row = new double[size];
                for (var r = 0; r < count; r++)
                {
                    for (var i = 0; i < seen.Length; i++)
                        row[i] = x.Value(r, seen[i]);
                    row[^1] = 1;
                    for (var i = 0; i < size; i++)
                        TensorPrimitives.MultiplyAdd(row, row[i] / count, left.AsSpan(i * size, size), left.AsSpan(i * size, size));
                    for (var u = 0; u < units.Length; u++)
                        TensorPrimitives.MultiplyAdd(row, to.Value(inputs[layer].Y, others[layer].Y, r, units[u]) / count, right.AsSpan(u * size, size), right.AsSpan(u * size, size));
                }

                var ridge = settings.Ridge * Math.Max(1e-12, Enumerable.Range(0, size).Sum(i => left[i * size + i]) / size);
                for (var i = 0; i < size; i++)
                    left[i * size + i] += ridge;
                for (var u = 0; u < units.Length; u++)
                    for (var i = 0; i < size; i++)
                        right[u * size + i] += ridge * Plain(layer, from, to, units[u], i < seen.Length ? seen[i] : -1, bend.Own);
                SymmetricSolve.Solve(left, right, size);
                for (var u = 0; u < units.Length; u++)
                {
                    for (var i = 0; i < seen.Length; i++)
                        weights[bend.Wide.Slots[places[layer]].Offset + units[u] * width + seen[i]] = (float)right[u * size + i];
                    weights[bend.Wide.Slots[places[layer] + 1].Offset + units[u]] = (float)right[u * size + size - 1];
                }
            }
        }

        // the weight between two units of the plain merge; of the bias where from is -1
        double Plain(int layer, Pairs from, Pairs to, int unit, int input, ParameterLayout layout)
        {
            var (a, b) = (to.First(unit), to.Second(unit));
            var (sum, share) = (0.0, a >= 0 && b >= 0 ? 0.5 : 1);
            if (a >= 0)
                sum += share * Weight(first, a, input < 0 ? -1 : from.First(input), input < 0);
            if (b >= 0)
                sum += share * Weight(two, b, input < 0 ? -1 : from.Second(input), input < 0);
            return sum;

            double Weight(float[] own, int output, int entry, bool isBias) => isBias ? own[layout.Slots[slots[layer] + 1].Offset + output]
                : entry < 0 ? 0 : own[layout.Slots[slots[layer]].Offset + output * (int)layout.Slots[slots[layer]].Shape[1] + entry];
        }
    }

    private static Mlp CheckKind(FittedNetwork network)
    {
        if (network.Architecture is not Mlp { Layers: > 0, Numbers: null } mlp || network.Graph.Categories.Any(encoder => encoder is CategoryEmbedding))
            throw Check.Wrong("The networks that 'pleas' merges", "be of kind Mlp with hidden layers, without number embeddings and learned categories", $"{network.Architecture}");
        return mlp;
    }

    /// <summary>For each layer of weighted sums what entered and what left it, [rows, numbers].</summary>
    private static (double[,] X, double[,] Y)[] Seen(FittedNetwork network, float[] weights, Dataset rows)
    {
        var layers = network.Graph.Trunk.OfType<LinearLayer>().ToArray();
        var all = layers.Select(layer => (X: new double[rows.Rows, layer.Inputs], Y: new double[rows.Rows, layer.Outputs])).ToArray();
        var done = new int[layers.Length];
        LayerInputs.Visit(network, weights, rows, (layer, x, y) =>
        {
            var k = Array.IndexOf(layers, layer);
            Copy(x, all[k].X, done[k]);
            Copy(y, all[k].Y, done[k]);
            done[k] += (int)x.shape[0];
        });
        return all;

        static void Copy(Tensor from, double[,] to, int start)
        {
            var numbers = Memory.Of<float>(from.contiguous());
            var width = (int)from.shape[1];
            for (var i = 0; i < numbers.Length; i++)
                to[start + i / width, i % width] = numbers[i];
        }
    }

    private readonly record struct Joined(Pairs Pairs, double[,] One, double[,] Two)
    {
        public double Value(int row, int unit) => Pairs.Value(One, Two, row, unit);
    }

    /// <summary>The units of a merged layer: first pairs of both networks', then those of the first alone, then those of the second.</summary>
    private sealed record Pairs((int First, int Second)[] Units)
    {
        public int Count => Units.Length;

        /// <summary>Each number with its like.</summary>
        public static Pairs All(int count) => new([.. Enumerable.Range(0, count).Select(i => (i, i))]);

        /// <summary>The best matching units merged, the others of both side by side.</summary>
        public static Pairs Best(int[] order, double[] correlations, int unmerged)
        {
            int[] best = [.. Enumerable.Range(0, order.Length).OrderByDescending(i => correlations[i * order.Length + order[i]])];
            int[] apart = [.. best[(order.Length - unmerged)..].Order()];
            return new([.. best[..(order.Length - unmerged)].Order().Select(i => (i, order[i])), .. apart.Select(i => (i, -1)), .. apart.Select(i => (-1, order[i]))]);
        }

        public int First(int unit) => Units[unit].First;

        public int Second(int unit) => Units[unit].Second;

        /// <summary>0 for a merged unit, 1 for one of the first network alone, 2 of the second.</summary>
        public int Group(int unit) => Units[unit] switch { ( >= 0, >= 0) => 0, ( >= 0, _) => 1, _ => 2 };

        public double Value(double[,] one, double[,] two, int row, int unit) => Units[unit] switch
        {
            ( >= 0, >= 0) and var (a, b) => (one[row, a] + two[row, b]) / 2,
            ( >= 0, _) and var (a, _) => one[row, a],
            var (_, b) => two[row, b],
        };
    }
}
