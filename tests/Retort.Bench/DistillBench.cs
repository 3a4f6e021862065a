using System.Globalization;

namespace Retort.Bench;

/// <summary>
/// What each distillation brings to a small network, at its defaults: <c>./bench distill [digits] [mnist] [phoneme] [wine] [abalone] [--methods ID,...] [--seeds N] [--also JSON ...] [--student JSON] [--teacher JSON] [--members N] [--validation]</c>, by default all.
/// </summary>
/// <remarks>
/// The teacher is an ensemble of networks whose probabilities (in regression, values) are averaged; the student has at most a twentieth of its weights. Every line's student has the same recipe, starting weights and row order; only
/// what it learns from differs. <c>label-only</c> has no teacher; nor have <c>label-smoothing</c> and <c>input-noise</c>, rivals. <c>difference</c> is that to label-only, paired by split, and <c>errors</c> counts it in its standard errors;
/// both come for the metric (accuracy, or in regression the root of the mean squared error) and for the log-loss. <c>agree</c> is the share of rows on which student and teacher say the same class, in regression the root of their mean squared distance;
/// <c>size</c> is the share of the teacher's weights. With <c>--validation</c> the held-out rows are measured in place of the test rows, which choose nothing; <c>--also</c> adds a distillation with other settings.
/// </remarks>
internal static class DistillBench
{
    private const string LabelOnly = "label-only";

    private sealed record Way(string Name, Func<DistillCase, DistillResult> Run)
    {
        public bool IsAdded { get; init; }
    }

    public static void Run(string[] arguments)
    {
        var wanted = arguments.TakeWhile(argument => !argument.StartsWith("--", StringComparison.Ordinal)).ToArray();
        var seeds = Option("--seeds").SingleOrDefault() is { } number ? int.Parse(number, CultureInfo.InvariantCulture) : 5;
        var methods = Option("--methods").SingleOrDefault()?.Split(',');
        Distillation[] also = [.. Option("--also").Select(MethodJson.Read<Distillation>)];
        foreach (var set in DistillSet.All.Where(set => wanted.Length == 0 || wanted.Contains(set.Name)))
        {
            var chosen = set with
            {
                Teacher = Option("--teacher").SingleOrDefault() is { } teacher ? Recipe.FromJson(teacher) : set.Teacher,
                Members = Option("--members").SingleOrDefault() is { } members ? int.Parse(members, CultureInfo.InvariantCulture) : set.Members,
            };
            Recipe[] students = [.. Option("--student").Select(Recipe.FromJson)];
            Table(chosen, seeds, arguments.Contains("--validation"), [.. (students is [] ? [set.Student] : students).Select(student => Ways(chosen, student, also).Where(way => methods is null || way.Name == LabelOnly || methods.Contains(way.Name) || way.IsAdded).ToList())]);
        }

        string[] Option(string name) => [.. arguments.Index().Where(argument => argument.Item == name).Select(argument => arguments[argument.Index + 1])];
    }

    private static List<Way> Ways(DistillSet set, Recipe recipe, Distillation[] also)
    {
        var ways = new List<Way> { new(LabelOnly, one => one.Student(recipe, null)), new("input-noise", one => one.Noisy(recipe)) };
        if (set.Task != LearningTask.Regression)
            ways.Add(new("label-smoothing", one => one.Student(recipe with { Loss = new CrossEntropyLoss { LabelSmoothing = 0.1 } }, null)));
        foreach (var distillation in Methods.OfKind(typeof(Distillation)).Where(method => method.Serves(set.Task)).Select(method => (Distillation)method.Create()).Concat(also))
            ways.Add(new(Name(distillation), one => one.Student(recipe, distillation)) { IsAdded = also.Contains(distillation) });

        // a run after a run of the same network, the labels in it already: as in its source
        ways.Add(new("ground-truth-self-kd+earlier-self", one => one.Again(recipe, new GroundTruthTargets { Mode = DistillationMode.Replace, Weight = 1 })));
        return ways;
    }

    private static void Table(DistillSet set, int seeds, bool validation, IEnumerable<List<Way>> students)
    {
        using var rows = set.Read();
        var cases = Enumerable.Range(1, seeds).Select(seed => new DistillCase(set, rows, seed, validation)).ToArray();
        Lanes.Run(cases.SelectMany(one => Enumerable.Range(0, set.Members).Select(member => (Action)(() => one.Train(member)))));
        Lanes.Run(cases.Select(one => (Action)one.Ask));
        Print(set, "teacher", [.. cases.Select(one => one.Teacher())], null);

        foreach (var ways in students)
            Compare(set, cases, ways);
        foreach (var one in cases)
            one.Dispose();
    }

    private static void Compare(DistillSet set, DistillCase[] cases, List<Way> ways)
    {
        DistillResult[]? labelOnly = null;
        var printed = 0;
        var results = ways.Select(_ => new DistillResult?[cases.Length]).ToArray();
        var refusals = new string?[ways.Count];
        Lanes.Run(ways.SelectMany((way, i) => cases.Select((one, seed) => (Action)(() =>
        {
            try
            {
                results[i][seed] = way.Run(one);
            }
            catch (Exception e) when (e is ArgumentException or DivergedRunException) // a method that refuses the set, or cannot be trained on it, is a line of the table
            {
                refusals[i] = e.Message;
            }

            Report();
        }))));

        void Report() // in the order of the list
        {
            lock (results)
                for (; printed < ways.Count && (refusals[printed] is not null || results[printed].All(result => result is not null)); printed++)
                    if (refusals[printed] is { } refusal)
                    {
                        Console.WriteLine($"distill {set.Name} method={ways[printed].Name} skipped: {refusal}");
                    }
                    else
                    {
                        DistillResult[] own = [.. results[printed].Select(result => result!)];
                        labelOnly ??= own;
                        Print(set, ways[printed].Name, own, ReferenceEquals(labelOnly, own) ? null : labelOnly);
                    }
        }
    }

    private static void Print(DistillSet set, string name, DistillResult[] results, DistillResult[]? labelOnly) => Figures.Print($"distill {set.Name} method={name} {DistillLine.Of(results, labelOnly)}");

    /// <summary>The id, and of settings those that differ from the defaults.</summary>
    private static string Name(Distillation distillation)
    {
        var method = Methods.Of(distillation);
        var fresh = method.Create();
        var changed = method.Type.GetProperties().Where(p => p.SetMethod is not null && !Equals(p.GetValue(distillation), p.GetValue(fresh))).Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Name}:{p.GetValue(distillation)}"));
        return string.Join(',', changed.Prepend(method.Id));
    }
}
