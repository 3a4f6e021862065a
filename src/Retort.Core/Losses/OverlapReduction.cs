namespace Retort;

/// <summary>Over what an overlap is measured.</summary>
public enum OverlapReduction
{
    /// <summary>Over the rows of a batch together, for each class.</summary>
    Batch,

    /// <summary>For each row by itself.</summary>
    Sample,
}
