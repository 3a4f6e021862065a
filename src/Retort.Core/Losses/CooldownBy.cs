namespace Retort;

/// <summary>What parts rows that are to be balanced.</summary>
public enum CooldownBy
{
    /// <summary>Their class.</summary>
    Label,

    /// <summary>The column that says which rows belong together.</summary>
    Group,
}
