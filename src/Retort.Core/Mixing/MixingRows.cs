namespace Retort;

/// <summary>What a mixing may know of all rows: plain numbers.</summary>
internal sealed class MixingRows
{
    public required long Rows { get; init; }

    /// <summary>How many numbers a row has.</summary>
    public int Features { get; init; }

    /// <summary>How many categories a row has.</summary>
    public int Columns { get; init; }

    /// <summary>The mean of each number over the rows, or an even sample of them; empty where nobody asks.</summary>
    public float[] Means { get; init; } = [];

    /// <summary>The deviation of each number, likewise.</summary>
    public float[] Deviations { get; init; } = [];

    /// <summary>How many numbers the network's last block has; 0 where there is no network.</summary>
    public int HiddenWidth { get; init; }

    /// <summary>How many rows each class has whose label counts; empty in regression.</summary>
    public int[] LabelCounts => _labelCounts ??= Count();

    private int[]? _labelCounts;

    private int[] Count()
    {
        var counts = new int[Labels.Length == 0 ? 0 : Classes];
        for (var row = 0; row < Labels.Length; row++)
            if (Kinds.Length == 0 || Kinds[row] == 2)
                counts[Labels[row]]++;
        return counts;
    }

    /// <summary>How many blocks the network has, at which rows can be mixed; 0 where there is no network.</summary>
    public int Blocks { get; init; }

    /// <summary>How many classes there are; 1 in regression.</summary>
    public int Classes { get; init; } = 1;

    /// <summary>Each row's class; empty in regression.</summary>
    public long[] Labels { get; init; } = [];

    /// <summary>Each row's value; empty for classes.</summary>
    public float[] Values { get; init; } = [];

    /// <summary>Rows are only mixed with rows of the same kind; empty where all are of one.</summary>
    public byte[] Kinds { get; init; } = [];
}
