using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>The columns that a network scores from: one feature vector and any number of category keys.</summary>
internal sealed class FeatureColumns
{
    private readonly DataViewSchema.Column _features;
    private readonly DataViewSchema.Column[] _categories;

    /// <exception cref="ArgumentException">A column is missing or of the wrong type.</exception>
    public FeatureColumns(DataViewSchema schema, string features, IReadOnlyList<string> categories)
    {
        _features = schema.Find(features);
        Width = _features.Type is VectorDataViewType { IsKnownSize: true } vector && vector.ItemType.Equals(NumberDataViewType.Single)
            ? vector.Size
            : throw Columns.WrongType(features, "be a vector of Single of known size", _features.Type);
        _categories = [.. categories.Select(schema.Find)];
        Cardinalities = [.. _categories.Select(column => Keys.Count(column, "be a key to be a category (use MapValueToKey)"))];
    }

    public int Width { get; }

    /// <summary>How many values each category's key has.</summary>
    public int[] Cardinalities { get; }

    public IEnumerable<DataViewSchema.Column> Needed => [_features, .. _categories];

    /// <summary>Reads these columns from a row; keys above <paramref name="cardinalities"/> are unseen, 0.</summary>
    public FeatureReader Reader(DataViewRow row, IReadOnlyList<int> cardinalities) =>
        new(row.GetGetter<VBuffer<float>>(_features), [.. _categories.Select(column => Keys.Reader(row, column))], [.. cardinalities]);
}

/// <summary>Reads the features and categories of one row after the other.</summary>
internal sealed class FeatureReader(ValueGetter<VBuffer<float>> features, Func<ulong>[] categories, int[] cardinalities)
{
    private VBuffer<float> _values;

    /// <exception cref="InvalidOperationException">The row has another number of features than its column says.</exception>
    public void Read(Span<float> values, Span<long> keys)
    {
        features(ref _values);
        if (_values.Length != values.Length)
            throw new InvalidOperationException($"The features must have {values.Length} values, but a row has {_values.Length}.");
        _values.CopyTo(values);

        for (var i = 0; i < categories.Length; i++)
        {
            var key = categories[i]();
            keys[i] = key <= (ulong)cardinalities[i] ? (long)key : 0;
        }
    }
}
