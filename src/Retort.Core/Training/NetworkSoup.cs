namespace Retort;

/// <summary>Makes one network of several from one start, on rows that none of them was trained on.</summary>
internal static class NetworkSoup
{
    /// <summary>The soup and its judgement.</summary>
    /// <param name="ingredients">Networks of one task and shape.</param>
    /// <param name="soup">Which of them, and how.</param>
    /// <param name="judging">Rows on the CPU, all with a label.</param>
    /// <exception cref="ArgumentException">The networks do not fit each other.</exception>
    public static (FittedNetwork Network, bool[] Kept, SoupMeasure Measure) Of(IReadOnlyList<FittedNetwork> ingredients, Soup soup, Dataset judging)
    {
        var first = ingredients[0];
        soup.Validate();
        soup.Validate(first.Task);
        for (var k = 1; k < ingredients.Count; k++)
            NetworkMerge.CheckAlike(first, ingredients[k], $"Model {k + 1}");
        var result = soup.Stir([.. ingredients.Select(ingredient => ingredient.Parameters)], new(weights => Judge(first.With(weights), judging, soup), (all, learned) => MixtureFit.Of(first, all, learned, judging)));
        var network = first.With(result.Weights);
        return (network, result.Kept, Judge(network, judging, soup));
    }

    /// <summary>How good a network is on held-out rows.</summary>
    public static SoupMeasure Judge(FittedNetwork network, Dataset judging, Soup soup)
    {
        var answers = JudgingRows.Answers(network, judging, null);
        return new(HeldLoss.Of(answers), HeldLoss.CalibrationError(answers), soup.NeedsGroups ? HeldLoss.Gap(answers, judging.Protected!) : 0);
    }
}
