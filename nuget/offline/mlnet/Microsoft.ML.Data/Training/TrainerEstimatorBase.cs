using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Trainers
{
    public interface ITrainerEstimator<out TTransformer, out TModel> : IEstimator<TTransformer>
        where TTransformer : IPredictionTransformer<TModel>
        where TModel : class
    {
        TrainerInfo Info { get; }
    }

    public abstract class TrainerEstimatorBase<TTransformer, TModel> : ITrainerEstimator<TTransformer, TModel>
        where TTransformer : ISingleFeaturePredictionTransformer<TModel>
        where TModel : class
    {
        public readonly SchemaShape.Column FeatureColumn;
        public readonly SchemaShape.Column LabelColumn;
        public readonly SchemaShape.Column WeightColumn;

        private protected readonly IHost Host;

        private protected TrainerEstimatorBase(IHost host, SchemaShape.Column feature, SchemaShape.Column label = default, SchemaShape.Column weight = default)
        {
            Contracts.CheckValue(host, nameof(host));
            host.CheckParam(feature.IsValid, nameof(feature), "not initialized properly");
            (Host, FeatureColumn, LabelColumn, WeightColumn) = (host, feature, label, weight);
        }

        public abstract TrainerInfo Info { get; }

        private protected abstract PredictionKind PredictionKind { get; }

        public TTransformer Fit(IDataView input)
        {
            Host.CheckValue(input, nameof(input));
            CheckInputSchema(SchemaShape.Create(input.Schema));
            var data = Info.WantCaching ? new CacheView(input, []) : input;
            var roles = new RoleMappedSchema(data.Schema, LabelColumn.Name, FeatureColumn.Name, GroupColumnName, WeightColumn.Name);
            return MakeTransformer(TrainModelCore(new TrainContext(data, roles)), input.Schema);
        }

        private protected virtual string GroupColumnName => null;

        public SchemaShape GetOutputSchema(SchemaShape inputSchema)
        {
            Host.CheckValue(inputSchema, nameof(inputSchema));
            CheckInputSchema(inputSchema);
            var columns = inputSchema.ToDictionary(c => c.Name);
            foreach (var column in GetOutputColumnsCore(inputSchema)) columns[column.Name] = column;
            return new SchemaShape(columns.Values);
        }

        private protected abstract SchemaShape.Column[] GetOutputColumnsCore(SchemaShape inputSchema);

        private void CheckInputSchema(SchemaShape inputSchema)
        {
            Need(inputSchema, "feature", FeatureColumn);
            if (WeightColumn.IsValid) Need(inputSchema, "weight", WeightColumn);
            if (!LabelColumn.IsValid) return;
            if (!inputSchema.TryFindColumn(LabelColumn.Name, out var label)) throw Host.ExceptSchemaMismatch(nameof(inputSchema), "label", LabelColumn.Name);
            CheckLabelCompatible(label);
        }

        private protected void Need(SchemaShape inputSchema, string role, SchemaShape.Column expected)
        {
            if (!inputSchema.TryFindColumn(expected.Name, out var found)) throw Host.ExceptSchemaMismatch(nameof(inputSchema), role, expected.Name);
            if (!expected.IsCompatibleWith(found)) throw Host.ExceptSchemaMismatch(nameof(inputSchema), role, expected.Name, expected.GetTypeString(), found.GetTypeString());
        }

        private protected virtual void CheckLabelCompatible(SchemaShape.Column labelCol)
        {
            if (!LabelColumn.IsCompatibleWith(labelCol)) throw Host.ExceptSchemaMismatch(nameof(labelCol), "label", labelCol.Name, LabelColumn.GetTypeString(), labelCol.GetTypeString());
        }

        private protected abstract TModel TrainModelCore(TrainContext trainContext);

        private protected abstract TTransformer MakeTransformer(TModel model, DataViewSchema trainSchema);
    }

    public abstract class TrainerEstimatorBaseWithGroupId<TTransformer, TModel> : TrainerEstimatorBase<TTransformer, TModel>
        where TTransformer : ISingleFeaturePredictionTransformer<TModel>
        where TModel : class
    {
        public readonly SchemaShape.Column GroupIdColumn;

        private protected TrainerEstimatorBaseWithGroupId(IHost host, SchemaShape.Column feature, SchemaShape.Column label, SchemaShape.Column weight = default, SchemaShape.Column groupId = default)
            : base(host, feature, label, weight) => GroupIdColumn = groupId;

        private protected override string GroupColumnName => GroupIdColumn.Name;
    }
}

namespace Microsoft.ML.Data
{
    /// What a trainer trains on.
    internal sealed record TrainContext(IDataView Data, RoleMappedSchema Schema);

    internal static class TrainerUtils
    {
        public static SchemaShape.Column MakeR4VecFeature(string name) => new(name, SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, false);

        public static SchemaShape.Column MakeR4ScalarColumn(string name) => new(name, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.Single, false);

        public static SchemaShape.Column MakeBoolScalarLabel(string name) => new(name, SchemaShape.Column.VectorKind.Scalar, BooleanDataViewType.Instance, false);

        public static SchemaShape.Column MakeU4ScalarColumn(string name) => new(name, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.UInt32, true);

        /// The weight column of that name, or none.
        public static SchemaShape.Column MakeR4ScalarWeightColumn(string name) => name == null ? default : MakeR4ScalarColumn(name);
    }
}
