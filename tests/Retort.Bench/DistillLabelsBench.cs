using System.Globalization;

namespace Retort.Bench;

/// <summary>
/// What a teacher brings where few rows have a label: <c>./bench distill-labels [--share N,...] [--methods ID,...] [--seeds N] [--epochs N] [--validation]</c>, by default 1 and 5 % of the labels of MNIST, and <c>kd</c> and <c>dho</c>.
/// </summary>
/// <remarks>
/// The student and the teacher of <c>./bench distill mnist</c>. <c>label-only</c> learns from the rows with a label; the others also from those without, which follow the teacher. <c>teacher=all</c> saw the labels of all training rows,
/// <c>teacher=few</c> only those that the student sees. Differences are those to label-only, paired by split, and <c>errors</c> counts them in standard errors.
/// </remarks>
internal static class DistillLabelsBench
{
    private const int FewEpochs = 400, FewBatch = 16; // not searched: enough for the loss on so few rows to settle

    public static void Run(string[] arguments)
    {
        var seeds = Option("--seeds") is { } number ? int.Parse(number, CultureInfo.InvariantCulture) : 5;
        var shares = (Option("--share") ?? "1,5").Split(',').Select(share => double.Parse(share, CultureInfo.InvariantCulture) / 100).ToArray();
        var ids = (Option("--methods") ?? "kd,dho").Split(',');
        var epochs = Option("--epochs") is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : FewEpochs;
        var methods = Methods.OfKind(typeof(Distillation)).Where(method => ids.Contains(method.Id)).ToArray();
        var set = DistillSet.All.Single(one => one.Name == "mnist");
        using var rows = set.Read();
        var count = rows.Split(1).Train.Length;
        foreach (var share in shares)
        {
            DistillResult[]? labelOnly = null;
            foreach (var few in new[] { false, true })
            {
                var teacher = few ? Few(set.Teacher) : set.Teacher;
                var cases = Enumerable.Range(1, seeds).Select(seed => new DistillCase(set with { Teacher = teacher }, rows, seed, arguments.Contains("--validation"), (int)(share * count), few)).ToArray();
                Lanes.Run(cases.SelectMany(one => Enumerable.Range(0, set.Members).Select(member => (Action)(() => one.Train(member)))));
                Lanes.Run(cases.Select(one => (Action)one.Ask));
                labelOnly ??= All(one => one.Student(Few(set.Student), null));
                if (!few)
                    Print("none", LabelOnly, labelOnly);
                Print(few ? "few" : "all", "teacher", [.. cases.Select(one => one.Teacher())]);
                foreach (var method in methods)
                    Print(few ? "few" : "all", method.Id, All(one => one.Student(set.Student, (Distillation)method.Create())));
                foreach (var one in cases)
                    one.Dispose();

                DistillResult[] All(Func<DistillCase, DistillResult> student)
                {
                    var results = new DistillResult[seeds];
                    Lanes.Run(cases.Select((one, i) => (Action)(() => results[i] = student(one))));
                    return results;
                }
            }

            void Print(string teacher, string method, DistillResult[] results) => Figures.Print(
                $"distill-labels mnist share={share:F2} teacher={teacher} method={method} {DistillLine.Of(results, ReferenceEquals(results, labelOnly) ? null : labelOnly)}");
        }

        Recipe Few(Recipe recipe) => recipe with { BatchSize = FewBatch, Epochs = epochs, HoldOut = 0 };

        string? Option(string name) => Array.IndexOf(arguments, name) is var place and >= 0 ? arguments[place + 1] : null;
    }

    private const string LabelOnly = "label-only";
}
