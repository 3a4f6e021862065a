using Microsoft.ML;

namespace Retort;

/// <summary>A view with its columns that a dataset is read from.</summary>
internal sealed class DatasetView
{
    /// <summary>What the view without labels is called in messages.</summary>
    public const string Unlabelled = "the unlabelled data";

    private readonly string _features;

    /// <param name="data">The view.</param>
    /// <param name="columns">The names of the columns. Where there is no label, those of weights and groups may be missing.</param>
    /// <param name="label">What reads the label; null where no row has one.</param>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type.</exception>
    public DatasetView(IDataView data, NetworkColumns columns, LabelReader? label)
    {
        var schema = data.Schema;
        (Data, Label, Name, _features) = (data, label, label is null ? Unlabelled : null, columns.Features);
        Features = new FeatureColumns(schema, columns.Features, columns.Categories);
        (Weight, Group) = (Optional(columns.Weight), Optional(columns.Group));
        Protected = [.. columns.Protected.Select(name => schema.Find(name))];
        DataViewSchema.Column?[] others = [label is null ? null : schema.Find(columns.Label), Weight, Group];
        Needed = [.. Features.Needed, .. others.OfType<DataViewSchema.Column>(), .. Protected];

        DataViewSchema.Column? Optional(string? name) => name is null ? null : label is null ? schema.GetColumnOrNull(name) : schema.Find(name);
    }

    public IDataView Data { get; }

    public LabelReader? Label { get; }

    /// <summary>What the view is called in messages; null where it is the data itself.</summary>
    public string? Name { get; }

    public FeatureColumns Features { get; }

    public DataViewSchema.Column? Weight { get; }

    public DataViewSchema.Column? Group { get; }

    public IReadOnlyList<DataViewSchema.Column> Protected { get; }

    public IReadOnlyList<DataViewSchema.Column> Needed { get; }

    /// <exception cref="ArgumentException">A row has another number of features than in the training data.</exception>
    public void CheckWidth(string name, long width)
    {
        if (Features.Width != width)
            throw new ArgumentException($"Column '{_features}' of {name} must have {width} values as in the training data, but has {Features.Width}.");
    }
}
