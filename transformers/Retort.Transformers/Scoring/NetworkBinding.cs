using Microsoft.ML;

namespace Retort;

/// <summary>A network bound to the columns of one schema.</summary>
internal sealed class NetworkBinding : ScoreBinding
{
    private readonly FeatureColumns _features;

    /// <exception cref="ArgumentException">A column is missing or not as it was in training.</exception>
    public NetworkBinding(NetworkTransformer transformer, DataViewSchema input)
        : this(transformer, input, Check(transformer, new FeatureColumns(input, transformer.FeatureColumnName, transformer.CategoryColumnNames)))
    {
    }

    private NetworkBinding(NetworkTransformer transformer, DataViewSchema input, FeatureColumns features)
        : base(input, transformer.ScoreColumns(input)) => (Transformer, _features) = (transformer, features);

    public NetworkTransformer Transformer { get; }

    protected override IEnumerable<DataViewSchema.Column> Read => _features.Needed;

    public FeatureReader Reader(DataViewRow row) => _features.Reader(row, Transformer.Fitted.Cardinalities);

    public override ScoreSource Source(DataViewRow row) => new RowOutputs(this, row);

    public override DataViewRowCursor Cursor(bool[] active, DataViewRowCursor source) => new ScoringCursor(this, active, source);

    private static FeatureColumns Check(NetworkTransformer transformer, FeatureColumns features) => features.Width == transformer.Fitted.Features
        ? features
        : throw new ArgumentException($"Column '{transformer.FeatureColumnName}' must have {transformer.Fitted.Features} values as in training, but has {features.Width}.");

    /// <summary>The managed forward pass of single rows.</summary>
    private sealed class RowOutputs : RowSource
    {
        private readonly FeatureReader _reader;
        private readonly NetworkTransformer _transformer;
        private readonly float[] _features;
        private readonly long[] _categories;

        public RowOutputs(NetworkBinding binding, DataViewRow row)
            : base(row, binding.Transformer.Fitted.Outputs)
        {
            _reader = binding.Reader(row);
            _transformer = binding.Transformer;
            (_features, _categories) = (new float[_transformer.Fitted.Features], new long[_transformer.Fitted.Cardinalities.Count]);
        }

        protected override void Compute(Span<float> outputs)
        {
            _reader.Read(_features, _categories);
            _transformer.Fitted.ScoreRow(_features, _categories, outputs);
        }
    }
}
