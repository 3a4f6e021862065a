using Microsoft.ML.SearchSpace;

namespace Microsoft.ML.AutoML;

/// One cost-frugal search for each pipeline of a sweepable pipeline; which goes next is drawn by the inverse of what an improvement is expected to cost it.
/// Source: Wang, Wu, Weimer and Zhu, FLAML: A Fast and Lightweight AutoML Library, 2021, section 4.2, https://arxiv.org/abs/1911.04706
internal sealed class EciCostFrugalTuner : ITuner
{
    private readonly SweepablePipeline _pipeline;
    private readonly Dictionary<string, Arm> _arms;
    private readonly Random _random;

    public EciCostFrugalTuner(SweepablePipeline pipeline, AutoMLExperiment.AutoMLExperimentSettings settings, IEnumerable<TrialResult> earlier = null)
    {
        _pipeline = pipeline;
        _random = settings.Seed is { } seed ? new(seed) : new();
        _arms = pipeline.Schemas.ToDictionary(schema => schema, schema => new Arm(
            Schema.Path(schema).Aggregate(1.0, (cost, name) => cost * EstimatorCosts.Of(pipeline.Estimators[name].EstimatorType)),
            new CostFrugalTuner(Space(settings.SearchSpace, schema), _random.Next())));
        foreach (var result in earlier ?? []) Update(result);
    }

    public Parameter Propose(TrialSettings settings)
    {
        var costs = _arms.Values.Select(Cost).ToArray();
        var left = _random.NextDouble() * costs.Sum(cost => 1 / cost);
        var at = 0;
        while (at < costs.Length - 1 && (left -= 1 / costs[at]) > 0) at++;
        var parameter = _arms.Values.ElementAt(at).Tuner.Propose(settings);
        // estimators that the pipeline does without keep their default, so that the whole space is filled
        foreach (var (name, estimator) in _pipeline.Estimators)
            if (!parameter[SweepablePipeline.PipelineKey].ContainsKey(name)) parameter[SweepablePipeline.PipelineKey][name] = estimator.Parameter;
        return parameter;
    }

    public void Update(TrialResult result)
    {
        var arm = _arms[result.TrialSettings.Parameter[SweepablePipeline.PipelineKey][SweepablePipeline.SchemaKey].AsType<string>()];
        arm.Tuner.Update(result);
        arm.Add(result.Loss, Math.Max(result.DurationInMilliseconds, 1e-3));
    }

    /// What the next improvement is expected to cost; for pipelines never tried, their first trial by the table, in the time that the tried ones took for a unit of it.
    private double Cost(Arm arm)
    {
        var tried = _arms.Values.Where(a => a.Spent > 0).ToArray();
        if (arm.Spent == 0) return arm.Initial * (tried.Length == 0 ? 1 : tried.Min(a => a.First / a.Initial));
        var own = Math.Max(arm.Spent - arm.SpentAtBest, arm.SpentAtBest - arm.SpentAtSecond);
        var gap = arm.Best - tried.Min(a => a.Best);
        if (!(gap > 0)) return own;
        var gain = arm.Second - arm.Best;
        if (!double.IsFinite(gain) || gain <= 0) gain = Math.Max(Math.Abs(arm.Best), 1e-12);
        var toCatchUp = gap / gain * (arm.Spent - arm.SpentAtSecond);
        return Math.Max(own, double.IsFinite(toCatchUp) ? toCatchUp : 1e12);
    }

    private SearchSpace.SearchSpace Space(SearchSpace.SearchSpace whole, string schema)
    {
        var space = new SearchSpace.SearchSpace();
        foreach (var (name, option) in whole) space[name] = name == SweepablePipeline.PipelineKey ? _pipeline.Space(Schema.Path(schema), [schema]) : option;
        return space;
    }

    private sealed class Arm(double initial, CostFrugalTuner tuner)
    {
        public double Initial => initial;

        public CostFrugalTuner Tuner => tuner;

        public double First { get; private set; }

        public double Spent { get; private set; }

        public double SpentAtBest { get; private set; }

        public double SpentAtSecond { get; private set; }

        public double Best { get; private set; } = double.PositiveInfinity;

        public double Second { get; private set; } = double.PositiveInfinity;

        public void Add(double loss, double cost)
        {
            if (Spent == 0) First = cost;
            Spent += cost;
            if (!(loss < Best)) return;
            (Second, SpentAtSecond) = (Best, SpentAtBest);
            (Best, SpentAtBest) = (loss, Spent);
        }
    }
}
