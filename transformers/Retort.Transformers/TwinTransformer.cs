using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>A network whose weights follow the row, as <see cref="TwinMerging"/> makes it. Adds the columns that a fitted network of its task adds.</summary>
/// <remarks>Rows are scored one by one, on any number of threads. It saves with <c>mlContext.Model.Save</c> and loads with <c>mlContext.Model.Load</c>.</remarks>
public sealed class TwinTransformer : FeatureTransformer, ISingleFeaturePredictionTransformer<NetworkModel>
{
    private readonly NetworkTransformer _shared;

    internal TwinTransformer(NetworkTransformer shared, TwinNetwork twin) => (_shared, Twin) = (shared, twin);

    /// <summary>The shared network, and the recipe that says what the twin was merged from.</summary>
    public NetworkModel Model => _shared.Model;

    /// <summary>How many numbers are stored, the router's among them.</summary>
    public int Parameters => Twin.Parameters;

    /// <inheritdoc/>
    public override string FeatureColumnName => _shared.FeatureColumnName;

    /// <summary>A vector of as many numbers as in training.</summary>
    public DataViewType FeatureColumnType => _shared.FeatureColumnType;

    internal TwinNetwork Twin { get; }

    private protected override SavedForm Saved => TwinLoader.Form;

    internal override ScoreBinding Bind(DataViewSchema input) => new Binding(this, input, new FeatureColumns(input, FeatureColumnName, _shared.CategoryColumnNames));

    internal override void Write(BinaryWriter writer)
    {
        _shared.Write(writer);
        Twin.Write(writer);
    }

    internal static TwinTransformer Read(BinaryReader reader)
    {
        var shared = NetworkTransformer.Read(reader);
        return new(shared, TwinNetwork.Read(reader, shared.Fitted));
    }

    private sealed class Binding : ScoreBinding
    {
        private readonly TwinTransformer _transformer;
        private readonly FeatureColumns _features;

        public Binding(TwinTransformer transformer, DataViewSchema input, FeatureColumns features)
            : base(input, transformer._shared.ScoreColumns(input))
        {
            (_transformer, _features) = (transformer, features);
            if (features.Width != transformer.Model.Fitted.Features)
                throw new ArgumentException($"Column '{transformer.FeatureColumnName}' must have {transformer.Model.Fitted.Features} values as in training, but has {features.Width}.");
        }

        protected override IEnumerable<DataViewSchema.Column> Read => _features.Needed;

        public override ScoreSource Source(DataViewRow row) => new Rows(_transformer.Twin, _features.Reader(row, _transformer.Model.Fitted.Cardinalities), row);
    }

    private sealed class Rows(TwinNetwork twin, FeatureReader reader, DataViewRow row) : RowSource(row, twin.Shared.Outputs)
    {
        private readonly float[] _features = new float[twin.Shared.Features];
        private readonly long[] _categories = new long[twin.Shared.Cardinalities.Count];

        protected override void Compute(Span<float> outputs)
        {
            reader.Read(_features, _categories);
            twin.ScoreRow(_features, _categories, outputs);
        }
    }
}
