namespace Retort;

/// <summary>A method of the catalogue: its card, its kind and its settings.</summary>
public sealed class Method
{
    private readonly MethodAttribute _card;

    internal Method(Type type, MethodAttribute card)
    {
        (Type, _card) = (type, card);
        Settings = Setting.Of(type);
        var kind = type;
        while (kind.BaseType != typeof(Part))
            kind = kind.BaseType!;
        KindType = kind;
    }

    /// <summary>The name in JSON and on the command line.</summary>
    public string Id => _card.Id;

    /// <summary>What part of a recipe it is, such as Loss or Distillation.</summary>
    public string Kind => KindType.Name;

    /// <summary>The title of the source.</summary>
    public string Title => _card.Title;

    /// <summary>The authors of the source.</summary>
    public string Authors => _card.Authors;

    /// <summary>The year of the source.</summary>
    public int Year => _card.Year;

    /// <summary>Where the source can be read.</summary>
    public string Link => _card.Link;

    /// <summary>The tasks that the method serves.</summary>
    public LearningTasks Tasks => _card.Tasks;

    /// <summary>What the method asks for beside features and labels.</summary>
    public Needs Needs => _card.Needs;

    /// <summary>The record that holds its settings.</summary>
    public Type Type { get; }

    /// <summary>Its settings, with defaults and ranges.</summary>
    public IReadOnlyList<Setting> Settings { get; }

    internal Type KindType { get; }

    /// <summary>The method with its default settings.</summary>
    public Part Create() => (Part)Activator.CreateInstance(Type)!;

    /// <summary>Whether the method serves a task.</summary>
    /// <param name="task">The task.</param>
    public bool Serves(LearningTask task) => Tasks.HasFlag((LearningTasks)(1 << (int)task));

    /// <inheritdoc/>
    public override string ToString() => $"{Id} ({Kind})";
}
