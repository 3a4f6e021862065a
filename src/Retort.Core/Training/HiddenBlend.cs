using System.Numerics;

namespace Retort;

/// <summary>How the rows of a step are mixed within a network.</summary>
/// <param name="Block">The number of the block, -1 for what enters the layers behind the embeddings.</param>
/// <param name="Places">Where each row's partner stands among the rows, each place once.</param>
/// <param name="Shares">The row's own share.</param>
internal sealed record HiddenBlend(int Block, int[] Places, float[] Shares)
{
    /// <summary>What a mixture of rows is within the network; null where there is none, or where rows are mixed before.</summary>
    public static HiddenBlend? Of(RowMix? mix) => mix?.Block is { } block ? new(block, Check.Given(mix.Places), mix.Shares) : null;

    private (Tensor Places, Tensor Shares)? _there;

    /// <summary>The same mixture of a network with fewer blocks.</summary>
    public HiddenBlend Within(int blocks) => Block < blocks ? this : this with { Block = blocks - 1 };

    /// <summary>By libtorch's operators.</summary>
    /// <param name="hidden">[rows × members, width].</param>
    public Tensor Of(Tensor hidden)
    {
        var members = hidden.shape[0] / Places.Length;
        var (places, shares) = _there ??= (tensor(Array.ConvertAll(Places, place => (long)place), dtype: int64, device: hidden.device), tensor(Shares, dtype: hidden.dtype, device: hidden.device).view(-1, 1, 1));
        var rows = hidden.view(-1, members, hidden.shape[1]);
        return (shares * rows + (1 - shares) * rows.index_select(0, places)).view(hidden.shape);
    }

    /// <summary>Writes the mixture of rows.</summary>
    public void Forward<T>(Matrix<T> hidden, Matrix<T> mixed) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var members = hidden.Rows / Places.Length;
        for (var row = 0; row < hidden.Rows; row++)
        {
            var own = T.CreateTruncating(Shares[row / members]);
            var line = mixed.Row(row);
            TensorPrimitives.Multiply(hidden.Row(row), own, line);
            TensorPrimitives.MultiplyAdd(hidden.Row(Places[row / members] * members + row % members), T.One - own, line, line);
        }
    }

    /// <summary>Writes the gradient at the rows from that at their mixture.</summary>
    public void Backward<T>(Matrix<T> atMixed, Matrix<T> atRows) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var members = atMixed.Rows / Places.Length;
        for (var row = 0; row < atMixed.Rows; row++)
            TensorPrimitives.Multiply(atMixed.Row(row), T.CreateTruncating(Shares[row / members]), atRows.Row(row));
        for (var row = 0; row < atMixed.Rows; row++)
        {
            var partner = atRows.Row(Places[row / members] * members + row % members);
            TensorPrimitives.MultiplyAdd(atMixed.Row(row), T.One - T.CreateTruncating(Shares[row / members]), partner, partner);
        }
    }
}
