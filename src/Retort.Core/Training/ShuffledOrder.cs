namespace Retort;

internal sealed record ShuffledOrder : RowOrder
{
    public override EpochOrder Draw(OrderedRows rows, int batchSize, double progress, Generator random) => EpochOrder.Of(random.Permutation(rows.Count), batchSize);
}
