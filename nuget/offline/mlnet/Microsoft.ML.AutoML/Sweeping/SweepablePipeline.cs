using Microsoft.ML.Data;
using Microsoft.ML.SearchSpace;
using Microsoft.ML.SearchSpace.Option;

namespace Microsoft.ML.AutoML;

/// Estimators by name, and which of them make a pipeline. Its space has each estimator's own under that name, and the choice of the pipeline under `_SCHEMA_`.
public class SweepablePipeline : ISweepable<EstimatorChain<ITransformer>>
{
    internal const string SchemaKey = "_SCHEMA_";
    internal const string PipelineKey = "_pipeline_";

    private readonly Schema _schema;

    private SweepablePipeline(Schema schema, Dictionary<string, SweepableEstimator> estimators)
    {
        (_schema, Estimators) = (schema, estimators);
        SearchSpace = Space(estimators.Keys, [.. Schemas]);
    }

    internal static SweepablePipeline Of(ISweepable<IEstimator<ITransformer>> sweepable) => sweepable switch
    {
        SweepablePipeline pipeline => pipeline,
        SweepableEstimator estimator => new(new Schema.Step(0), new() { ["e0"] = estimator }),
        _ => new(new Schema.Step(0), new() { ["e0"] = new SweepableEstimator(sweepable.BuildFromOption, sweepable.SearchSpace) }),
    };

    internal static SweepablePipeline OneOf(IEnumerable<ISweepable<IEstimator<ITransformer>>> sweepables) =>
        sweepables.Select(Of).Aggregate((one, other) => one.Joined(other, (a, b) => new Schema.Or(a, b)));

    public SearchSpace.SearchSpace SearchSpace { get; }

    public Dictionary<string, SweepableEstimator> Estimators { get; }

    internal IEnumerable<string> Schemas => _schema.Paths.Select(Schema.Text);

    /// The space in which only these estimators vary.
    internal SearchSpace.SearchSpace Space(IEnumerable<string> estimators, string[] schemas)
    {
        var space = new SearchSpace.SearchSpace { [SchemaKey] = new ChoiceOption((object[])schemas) };
        foreach (var name in estimators) space[name] = Estimators[name].SearchSpace;
        return space;
    }

    public SweepablePipeline Append(params ISweepable<IEstimator<ITransformer>>[] sweepables) => Joined(OneOf(sweepables), (a, b) => new Schema.Then(a, b));

    public EstimatorChain<ITransformer> BuildFromOption(MLContext context, Parameter parameter) =>
        Schema.Path(parameter[SchemaKey].AsType<string>()).Aggregate(new EstimatorChain<ITransformer>(), (chain, name) => chain.Append(Estimators[name].BuildFromOption(context, parameter[name])));

    /// The kinds of the estimators of a trial, from its whole parameter.
    public string ToString(Parameter parameter) =>
        string.Join("=>", Schema.Path(parameter[PipelineKey][SchemaKey].AsType<string>()).Select(name => Estimators[name].EstimatorType));

    private SweepablePipeline Joined(SweepablePipeline other, Func<Schema, Schema, Schema> join)
    {
        var estimators = new Dictionary<string, SweepableEstimator>(Estimators);
        foreach (var (name, estimator) in other.Estimators) estimators.Add($"e{int.Parse(name.AsSpan(1)) + Estimators.Count}", estimator);
        return new(join(_schema, other._schema.Shifted(Estimators.Count)), estimators);
    }
}
