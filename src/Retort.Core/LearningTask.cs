namespace Retort;

/// <summary>What a network learns to predict.</summary>
public enum LearningTask
{
    /// <summary>One of two classes; the network has one logit z, and losses see the two logits (0, z).</summary>
    Binary,

    /// <summary>One of several classes; the network has one logit a class.</summary>
    Multiclass,

    /// <summary>A real number; the network has one output.</summary>
    Regression,
}
