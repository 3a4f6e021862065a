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

    private Tensor? Places { get; init; }

    /// <summary>The rows with these numbers, int64 [rows], without a copy; all where null.</summary>
    public TeacherNetwork View(Tensor? rows)
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
            Weight = Weight,
            SeesSameFeatures = SeesSameFeatures,
        };
    }

    public void Dispose()
    {
        foreach (var tensor in new[] { Features, Categories, Places })
            tensor?.Dispose();
    }
}
