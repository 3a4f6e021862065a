namespace Retort;

/// <summary>The names of the columns that a network is trained from.</summary>
internal sealed record NetworkColumns(string Label, string Features, string? Weight, IReadOnlyList<string> Categories, string? Group)
{
    /// <summary>Columns on which predictions should depend little. They are not features by themselves.</summary>
    public IReadOnlyList<string> Protected { get; init; } = [];
}
