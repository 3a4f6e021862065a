namespace Retort;

/// <summary>What becomes of a column's values in a mixed row.</summary>
internal enum ColumnRole
{
    /// <summary>Numbers are mixed, other values taken from either row.</summary>
    Mixed,

    /// <summary>They are those of the row itself.</summary>
    Kept,

    /// <summary>A number is mixed with the row's share; another value is that of the row, and in its twin that of the partner.</summary>
    Label,
}

/// <summary>The row that a cursor stands on: which row of the table it is, and what it is mixed with.</summary>
internal sealed class MadeRow
{
    /// <summary>The row of the table.</summary>
    public int Row { get; set; }

    /// <summary>Its partner; itself where nothing is mixed.</summary>
    public int Partner { get; set; }

    /// <summary>How it is mixed, as the only row of a step; null for a row of the table itself.</summary>
    public RowMix? Mix { get; set; }

    /// <summary>Whether it is the second of two, with the partner's label.</summary>
    public bool IsTwin { get; set; }

    /// <summary>The row's own share of a number.</summary>
    /// <param name="role">What becomes of its column.</param>
    /// <param name="place">Its place among the mixed numbers.</param>
    public float Share(ColumnRole role, int place) =>
        Mix is null || role == ColumnRole.Kept ? 1
        : role == ColumnRole.Label || Mix.Numbers is null ? Mix.Shares[0]
        : Mix.Numbers[place];

    /// <summary>The row of the table that a value which is no number comes from.</summary>
    /// <param name="role">What becomes of its column.</param>
    /// <param name="place">Its place among the columns of such values.</param>
    public int Source(ColumnRole role, int place) => role switch
    {
        ColumnRole.Kept => Row,
        ColumnRole.Label => IsTwin ? Partner : Row,
        _ => Mix?.Kept?[place] == false ? Partner : Row,
    };
}
