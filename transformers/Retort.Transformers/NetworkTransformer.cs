using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>A fitted network. It saves with <c>mlContext.Model.Save</c>, loads with <c>mlContext.Model.Load</c>, and scores on any number of threads.</summary>
/// <remarks>
/// <see cref="LoadableTransformer.Transform"/> is lazy; its cursors score rows in blocks. <c>PredictionEngine</c> scores row by row.
/// Weights are managed memory: there is nothing to dispose.
/// </remarks>
public abstract class NetworkTransformer : FeatureTransformer, ISingleFeaturePredictionTransformer<NetworkModel>
{
    private protected NetworkTransformer(NetworkModel model, string featureColumnName, IReadOnlyList<string> categoryColumnNames) =>
        (Model, FeatureColumnName, CategoryColumnNames) = (model, featureColumnName, categoryColumnNames);

    /// <summary>The network itself.</summary>
    public NetworkModel Model { get; }

    /// <inheritdoc/>
    public override string FeatureColumnName { get; }

    /// <summary>A vector of as many numbers as in training.</summary>
    public DataViewType FeatureColumnType => new VectorDataViewType(NumberDataViewType.Single, Fitted.Features);

    /// <summary>The key columns that are embedded beside the features.</summary>
    public IReadOnlyList<string> CategoryColumnNames { get; }

    internal FittedNetwork Fitted => Model.Fitted;

    /// <summary>The same network without what <see cref="Recipe.Calibration"/> learned, to compare with; the network itself where it learned nothing.</summary>
    public NetworkTransformer WithoutCalibration() =>
        Fitted.Calibrator is null ? this : With(new(Fitted.With(Fitted.Parameters), Model.Recipe with { Calibration = null }));

    /// <summary>The same columns, scored by another network of the same task and shape.</summary>
    internal NetworkTransformer With(NetworkModel model) => Create(model, FeatureColumnName, CategoryColumnNames, Classes);

    /// <summary>What the classes are called; null where nobody said.</summary>
    internal IReadOnlyList<string>? ClassNames => Classes?.Names;

    internal override ScoreBinding Bind(DataViewSchema input) => new NetworkBinding(this, input);

    /// <summary>The columns that this network adds to data of the schema.</summary>
    internal abstract IEnumerable<ScoreColumn> ScoreColumns(DataViewSchema input);

    internal virtual ClassValues? Classes => null;

    private protected override SavedForm Saved => NetworkLoader.Form;

    internal override void Write(BinaryWriter writer)
    {
        writer.Write(FeatureColumnName);
        writer.Write(CategoryColumnNames.Count);
        foreach (var name in CategoryColumnNames)
            writer.Write(name);
        writer.Write(Model.Recipe.ToJson());
        writer.Write(Classes is not null);
        Classes?.Write(writer);
        Fitted.Write(writer);
    }

    internal static NetworkTransformer Read(BinaryReader reader)
    {
        var features = reader.ReadString();
        var categories = new List<string>();
        for (var count = reader.ReadInt32(); count > 0; count--)
            categories.Add(reader.ReadString());
        var recipe = Recipe.FromJson(reader.ReadString());
        var classes = reader.ReadBoolean() ? ClassValues.Read(reader) : null;
        return Create(new NetworkModel(FittedNetwork.Read(reader), recipe), features, categories, classes);
    }

    internal static NetworkTransformer Create(NetworkModel model, string features, IReadOnlyList<string> categories, ClassValues? classes) => model.Task switch
    {
        LearningTask.Binary => new BinaryNetworkTransformer(model, features, categories),
        LearningTask.Multiclass => new MulticlassNetworkTransformer(model, features, categories, classes),
        LearningTask.Regression => new RegressionNetworkTransformer(model, features, categories),
        _ => throw new InvalidDataException($"The network's task must be known to this version, but is {model.Task}."),
    };
}
