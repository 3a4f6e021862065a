namespace Retort;

/// <summary>A teacher that is a network of ours, with the rows as it reads them. On the CPU. Whoever makes it disposes it.</summary>
internal sealed class TeacherNetwork : IDisposable
{
    public required FittedNetwork Network { get; init; }

    /// <summary>float32 [rows, features of the teacher]. Of a view, those of the whole.</summary>
    public required Tensor Features { get; init; }

    /// <summary>int64 [rows, columns]; null where it reads none.</summary>
    public Tensor? Categories { get; init; }

    /// <summary>For each of its classes its number among the student's; null where they are the same.</summary>
    public int[]? ClassOf { get; init; }

    /// <summary>How much it counts among the teachers, relative to them.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>Whether it reads what the student reads, so that it can be asked about moved rows.</summary>
    public bool SeesSameFeatures { get; init; }

    /// <summary>Of a view: where its rows stand, int64 [rows].</summary>
    public Tensor? Places { get; init; }

    /// <summary>Features and categories of the rows with these numbers.</summary>
    public (Tensor Features, Tensor? Categories) Inputs(Tensor rows)
    {
        var places = Places is null ? rows : Places.index_select(0, rows);
        return (Features.index_select(0, places), Categories?.index_select(0, places));
    }

    /// <summary>What the network serves for rows that follow each other, in the order of the student's classes: probabilities [rows, classes], two columns where the task is binary, or values [rows, 1].</summary>
    public Tensor Scores(long start, long count)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var (features, categories) = Inputs(arange(start, start + count, dtype: int64));
        return Said(features, categories).MoveToOuterDisposeScope();
    }

    /// <summary>As <see cref="Scores"/>, for rows as it reads them.</summary>
    public Tensor Said(Tensor features, Tensor? categories)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var served = zeros(features.shape[0], Network.Outputs, dtype: float32, device: CPU);
        Network.Score(features, categories, Memory.Of<float>(served));
        if (Network.Task == LearningTask.Regression)
            served = served.narrow(1, 0, 1);
        else if (Network.Task == LearningTask.Binary)
            served = cat([(-served).sigmoid(), served.sigmoid()], 1);
        return (ClassOf is null ? served : served.index_select(1, tensor(Inverse(ClassOf), dtype: int64))).clone().MoveToOuterDisposeScope();
    }

    /// <summary>For each of the student's classes its number among the teacher's.</summary>
    public static long[] Inverse(int[] classOf)
    {
        var places = new long[classOf.Length];
        for (var i = 0; i < places.Length; i++)
            places[classOf[i]] = i;
        return places;
    }

    /// <summary>A part of the rows, without a copy.</summary>
    /// <param name="rows">Their numbers, int64 [rows]; null for all.</param>
    /// <param name="weight">How much it counts from here on; null as it does.</param>
    public TeacherNetwork View(Tensor? rows, double? weight = null)
    {
        using var noGradient = no_grad();
        var here = rows?.to(CPU);
        return new()
        {
            Network = Network,
            Features = Features.alias().DetachFromDisposeScope(),
            Categories = Categories?.alias().DetachFromDisposeScope(),
            Places = (here is null ? Places?.alias() : Places?.index_select(0, here) ?? here.alias())?.DetachFromDisposeScope(),
            ClassOf = ClassOf,
            Weight = weight ?? Weight,
            SeesSameFeatures = SeesSameFeatures,
        };
    }

    public void Dispose()
    {
        foreach (var tensor in new[] { Features, Categories, Places })
            tensor?.Dispose();
    }
}
