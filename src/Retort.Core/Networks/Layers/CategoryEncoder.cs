using System.Numerics;

namespace Retort;

/// <summary>How one category column becomes numbers.</summary>
internal abstract class CategoryEncoder(int width)
{
    public int Width { get; } = width;

    /// <summary>[rows] category numbers to [rows, width], with libtorch's operators.</summary>
    public abstract Tensor Forward(Tensor categories, IReadOnlyList<Tensor> slots, ScalarType type);

    /// <summary>[rows, 1] category numbers to [rows, width], as nodes of a graph.</summary>
    public abstract OnnxValue Forward(OnnxValue categories, IReadOnlyList<OnnxValue> slots);

    public abstract void Forward<T>(int category, Span<T> y, Slots<T> slots) where T : unmanaged, IFloatingPointIeee754<T>;

    /// <summary>Clears the gradients that <see cref="Backward{T}"/> adds to.</summary>
    public virtual void ClearGradients<T>(LayerMemory<T> memory) where T : unmanaged, IFloatingPointIeee754<T>
    {
    }

    public virtual void Backward<T>(int category, ReadOnlySpan<T> gradient, LayerMemory<T> memory) where T : unmanaged, IFloatingPointIeee754<T>
    {
    }
}

/// <summary>A learned row of numbers a category; that of missing and unseen ones begins at 0.</summary>
internal sealed class CategoryEmbedding(ParameterLayout layout, int cardinality, int width) : CategoryEncoder(width)
{
    private readonly int _table = layout.Add(ParameterRole.Table, [cardinality + 1L, width], 1 / Math.Sqrt(width), zeroRows: 1);

    public override Tensor Forward(Tensor categories, IReadOnlyList<Tensor> slots, ScalarType type) => slots[_table].index_select(0, categories);

    public override OnnxValue Forward(OnnxValue categories, IReadOnlyList<OnnxValue> slots) => slots[_table].At(categories).Reshape(-1, Width);

    public override void Forward<T>(int category, Span<T> y, Slots<T> slots) => slots[_table].Slice(category * Width, Width).CopyTo(y);

    public override void ClearGradients<T>(LayerMemory<T> memory) => memory.Gradients(_table).Clear();

    public override void Backward<T>(int category, ReadOnlySpan<T> gradient, LayerMemory<T> memory) =>
        Elementwise.Add(memory.Gradients(_table).Slice(category * Width, Width), gradient);
}

/// <summary>1 at the category's place, else 0; missing and unseen ones are 0 throughout.</summary>
internal sealed class OneHot(int cardinality) : CategoryEncoder(cardinality)
{
    public override Tensor Forward(Tensor categories, IReadOnlyList<Tensor> slots, ScalarType type) =>
        categories.unsqueeze(1).eq(arange(1, Width + 1, dtype: int64, device: categories.device)).to_type(type);

    public override OnnxValue Forward(OnnxValue categories, IReadOnlyList<OnnxValue> slots) =>
        categories.IsEqual(categories.Graph.Constant([.. Enumerable.Range(1, Width).Select(category => (long)category)], Width)).To(OnnxType.Float);

    public override void Forward<T>(int category, Span<T> y, Slots<T> slots)
    {
        y.Clear();
        if (category > 0)
            y[category - 1] = T.One;
    }
}
