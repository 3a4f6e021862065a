namespace Retort;

/// <summary>What a mixing may know of all rows: plain numbers.</summary>
internal sealed class MixingRows
{
    public required long Rows { get; init; }

    /// <summary>How many numbers a row has.</summary>
    public int Features { get; init; }

    /// <summary>How many categories a row has.</summary>
    public int Columns { get; init; }

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
