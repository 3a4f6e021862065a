using System.Globalization;
using TorchSharp;

namespace Retort.Bench;

/// <summary>
/// Of all cases, or of those named: what optimizers, schedules and averagings come to on two real tables: the loss on test rows with equal epochs, mean over five splits and seeds. Each takes the learning rate, of four,
/// that is best on the validation rows, which also choose the epoch. Beside it the paired difference from the first case of the same network, with its standard error.
/// </summary>
internal static class OptimizersBench
{
    private const int Seeds = 5, Epochs = 30, Batch = 128;

    private static readonly Recipe Base = new() { Network = new Mlp { Layers = 2, Width = 64 }, Epochs = Epochs, Patience = Epochs, BatchSize = Batch };

    private static readonly (string Name, Recipe Recipe)[] Cases =
    [
        ("adamw", Base),
        .. new Optimizer[] { new Sgd(), new Muon(), new NorMuon(), new StableSpam(), new AdamP() }.Select(optimizer => (Methods.Of(optimizer).Id, Base with { Optimizer = optimizer })),
        .. new Schedule[] { new ConstantRate(), new CosineDecay(), new OneCycle(), new FlatCosine(), new CosLog4(), new RefinedDecay() }.Select(schedule => (Methods.Of(schedule).Id, Base with { Schedule = schedule })),
        ("muon-without-decay", Base with { Optimizer = new Muon { WeightDecay = 0 } }),
        ("warm-up", Base with { Schedule = new LinearDecay { WarmUp = 0.1 } }),
        ("ema", Base with { Averaging = new ExponentialAverage { Decay = 0.99 } }),
        ("swa", Base with { Averaging = new StochasticAverage() }),
        ("constant-ema", Base with { Averaging = new ExponentialAverage { Decay = 0.99 }, Schedule = new ConstantRate() }),
        ("constant-swa", Base with { Averaging = new StochasticAverage(), Schedule = new ConstantRate() }),
        ("clip", Base with { ClipNorm = 1 }),
        ("sgd-clip", Base with { Optimizer = new Sgd(), ClipNorm = 1 }),
        ("resnet", Base with { Network = new ResNetMlp { Width = 64 } }),
        ("resnet-adamp", Base with { Network = new ResNetMlp { Width = 64 }, Optimizer = new AdamP() }), // whose layers a normalisation follows
    ];

    public static void Run(string[] wanted)
    {
        foreach (var (file, label, task) in new[] { ("phoneme", "nasal_or_oral", LearningTask.Binary), ("abalone", "rings", LearningTask.Regression) })
        {
            var table = Read(Path.Combine("..", "shared", "data", file + ".csv"), label);
            var references = new Dictionary<Network, double[]>(); // the first of each network: the default but for it
            foreach (var (name, recipe) in Cases.Where(c => wanted.Length == 0 || wanted.Contains(c.Name)))
            {
                double[] rates = [.. new[] { 0.3, 1, 3, 10 }.Select(factor => factor * recipe.Optimizer.LearningRate)];
                var clock = System.Diagnostics.Stopwatch.StartNew();
                var losses = new (double Validation, double Test)[rates.Length, Seeds];
                Parallel.For(0, rates.Length * Seeds, run => losses[run / Seeds, run % Seeds] = Fit(table, task, recipe, rates[run / Seeds], run % Seeds));

                double Mean(int rate) => Enumerable.Range(0, Seeds).Average(seed => losses[rate, seed].Validation);
                var best = Enumerable.Range(0, rates.Length).MinBy(Mean);
                double[] test = [.. Enumerable.Range(0, Seeds).Select(seed => losses[best, seed].Test)];
                references.TryAdd(recipe.Network, test);
                double[] differences = [.. test.Zip(references[recipe.Network], (a, b) => a - b)];
                var difference = differences.Average();
                var error = Math.Sqrt(differences.Sum(d => (d - difference) * (d - difference)) / (Seeds - 1) / Seeds);
                Figures.Print($"optimizers {file} case={name} loss={test.Average():F4} difference={difference:F4} se={error:F4} rate={rates[best]:G2} seconds={clock.Elapsed.TotalSeconds / rates.Length / Seeds:F2}");
            }
        }
    }

