using Microsoft.ML;

namespace Retort;

/// <summary>A network bound to the columns of one schema: what it reads there, and the schema with its own columns behind.</summary>
internal sealed class ScoreBinding
{
    private readonly FeatureColumns _features;
    private readonly ScoreColumn[] _added;

    /// <exception cref="ArgumentException">A column is missing or not as it was in training.</exception>
    public ScoreBinding(NetworkTransformer transformer, DataViewSchema input)
    {
        Transformer = transformer;
        Input = input;
        _features = new FeatureColumns(input, transformer.FeatureColumnName, transformer.CategoryColumnNames);
        if (_features.Width != transformer.Fitted.Features)
            throw new ArgumentException($"Column '{transformer.FeatureColumnName}' must have {transformer.Fitted.Features} values as in training, but has {_features.Width}.");

        _added = [.. transformer.ScoreColumns(input)];
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(input);
        foreach (var column in _added)
            builder.AddColumn(column.Name, column.Type, column.Annotations);
        Output = builder.ToSchema();
    }

    public NetworkTransformer Transformer { get; }

    public DataViewSchema Input { get; }

    public DataViewSchema Output { get; }

    public bool IsAdded(DataViewSchema.Column column) => column.Index >= Input.Count;

    public Delegate Getter(DataViewSchema.Column added, ScoreSource source) => _added[added.Index - Input.Count].Getter(source);

    public FeatureReader Reader(DataViewRow row) => _features.Reader(row, Transformer.Fitted.Cardinalities);

    /// <summary>The input columns that must be active for these output columns.</summary>
    public IEnumerable<DataViewSchema.Column> Needed(IReadOnlyCollection<DataViewSchema.Column> output) => output
        .Where(column => !IsAdded(column))
        .Select(column => Input[column.Index])
        .Concat(output.Any(IsAdded) ? _features.Needed : [])
        .DistinctBy(column => column.Index);

    /// <summary>Per output column, whether it is wanted.</summary>
    public bool[] Active(IEnumerable<DataViewSchema.Column> output)
    {
        var active = new bool[Output.Count];
        foreach (var column in output)
            active[column.Index] = true;
        return active;
    }
}
