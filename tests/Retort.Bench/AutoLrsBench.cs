using System.Globalization;

namespace Retort.Bench;

/// <summary>Learning rates that a run finds for itself beside the default schedule and constant rates, at an equal number of rows, tries included: <c>./bench autolrs [SET ...] [--seeds N] [--from N]</c>, by default phoneme, wine and abalone with five seeds.</summary>
/// <remarks>A schedule whose tries cost as much as the run has half of its epochs. <c>rate:10</c> begins with ten times the set's learning rate, which was chosen on validation rows for the default schedule, and <c>rate:0.1</c> with a tenth: what it costs not to know it.</remarks>
internal static class AutoLrsBench
{
    public static void Run(string[] arguments)
    {
        string[] wanted = [.. arguments.TakeWhile(argument => !argument.StartsWith("--", StringComparison.Ordinal))];
        foreach (var set in MixSet.All.Where(set => wanted.Length == 0 ? set.Name is "phoneme" or "wine" or "abalone" : wanted.Contains(set.Name)))
        {
            var ways = new List<WayOfTraining>();
            foreach (var rate in new[] { 1, 0.1, 10 })
            {
                var recipe = set.Recipe with { Optimizer = set.Recipe.Optimizer with { LearningRate = rate * set.Recipe.Optimizer.LearningRate } };
                ways.Add(new(string.Create(CultureInfo.InvariantCulture, $"linear-decay,rate:{rate}"), recipe));
                ways.Add(new(string.Create(CultureInfo.InvariantCulture, $"constant,rate:{rate}"), recipe with { Schedule = new ConstantRate() }));
                ways.Add(new(string.Create(CultureInfo.InvariantCulture, $"autolrs,rate:{rate}"), recipe with { Schedule = new AutoLrs(), Epochs = recipe.Epochs / 2, Patience = recipe.Epochs }));
            }

            ways.Add(new("autolrs,5-stages,5-candidates", set.Recipe with { Schedule = new AutoLrs { Stages = 5, Candidates = 5 }, Epochs = set.Recipe.Epochs * 2 / 3, Patience = set.Recipe.Epochs }));
            WaysOfTraining.Compare("autolrs", set, ways, Number("--from", 1), Number("--seeds", 5));
        }

        int Number(string name, int otherwise) => Array.IndexOf(arguments, name) is var place and >= 0 ? int.Parse(arguments[place + 1], CultureInfo.InvariantCulture) : otherwise;
    }
}
