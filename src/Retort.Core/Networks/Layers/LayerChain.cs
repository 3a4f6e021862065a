using System.Buffers;
using System.Numerics;

namespace Retort;

/// <summary>Layers one after the other.</summary>
internal static class LayerChain
{
    /// <summary>The number of rows that leave for one that enters.</summary>
    public static int Members(Layer[] layers) => layers.Aggregate(1, (product, layer) => product * layer.Members);

    public static OnnxValue Forward(Layer[] layers, OnnxValue x, IReadOnlyList<OnnxValue> slots) => layers.Aggregate(x, (current, layer) => layer.Forward(current, slots));

    public static void Forward<T>(Layer[] layers, ReadOnlySpan<T> x, int rows, Span<T> y, Slots<T> slots) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (layers.Length == 0)
        {
            x.CopyTo(y);
            return;
        }

        var (widest, many) = (0, rows);
        foreach (var layer in layers)
        {
            many *= layer.Members;
            widest = Math.Max(widest, many * layer.Outputs);
        }

        var rented = ArrayPool<T>.Shared.Rent(2 * widest);
        var current = x;
        for (var i = 0; i < layers.Length; i++)
        {
            var after = rows * layers[i].Members;
            var results = i == layers.Length - 1 ? y : rented.AsSpan(i % 2 * widest, after * layers[i].Outputs);
            layers[i].Forward(current, rows, results, slots);
            current = results;
            rows = after;
        }

        ArrayPool<T>.Shared.Return(rented);
    }

    /// <summary>Prepares each layer from what its forerunners make of the sample.</summary>
    public static float[] Prepare(Layer[] layers, ReadOnlySpan<float> sample, int rows, Span<float> parameters, ParameterLayout layout)
    {
        var current = sample.ToArray();
        foreach (var layer in layers)
        {
            layer.Prepare(current, rows, parameters, layout);
            var next = new float[rows * layer.Members * layer.Outputs];
            layer.Forward(current, rows, next, new Slots<float>(layout, parameters));
            (current, rows) = (next, rows * layer.Members);
        }

        return current;
    }
}
