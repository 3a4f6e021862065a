namespace Retort;

/// <summary>One task's rows as contiguous tensors, all on one device. Whoever makes it disposes it.</summary>
internal sealed class Dataset : IDisposable
{
    /// <summary>Numbers, float32 [rows, features]; may have no columns. Of a view, those of the whole: <see cref="Inputs(Tensor)"/> takes the right rows.</summary>
    public required Tensor Features { get; init; }

    /// <summary>Category numbers, int64 [rows, columns]: 0 for missing or unseen, else 1 to <see cref="Cardinalities"/>[column].</summary>
    public Tensor? Categories { get; init; }

    public int[] Cardinalities { get; init; } = [];

    /// <summary>Classes, int64 [rows] from 0; in regression values, float32 [rows].</summary>
    public Tensor? Labels { get; init; }

    /// <summary>How much each row counts, float32 [rows]; null where all count alike.</summary>
    public Tensor? Weights { get; init; }

    /// <summary>The teacher's probabilities, float32 [rows, classes], two columns where the task is binary; in regression its values [rows, 1].</summary>
    public Tensor? Teacher { get; init; }

    /// <summary>Of several teachers each one's scores, like <see cref="Teacher"/>, which is their mean; empty where there is one.</summary>
    public Tensor[] Teachers { get; init; } = [];

    /// <summary>The teachers that are networks of ours, with what they read of these rows; empty where a teacher is not one.</summary>
    public TeacherNetwork[] Networks { get; init; } = [];

    /// <summary>Whether a row has a label, bool [rows]; null where all have. Those without stand as -1 or NaN in <see cref="Labels"/>, and learn from the teacher alone.</summary>
    public Tensor? Labeled { get; init; }

    /// <summary>Group numbers, int64 [rows]: a group stays on one side of the hold-out split.</summary>
    public Tensor? Groups { get; init; }

    /// <summary>The columns on which predictions should depend little; null where there are none.</summary>
    public ProtectedColumns? Protected { get; init; }

    /// <summary>2 for binary, one a class for multiclass, 1 for regression.</summary>
    public required int Classes { get; init; }

    /// <summary>Of a view: where its rows stand in <see cref="Features"/> and <see cref="Categories"/>, int64 [rows].</summary>
    public Tensor? Places { get; private init; }

    public long Rows => (Places ?? Features).shape[0];

    /// <summary>Features and categories of the rows with these numbers.</summary>
    public (Tensor Features, Tensor? Categories) Inputs(Tensor rows)
    {
        var places = Places is null ? rows : Places.index_select(0, rows);
        return (Features.index_select(0, places), Categories?.index_select(0, places));
    }

    /// <summary>Features and categories of rows that follow each other.</summary>
    public (Tensor Features, Tensor? Categories) Inputs(long start, long count)
    {
        if (Places is null)
            return (Features.narrow(0, start, count), Categories?.narrow(0, start, count));
        var places = Places.narrow(0, start, count);
        return (Features.index_select(0, places), Categories?.index_select(0, places));
    }

    /// <summary>A view of the rows with these numbers, in this order: features and categories, which are most of a dataset, are not copied.</summary>
    /// <param name="rows">The numbers.</param>
    /// <param name="allLabeled">Whether all of them are known to have a label.</param>
    public Dataset View(long[] rows, bool allLabeled = false)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var index = tensor(rows, dtype: int64, device: CPU).to(Features.device);
        return new()
        {
            Features = Features.alias().DetachFromDisposeScope(),
            Categories = Categories?.alias().DetachFromDisposeScope(),
            Places = (Places?.index_select(0, index) ?? index).DetachFromDisposeScope(),
            Cardinalities = Cardinalities,
            Labels = Take(Labels),
            Weights = Take(Weights),
            Teacher = Take(Teacher),
            Teachers = [.. Teachers.Select(scores => Take(scores)!)],
            Networks = [.. Networks.Select(network => network.View(index))],
            Labeled = allLabeled ? null : Take(Labeled),
            Groups = Take(Groups),
            Protected = Protected?.Take(index).Map(tensor => tensor.alias().DetachFromDisposeScope()),
            Classes = Classes,
        };

        Tensor? Take(Tensor? all) => all?.index_select(0, index).DetachFromDisposeScope();
    }

    /// <summary>The same rows, the same memory once more, with other teachers. What is given belongs to the new dataset.</summary>
    public Dataset TaughtBy(Tensor teacher, Tensor[] teachers, TeacherNetwork[] networks)
    {
        using var noGradient = no_grad();
        return new()
        {
            Features = Alias(Features)!,
            Categories = Alias(Categories),
            Places = Alias(Places),
            Cardinalities = Cardinalities,
            Labels = Alias(Labels),
            Weights = Alias(Weights),
            Teacher = teacher.DetachFromDisposeScope(),
            Teachers = [.. teachers.Select(scores => scores.DetachFromDisposeScope())],
            Networks = networks,
            Labeled = Alias(Labeled),
            Groups = Alias(Groups),
            Protected = Protected?.Map(tensor => tensor.alias().DetachFromDisposeScope()),
            Classes = Classes,
        };

        static Tensor? Alias(Tensor? tensor) => tensor?.alias().DetachFromDisposeScope();
    }

    /// <summary>The same rows on a device: a copy, or on its own device the same memory once more.</summary>
    public Dataset On(Device device)
    {
        using var noGradient = no_grad();
        return new()
        {
            Features = Move(Features)!,
            Categories = Move(Categories),
            Places = Move(Places),
            Cardinalities = Cardinalities,
            Labels = Move(Labels),
            Weights = Move(Weights),
            Teacher = Move(Teacher),
            Teachers = [.. Teachers.Select(scores => Move(scores)!)],
            Networks = [.. Networks.Select(network => network.View(null))],
            Labeled = Move(Labeled),
            Groups = Move(Groups),
            Protected = Protected?.Map(tensor => Move(tensor)!),
            Classes = Classes,
        };

        Tensor? Move(Tensor? tensor) => (device.type == Features.device_type ? tensor?.alias() : tensor?.to(device))?.DetachFromDisposeScope();
    }

    public void Dispose()
    {
        foreach (var tensor in new[] { Features, Categories, Labels, Weights, Teacher, Labeled, Groups, Places }.Concat(Teachers))
            tensor?.Dispose();
        Protected?.Map(tensor =>
        {
            tensor.Dispose();
            return tensor;
        });
        foreach (var network in Networks)
            network.Dispose();
    }
}
