using System.Globalization;

namespace Retort.Bench;

/// <summary>What epochs on random shares of the rows come to at an equal number of rows in all: <c>./bench rs2 [SET ...] [--seeds N] [--from N]</c>, by default phoneme, mnist and wine with five seeds.</summary>
/// <remarks>For the whole run of the set's recipe and for a tenth of it. <c>fixed</c> trains on the same tenth of the rows in every epoch, which is what a selection of rows must beat.</remarks>
internal static class SubsetBench
{
    public static void Run(string[] arguments)
    {
        string[] wanted = [.. arguments.TakeWhile(argument => !argument.StartsWith("--", StringComparison.Ordinal))];
        foreach (var set in MixSet.All.Where(set => wanted.Length == 0 ? set.Name is "phoneme" or "mnist" or "wine" : wanted.Contains(set.Name)))
            foreach (var (name, budget) in new[] { ("whole", 1.0), ("tenth", 0.1) })
            {
                WayOfTraining[] ways =
                [
                    new($"{name},share:1", For(set.Recipe, budget, 1)),
                    .. new[] { 0.3, 0.1 }.SelectMany(share => new WayOfTraining[]
                    {
                        new(string.Create(CultureInfo.InvariantCulture, $"{name},share:{share}"), For(set.Recipe, budget, share) with { Subset = new() { Share = share } }),
                        new(string.Create(CultureInfo.InvariantCulture, $"{name},share:{share},replacement"), For(set.Recipe, budget, share) with { Subset = new() { Share = share, Replacement = true } }),
                    }),
                    new($"{name},fixed:0.1", For(set.Recipe, budget, 0.1), 0.1),
                ];
                WaysOfTraining.Compare("rs2", set, ways, Number("--from", 1), Number("--seeds", 5));
            }

        int Number(string name, int otherwise) => Array.IndexOf(arguments, name) is var place and >= 0 ? int.Parse(arguments[place + 1], CultureInfo.InvariantCulture) : otherwise;
    }

    /// <summary>As many passes over all rows as the recipe makes, times a budget, in epochs of a share of the rows.</summary>
    private static Recipe For(Recipe recipe, double budget, double share) => recipe with { Epochs = (int)Math.Round(recipe.Epochs * budget / share), Patience = (int)Math.Round(recipe.Epochs * budget / share) };
}
