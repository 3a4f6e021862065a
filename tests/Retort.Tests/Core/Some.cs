namespace Retort.Tests;

/// <summary>Small data for tests, the same numbers in every run and on every libtorch.</summary>
internal static class Some
{
    public static Tensor Normal(ulong seed, ScalarType type, params long[] shape)
    {
        var random = new Generator(seed);
        var numbers = new double[shape.Aggregate(1L, (product, size) => product * size)];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = random.Normal();
        return tensor(numbers, dtype: float64).to_type(type).view(shape);
    }

    public static Tensor Probabilities(ulong seed, ScalarType type, params long[] shape) => Normal(seed, type, shape).softmax(1);

    /// <summary>Three clouds of points around the corners of a triangle, in two noisy coordinates and some useless ones.</summary>
    public static Dataset Clouds(int rows, double spread = 0.5, ulong seed = 1, int features = 4)
    {
        var random = new Generator(seed);
        var (numbers, labels) = (new float[rows * features], new long[rows]);
        for (var row = 0; row < rows; row++)
        {
            labels[row] = row % 3;
            for (var column = 0; column < features; column++)
                numbers[row * features + column] = (float)(spread * random.Normal());
            numbers[row * features] += labels[row] == 1 ? 1 : 0;
            numbers[row * features + 1] += labels[row] == 2 ? 1 : 0;
        }

        return new() { Features = tensor(numbers, dtype: float32).view(rows, features), Labels = tensor(labels, dtype: int64), Classes = 3 };
    }

    /// <summary>Label = category effect + 2 * feature, far from 0 and with a large deviation.</summary>
    public static Dataset Prices(int rows, ulong seed = 1)
    {
        var random = new Generator(seed);
        var (numbers, categories, labels) = (new float[rows * 2], new long[rows], new float[rows]);
        for (var row = 0; row < rows; row++)
        {
            (numbers[2 * row], numbers[2 * row + 1]) = ((float)random.Normal(), (float)random.Normal());
            categories[row] = random.Below(4);
            labels[row] = 1000 + 100 * (2 * numbers[2 * row] + categories[row] % 2) + (float)random.Normal();
        }

        return new()
        {
            Features = tensor(numbers, dtype: float32).view(rows, 2),
            Categories = tensor(categories, dtype: int64).view(rows, 1),
            Cardinalities = [3],
            Labels = tensor(labels, dtype: float32),
            Classes = 1,
        };
    }

    /// <summary>Two clouds, class 1 to the right.</summary>
    public static Dataset Pair(int rows, ulong seed = 1)
    {
        var random = new Generator(seed);
        var (numbers, labels) = (new float[rows * 2], new long[rows]);
        for (var row = 0; row < rows; row++)
        {
            labels[row] = row % 2;
            (numbers[2 * row], numbers[2 * row + 1]) = ((float)(random.Normal() + 2 * labels[row]), (float)random.Normal());
        }

        return new() { Features = tensor(numbers, dtype: float32).view(rows, 2), Labels = tensor(labels, dtype: int64), Classes = 2 };
    }

    public static Recipe Quick { get; } = new() { Network = new Mlp { Layers = 1, Width = 16 }, Epochs = 15, BatchSize = 32, Patience = 15, HoldOut = 0, Optimizer = new AdamW { LearningRate = 0.01 } };

    public static TrainingResult Train(Recipe recipe, LearningTask task, Dataset train, Dataset? validation = null, int seed = 1, IProgress<EpochReport>? progress = null) =>
        TrainingLoop.Run(recipe, task, train, validation, seed, progress, () => { });
}
