namespace Retort;

/// <summary>The tasks that a method serves.</summary>
[Flags]
public enum LearningTasks
{
    /// <summary>No task.</summary>
    None = 0,

    /// <summary>One of two classes.</summary>
    Binary = 1 << LearningTask.Binary,

    /// <summary>One of several classes.</summary>
    Multiclass = 1 << LearningTask.Multiclass,

    /// <summary>A real number.</summary>
    Regression = 1 << LearningTask.Regression,

    /// <summary>Binary and multiclass.</summary>
    Classification = Binary | Multiclass,

    /// <summary>Every task.</summary>
    All = Classification | Regression,
}
