namespace Retort;

/// <summary>How small parts of the rows get more to say.</summary>
public enum CooldownMode
{
    /// <summary>Their rows come more often.</summary>
    Upsample,

    /// <summary>Their rows weigh more.</summary>
    Upweight,
}
