namespace Retort.Bench;

/// <summary>
/// What an epoch with each distillation costs beside one that learns from the labels alone: <c>./bench distill-cost [mnist] [phoneme] [digits] [wine] [abalone] [--methods ID,...]</c>, by default mnist and phoneme.
/// </summary>
/// <remarks>
/// The students and tables of <c>./bench distill</c>. Both sides train in turn, as many epochs as take a while; the teacher, which a black-box distillation asks once before the run, is not counted. <c>seconds</c> are an epoch's, medians,
/// <c>ratio</c> is the median of the rounds' ratios.
/// </remarks>
internal static class DistillCostBench
{
    private const int Rounds = 7;
    private const double Long = 2; // seconds of both sides of a round, at least

    public static void Run(string[] arguments)
    {
        var wanted = arguments.TakeWhile(argument => !argument.StartsWith("--", StringComparison.Ordinal)).DefaultIfEmpty("").ToArray();
        var methods = Array.IndexOf(arguments, "--methods") is var place and >= 0 ? arguments[place + 1].Split(',') : null;
        foreach (var set in DistillSet.All.Where(set => wanted is [""] ? set.Name is "mnist" or "phoneme" : wanted.Contains(set.Name)))
        {
            using var rows = set.Read();
            using var one = new DistillCase(set with { Teacher = set.Teacher with { Epochs = 1 } }, rows, 1, false);
            for (var member = 0; member < set.Members; member++)
                one.Train(member);
            one.Ask();
            foreach (var method in Methods.OfKind(typeof(Distillation)).Where(method => method.Serves(set.Task) && methods?.Contains(method.Id) != false))
                Measure(set, one, method);
        }
    }

    private static void Measure(DistillSet set, DistillCase one, Method method)
    {
        var recipe = set.Student with { HoldOut = 0, Epochs = 1 };
        try
        {
            var distillation = (Distillation)method.Create();
            one.Student(recipe, distillation); // compiled
            while (one.Student(recipe, null).Seconds + one.Student(recipe, distillation).Seconds < Long)
                recipe = recipe with { Epochs = recipe.Epochs * 2 };
            var (taught, alone) = Interleaved(() => one.Student(recipe, distillation).Seconds, () => one.Student(recipe, null).Seconds);
            Figures.Print(
                $"distill-cost {set.Name} method={method.Id} seconds={Figures.Median(taught) / recipe.Epochs:F4} label-only={Figures.Median(alone) / recipe.Epochs:F4} {Figures.Ratio(taught, alone)} epochs={recipe.Epochs}");
        }
        catch (ArgumentException e) // a method that refuses the set
        {
            Console.WriteLine($"distill-cost {set.Name} method={method.Id} skipped: {e.Message}");
        }
    }

    private static (double[] Taught, double[] Alone) Interleaved(Func<double> taught, Func<double> alone)
    {
        var rounds = Enumerable.Range(0, Rounds).Select(_ => (Taught: taught(), Alone: alone())).ToArray();
        return ([.. rounds.Select(round => round.Taught)], [.. rounds.Select(round => round.Alone)]);
    }
}
