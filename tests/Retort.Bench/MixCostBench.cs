namespace Retort.Bench;

/// <summary>
/// What an epoch with each mixing costs beside one without: <c>./bench mix-cost [SET ...] [--mixings ID,...]</c>, by default mnist and phoneme of <see cref="MixSet"/>.
/// </summary>
/// <remarks>Both sides train in turn, as many epochs as take a while. <c>seconds</c> are an epoch's, medians, <c>ratio</c> is the median of the rounds' ratios.</remarks>
internal static class MixCostBench
{
    private const int Rounds = 7;
    private const double Long = 2; // seconds of both sides of a round, at least

    public static void Run(string[] arguments)
    {
        var wanted = arguments.TakeWhile(argument => !argument.StartsWith("--", StringComparison.Ordinal)).ToArray();
        var ids = Array.IndexOf(arguments, "--mixings") is var place and >= 0 ? arguments[place + 1].Split(',') : null;
        foreach (var set in MixSet.All.Where(set => wanted is [] ? set.Name is "mnist" or "phoneme" : wanted.Contains(set.Name)))
        {
            using var rows = set.Read();
            using var train = rows.All.View(rows.Split(1).Train);
            foreach (var method in Methods.OfKind(typeof(Mixing)).Where(method => method.Serves(set.Task) && ids?.Contains(method.Id) != false))
                Measure(set, train, (Mixing)method.Create());
        }
    }

    private static void Measure(MixSet set, Dataset train, Mixing mixing)
    {
        var recipe = set.Recipe with { HoldOut = 0, Epochs = 1 };
        try
        {
            Seconds(mixing); // compiled
            while (Seconds(mixing) + Seconds(null) < Long)
                recipe = recipe with { Epochs = recipe.Epochs * 2 };
            var rounds = Enumerable.Range(0, Rounds).Select(_ => (Mixed: Seconds(mixing), Plain: Seconds(null))).ToArray();
            var (mixed, plain) = (rounds.Select(round => round.Mixed).ToArray(), rounds.Select(round => round.Plain).ToArray());
            Figures.Print(
                $"mix-cost {set.Name} mixing={Methods.Of(mixing).Id} seconds={Figures.Median(mixed) / recipe.Epochs:F4} without={Figures.Median(plain) / recipe.Epochs:F4} {Figures.Ratio(mixed, plain)} epochs={recipe.Epochs}");
        }
        catch (ArgumentException e) // a mixing that refuses the set
        {
            Console.WriteLine($"mix-cost {set.Name} mixing={Methods.Of(mixing).Id} skipped: {e.Message}");
        }

        double Seconds(Mixing? chosen) =>
            Figures.Seconds(() => TrainingLoop.Run(recipe with { Mixing = chosen, Patience = recipe.Epochs }, set.Task, train, null, 1, null, () => { }, calibrates: false));
    }
}
