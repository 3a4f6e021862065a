namespace Retort;

/// <summary>What is inside a fitted network: the recipe that it was made by, and how large it is.</summary>
public sealed class NetworkModel
{
    internal NetworkModel(FittedNetwork fitted, Recipe recipe) => (Fitted, Recipe) = (fitted, recipe);

    /// <summary>The choices that the network was trained with. They are saved with it.</summary>
    public Recipe Recipe { get; }

    /// <summary>What the network predicts.</summary>
    public LearningTask Task => Fitted.Task;

    /// <summary>How many numbers were learned.</summary>
    public int Parameters => Fitted.Parameters.Length;

    /// <summary>What came of the target of the recipe's penalty when the network was trained; null where it has none, and of a network that was loaded: it is not saved.</summary>
    public PenaltyOutcome? Target { get; internal init; }

    /// <summary>How the ingredients and their soup did; null of a network that is no soup, and of one that was loaded: it is not saved.</summary>
    public SoupOutcome? Soup { get; internal set; }

    internal FittedNetwork Fitted { get; }
}
