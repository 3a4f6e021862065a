using Microsoft.ML;
using static TorchSharp.torch;

namespace Retort;

/// <summary>The rows that a dataset keeps, of one view after the other, on their way into tensors.</summary>
internal sealed class DatasetRows : IDisposable
{
    private readonly NetworkColumns _columns;
    private readonly RowBuffer<float> _features;
    private readonly RowBuffer<long> _categories;
    private readonly RowBuffer<long> _groups = new(1);
    private readonly GroupNumbers _groupNumbers = new();
    private readonly ProtectedRows[] _protected;
    private readonly List<TeacherScores> _teachers = [];
    private readonly List<TeacherNetworkRows> _networks = [];
    private WeightReader? _weights;
    private Func<long>? _groupOf;

    public DatasetRows(NetworkColumns columns, FeatureColumns input, TrainingData? training, LabelReader label, long? expected)
    {
        (_columns, Cardinalities, Label, Expected) = (columns, training?.Rows.Cardinalities ?? input.Cardinalities, label, expected);
        _protected = [.. columns.Protected.Select(name => new ProtectedRows(name))];
        _features = new(input.Width, expected);
        _categories = new(Cardinalities.Length, expected);
    }

    public int[] Cardinalities { get; }

    public LabelReader Label { get; }

    /// <summary>How many rows will come, where that is known.</summary>
    public long? Expected { get; }

    public IReadOnlyList<TeacherScores> Teachers => _teachers;

    /// <summary>How many rows have been kept.</summary>
    public long Count => _features.Rows;

    public void Add(IEnumerable<TeacherScores> teachers) => _teachers.AddRange(teachers);

    /// <summary>Reads along what the teachers read, where each of them is a network of ours.</summary>
    public void AddNetworks(DataViewSchema schema)
    {
        var chains = _teachers.Select(teacher => teacher.Source is { Model: { } model, Column: null } ? TeacherChain.Of(model, schema) : null).ToArray();
        if (chains.All(chain => chain is not null))
            _networks.AddRange(chains.Zip(_teachers, (chain, teacher) => new TeacherNetworkRows(teacher, chain!.Network.Fitted, _features, _categories, Cardinalities, Expected)));
    }

    /// <summary>Goes on with the rows of a view.</summary>
    public void Attach(DataViewRow cursor, DatasetView view)
    {
        if (_columns.Weight is not null)
        {
            _weights ??= new WeightReader();
            _weights.Attach(cursor, view.Weight);
        }

        _groupOf = _columns.Group is null ? null : view.Group is { } group ? GroupReader.Of(cursor, group, _groupNumbers) : _groupNumbers.New;
        foreach (var (rows, column) in _protected.Zip(view.Protected))
            rows.Attach(cursor, column);
        foreach (var network in _networks)
            network.Attach(cursor, view.Data);
    }

    public void MoveNext(long row)
    {
        foreach (var network in _networks)
            network.MoveNext(row);
    }

    /// <summary>Keeps the current row, whose label is kept already, and gives its features.</summary>
    public Span<float> Keep(FeatureReader reader, long row)
    {
        var features = _features.Add();
        reader.Read(features, _categories.Add());
        _weights?.Keep(row);
        if (_groupOf is not null)
            _groups.Add()[0] = _groupOf();
        foreach (var column in _protected)
            column.Keep(row);
        foreach (var network in _networks)
            network.Keep();
        return features;
    }

    /// <summary>There are no more rows in the view.</summary>
    public void Detach(long rows)
    {
        foreach (var network in _networks)
            network.Conclude(rows);
    }

    /// <exception cref="ArgumentException">Labels or weights cannot be learned from.</exception>
    public void Conclude()
    {
        Label.Conclude();
        _weights?.Conclude();
        foreach (var column in _protected)
            column.Conclude();
    }

    /// <exception cref="ArgumentException">A teacher's scores are not what they must be.</exception>
    public void ConcludeTeachers() => _teachers.ForEach(teacher => teacher.Conclude());

    /// <summary>The rows as tensors.</summary>
    /// <param name="each">Whether each of several teachers' scores are wanted.</param>
    /// <param name="hasUnlabelled">Whether rows have no label.</param>
    public Dataset ToDataset(bool each, bool hasUnlabelled)
    {
        using var scope = NewDisposeScope();
        var (rows, classes) = (Count, Label.Classes);
        var (features, categories, labels) = (_features.ToTensor(), Cardinalities.Length == 0 ? null : _categories.ToTensor(), Label.ToTensor());
        return new()
        {
            Features = features,
            Categories = categories,
            Cardinalities = Cardinalities,
            Labels = labels,
            Labeled = hasUnlabelled ? (classes == 1 ? labels.isnan().logical_not() : labels.ge(0)).DetachFromDisposeScope() : null,
            Weights = _weights?.ToTensor(),
            Teacher = _teachers.Count == 0 ? null : TeacherScores.Mean(_teachers, rows, classes),
            Teachers = each && _teachers.Count > 1 ? [.. _teachers.Select(teacher => TeacherScores.Mean([teacher], rows, classes))] : [],
            Networks = _networks.Any(network => network.KnowsFewerClasses(classes)) ? [] : [.. _networks.Select(network => network.ToNetwork(features, categories))],
            Groups = _columns.Group is null ? null : _groups.ToTensor(flat: true),
            Protected = _protected.Length == 0 ? null : ProtectedColumns.Of([.. _protected.Select(column => column.ToColumn())]).Owned(),
            Classes = classes,
        };
    }

    public void Dispose()
    {
        _features.Dispose();
        _categories.Dispose();
        _groups.Dispose();
        foreach (var column in _protected)
            column.Dispose();
        _teachers.ForEach(teacher => teacher.Dispose());
        _networks.ForEach(network => network.Dispose());
    }
}
