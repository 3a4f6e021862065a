namespace Retort;

/// <summary>What enters and leaves the layers of weighted sums of a network, on given rows.</summary>
internal static class LayerInputs
{
    private const int Block = 1024;

    /// <summary>For each such layer of the trunk, in order, the mean products of what enters it.</summary>
    /// <param name="network">Its graph.</param>
    /// <param name="parameters">The weights.</param>
    /// <param name="rows">The rows.</param>
    public static IReadOnlyList<InputProducts> Products(FittedNetwork network, float[] parameters, Dataset rows)
    {
        var sums = new Dictionary<int, (int Inputs, double[] Sum, long Rows)>();
        Visit(network, parameters, rows, (layer, x, _) =>
        {
            var products = Memory.Of<double>(x.to_type(float64).t().matmul(x.to_type(float64)).contiguous());
            var (_, sum, count) = sums.TryGetValue(layer.Weights, out var known) ? known : (layer.Inputs, new double[products.Length], 0);
            System.Numerics.Tensors.TensorPrimitives.Add<double>(sum, products, sum);
            sums[layer.Weights] = (layer.Inputs, sum, count + x.shape[0]);
        });
        return [.. sums.OrderBy(pair => pair.Key).Select(pair => new InputProducts(pair.Key, pair.Value.Inputs, [.. pair.Value.Sum.Select(sum => sum / pair.Value.Rows)]))];
    }

    /// <summary>Shows what enters and leaves each layer of weighted sums, block of rows by block.</summary>
    public static void Visit(FittedNetwork network, float[] parameters, Dataset rows, Action<LinearLayer, Tensor, Tensor> visit)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var oneThread = LibtorchThreads.One();
        var graph = network.Graph;
        var slots = graph.Layout.Views(Memory.Copy(parameters));
        for (var start = 0L; start < rows.Rows; start += Block)
        {
            using var block = NewDisposeScope();
            var (features, categories) = rows.Inputs(start, Math.Min(Block, rows.Rows - start));
            Walk(graph.Trunk, graph.Pass(slots, features, categories, null, withHead: false).Entered);
        }

        Tensor Walk(Layer[] layers, Tensor x)
        {
            foreach (var layer in layers)
            {
                var y = layer is Residual residual ? x + Walk(residual.Inner, x) : layer.Forward(x, slots, null);
                if (layer is LinearLayer linear)
                    visit(linear, x, y);
                x = y;
            }

            return x;
        }
    }
}
