namespace Retort;

/// <summary>How what is learned from the teacher joins what is learned from the labels.</summary>
public enum DistillationMode
{
    /// <summary><c>(1 - weight) * labels + weight * teacher</c>.</summary>
    Blend,

    /// <summary><c>labels + weight * teacher</c>.</summary>
    Add,

    /// <summary><c>weight * teacher</c>: the labels do not count.</summary>
    Replace,
}
