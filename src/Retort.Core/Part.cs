namespace Retort;

/// <summary>A choice that a <see cref="Recipe"/> is made of: an immutable record that compares by value and prints itself.</summary>
public abstract record Part
{
    /// <summary>Refuses settings outside their allowed range.</summary>
    /// <exception cref="ArgumentException">A setting is outside its range; the message names it, the range and the value.</exception>
    public virtual void Validate()
    {
    }

    /// <summary>Refuses settings that do not serve a task. By default all do that the method serves.</summary>
    /// <param name="task">What is to be predicted.</param>
    /// <exception cref="ArgumentException">A setting does not serve the task; the message names both.</exception>
    public virtual void Validate(LearningTask task)
    {
    }

    /// <summary>The record as JSON, with the id of its method first, in <c>$type</c>: as a recipe holds it.</summary>
    public string ToJson() => MethodJson.Write(this);

    /// <summary>The record as C# would write it, the same in every culture.</summary>
    public sealed override string ToString() => Setting.Print(this);
}
