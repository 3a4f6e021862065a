using System.Globalization;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Retort.Bench;

/// <summary>
/// Value and gradient of the distance covariance, from 1,000 to 1,000,000 rows: <c>./bench dcov [KIND ...] [--no-python]</c>. The exponent is fitted to the times from 10,000 rows upward, <c>sortRatio</c> is how many times as long as one
/// <c>Array.Sort</c> of the same predictions it takes, <c>naiveRatio</c> how many times as long the definition takes in PyTorch, in blocks. float64 and one thread on all sides; processor time, which other programs on the machine hardly change.
/// </summary>
internal static class DcovBench
{
    private const int NaiveRows = 20_000, Rounds = 5;

    private static readonly int[] s_sizes = [1_000, 3_000, 5_000, 10_000, NaiveRows, 50_000, 100_000, 300_000, 1_000_000];

    private sealed record Kind(string Name, DistanceCovariance Penalty, Func<int, ProtectedColumn[]> Columns, int Largest = 1_000_000);

    public static void Run(string[] arguments)
    {
        set_num_threads(1);
        var wanted = arguments.Where(argument => !argument.StartsWith("--", StringComparison.Ordinal)).ToArray();
        Kind[] kinds =
        [
            new("scalar", new(), n => [Number(n, 2)]),
            new("binary", new(), n => [Categories(n, 3, 2)]),
            new("categorical", new(), n => [Categories(n, 4, 10)]),
            new("concatenated", new(), n => [Categories(n, 3, 2), Categories(n, 4, 10), Categories(n, 5, 5)]),
            new("joint", new() { Form = DependenceForm.Joint }, n => [Categories(n, 3, 2), Categories(n, 4, 10), Categories(n, 5, 5)]),
            new("all-different", new(), n => [Number(n, 2), Categories(n, 4, 10)], NaiveRows),
        ];
        var folder = Directory.CreateTempSubdirectory("retort-dcov-").FullName;
        try
        {
            using var python = arguments.Contains("--no-python") ? null : Python.Start("dcov.py", folder);
            foreach (var kind in kinds.Where(kind => wanted.Length == 0 || wanted.Contains(kind.Name)))
                Measure(kind, python, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Measure(Kind kind, Python? python, string folder)
    {
        var lines = new List<(int Rows, double Seconds, double Sort, double? Naive)>();
        foreach (var rows in s_sizes.Where(rows => rows <= kind.Largest))
        {
            using var scope = NewDisposeScope();
            var (targets, columns, place) = (Targets.Classes(zeros(rows, dtype: int64)), ProtectedColumns.Of(kind.Columns(rows)), 0);
            var sets = Enumerable.Range(1, Math.Clamp(200_000 / rows, 1, 50)).Select(seed => Predictions(rows, (ulong)seed)).ToArray(); // a processor learns the way through one small sort by heart
            var tensors = sets.Select(set => tensor(set, dtype: float64).unsqueeze(1).requires_grad_()).ToArray();
            var (numbers, predictions) = (sets[0], tensors[0]);
            var (ours, sorts) = Figures.Processor(Rounds, Math.Max(1, 200_000 / rows), () => Step(kind.Penalty, tensors[place++ % sets.Length], columns, targets), () => Array.Sort((double[])sets[place++ % sets.Length].Clone()));
            double? naive = null;
            if (rows == NaiveRows && python is not null)
            {
                File.WriteAllBytes(Path.Combine(folder, "predictions"), MemoryMarshal.AsBytes<double>(numbers));
                for (var i = 0; i < columns.Columns.Count; i++)
                    File.WriteAllBytes(Path.Combine(folder, $"column{i}"), columns.Columns[i].Values.to_type(float64).bytes.ToArray());
                double[] answer = [.. python.Ask($"{kind.Penalty.Form} {string.Join(' ', columns.Columns.Select(column => column.Categories ?? 0))}").Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
                var (value, norm) = Of(kind.Penalty, predictions, columns, targets);
                // the definition is a difference of means, from which the last digits are gone
                if (Math.Abs(answer[1] - value) > 1e-9 * Math.Abs(value) + 1e-11 || Math.Abs(answer[2] - norm) > 1e-9 * norm)
                    throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"Both sides must agree on {kind.Name}, but say {value} and {answer[1]}, with gradients of norm {norm} and {answer[2]}."));
                naive = answer[0];
            }

            lines.Add((rows, Figures.Median(ours), Figures.Median(sorts), naive));
        }

        var exponent = Figures.Slope([.. lines.Where(line => line.Rows >= 10_000).Select(line => (Math.Log(line.Rows), Math.Log(line.Seconds)))]);
        foreach (var (rows, seconds, sort, naive) in lines)
            Figures.Print($"dcov {kind.Name} n={rows} ms={1000 * seconds:F3} exponent={exponent:F3} sortRatio={seconds / sort:F2}{(naive is null ? "" : string.Create(CultureInfo.InvariantCulture, $" naiveRatio={naive / seconds:F0} naiveMs={1000 * naive:F0}"))}");
    }

    private static void Step(DistanceCovariance penalty, Tensor predictions, ProtectedColumns columns, Targets targets)
    {
        using var scope = NewDisposeScope();
        penalty.Value(predictions, columns, targets).backward();
        predictions.grad!.zero_();
    }

    private static (double Value, double Norm) Of(DistanceCovariance penalty, Tensor predictions, ProtectedColumns columns, Targets targets)
    {
        using var scope = NewDisposeScope();
        var value = penalty.Value(predictions, columns, targets);
        value.backward();
        var norm = predictions.grad!.norm().item<double>();
        predictions.grad.zero_();
        return (value.item<double>(), norm);
    }

    /// <summary>Probabilities, all different.</summary>
    private static double[] Predictions(int rows, ulong seed)
    {
        var random = new Generator(seed);
        return [.. Enumerable.Range(0, rows).Select(_ => 1 / (1 + Math.Exp(-2 * random.Normal())))];
    }

    private static ProtectedColumn Number(int rows, ulong seed)
    {
        var random = new Generator(seed);
        return ProtectedColumn.Numbers("number", tensor([.. Enumerable.Range(0, rows).Select(_ => random.Normal())], dtype: float64));
    }

    private static ProtectedColumn Categories(int rows, ulong seed, int count)
    {
        var random = new Generator(seed);
        return ProtectedColumn.OfCategories($"{count} categories", tensor([.. Enumerable.Range(0, rows).Select(_ => random.Below(count))], dtype: int64), count);
    }
}
