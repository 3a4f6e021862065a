namespace Retort;

/// <summary>Which rows make up the steps of an epoch.</summary>
internal abstract record RowOrder
{
    /// <summary>Every row once, in random order.</summary>
    public static RowOrder Shuffled { get; } = new ShuffledOrder();

    /// <summary>As many rows of each class in every step as the class has among all; where a class has fewer rows than there are steps, its rows come again so that each step has one.</summary>
    public static RowOrder EveryClass { get; } = new EveryClassOrder();

    /// <summary>Whole groups in every step, in random order.</summary>
    public static RowOrder WholeGroups { get; } = new WholeGroupsOrder();

    /// <summary>Half of every step are rows with a label, half without, each at least once; where all or none have one, every row once. Those of which there are too few come again.</summary>
    public static RowOrder LabeledHalves { get; } = new LabeledHalvesOrder();

    /// <summary>Every row once, and in every step of each cell of the protected columns its share.</summary>
    public static RowOrder Stratified { get; } = new StratifiedOrder();

    /// <summary>The row numbers of an epoch, and where each step ends among them.</summary>
    /// <param name="rows">What the rows are.</param>
    /// <param name="batchSize">How many rows make a step.</param>
    /// <param name="progress">The share of the run that is done, in [0, 1).</param>
    /// <param name="random">The stream for orders.</param>
    public abstract EpochOrder Draw(OrderedRows rows, int batchSize, double progress, Generator random);

    /// <summary>How many rows a step has at most.</summary>
    public virtual int LargestStep(OrderedRows rows, int batchSize) => (int)Math.Min(batchSize, rows.Count);
}

/// <summary>The rows of an epoch, and the end of each step among them.</summary>
internal sealed record EpochOrder(long[] Rows, int[] Ends)
{
    /// <summary>Steps of a size, the last of which may be smaller.</summary>
    public static EpochOrder Of(long[] rows, int batchSize) =>
        new(rows, [.. Enumerable.Range(1, (rows.Length + batchSize - 1) / batchSize).Select(step => (int)Math.Min(step * (long)batchSize, rows.Length))]);
}

/// <summary>What orders are made from.</summary>
/// <param name="Count">How many rows there are.</param>
/// <param name="Classes">Their class numbers; empty in regression.</param>
/// <param name="Groups">Their groups; empty where nobody said.</param>
internal sealed record OrderedRows(long Count, long[] Classes, long[] Groups)
{
    /// <summary>Whether each row has a label; empty where all have.</summary>
    public bool[] Labeled { get; init; } = [];

    /// <summary>The cell of each row among protected columns, or among those and the classes; empty where nobody asks.</summary>
    public long[] Cells { get; init; } = [];
}