    private static (double Validation, double Test) Fit((float[][] Rows, float[] Labels) table, LearningTask task, Recipe recipe, double rate, int seed)
    {
        using var scope = torch.NewDisposeScope();
        var order = new Generator((ulong)seed).Permutation(table.Rows.Length);
        int first = order.Length * 6 / 10, second = order.Length * 8 / 10;
        var train = order[..first];
        var scales = Enumerable.Range(0, table.Rows[0].Length).Select(column =>
        {
            var mean = train.Average(row => table.Rows[row][column]);
            return (Mean: mean, Deviation: Math.Sqrt(train.Average(row => Math.Pow(table.Rows[row][column] - mean, 2))) + 1e-9);
        }).ToArray();
        using var training = Make(train);
        using var validation = Make(order[first..second]);
        using var test = Make(order[second..]);

        recipe = recipe with { Seed = seed, Optimizer = recipe.Optimizer with { LearningRate = rate } };
        TrainingResult result;
        try
        {
            if (recipe.Schedule is RefinedDecay)
                recipe = recipe.Refined(Train(recipe).Epochs);
            result = Train(recipe);
        }
        catch (DivergedRunException)
        {
            return (double.PositiveInfinity, double.PositiveInfinity);
        }

        return (result.Epochs.Min(report => report.ValidationLoss!.Value), Loss(result.Network));

        TrainingResult Train(Recipe recipe) => TrainingLoop.Run(recipe, task, training, validation, 1, null, () => { });

        double Loss(FittedNetwork network)
        {
            var outputs = network.Forward(test.Features, null);
            if (task == LearningTask.Regression)
                return new SquaredLoss().Value(outputs, Targets.Values(test.Labels!), null, StepContext.First()).ToDouble() / Math.Pow(training.Labels!.std().ToDouble(), 2);
            return new CrossEntropyLoss().Value(torch.cat([torch.zeros_like(outputs), outputs], 1), Targets.Classes(test.Labels!), null, StepContext.First()).ToDouble();
        }

        Dataset Make(long[] rows) => new()
        {
            Features = torch.tensor(rows.SelectMany(row => table.Rows[row].Select((x, column) => (float)((x - scales[column].Mean) / scales[column].Deviation))).ToArray(), dtype: torch.float32)
                .view(rows.Length, scales.Length).DetachFromDisposeScope(),
            Labels = (task == LearningTask.Regression ? torch.tensor(rows.Select(row => table.Labels[row]).ToArray(), dtype: torch.float32)
                : torch.tensor(rows.Select(row => (long)table.Labels[row]).ToArray(), dtype: torch.int64)).DetachFromDisposeScope(),
            Classes = task == LearningTask.Regression ? 1 : 2,
        };
    }

    /// <summary>Numbers as they are, texts as one column a value.</summary>
    private static (float[][] Rows, float[] Labels) Read(string file, string label)
    {
        if (!File.Exists(file))
            throw new InvalidOperationException($"The benchmark must have the table '{file}', but it is not there.");
        var lines = File.ReadLines(file).Select(line => line.Split(',')).ToArray();
        var (labelColumn, rows) = (Array.IndexOf(lines[0], label), lines[1..]);
        var columns = Enumerable.Range(0, lines[0].Length).Where(column => column != labelColumn).Select(Column).ToArray();
        return ([.. rows.Select(row => columns.SelectMany(column => column(row)).ToArray())], [.. rows.Select(row => Number(row[labelColumn]))]);

        Func<string[], float[]> Column(int column)
        {
            if (rows.All(row => float.TryParse(row[column], CultureInfo.InvariantCulture, out _)))
                return row => [Number(row[column])];
            string[] values = [.. rows.Select(row => row[column]).Distinct().Order()];
            return row => [.. values.Select(value => row[column] == value ? 1f : 0f)];
        }

        float Number(string text) => float.Parse(text, CultureInfo.InvariantCulture);
    }
}
