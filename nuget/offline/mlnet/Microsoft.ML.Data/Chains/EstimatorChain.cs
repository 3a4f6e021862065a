using System.Collections.Immutable;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

public sealed class EstimatorChain<TLastTransformer> : IEstimator<TransformerChain<TLastTransformer>> where TLastTransformer : class, ITransformer
{
    private readonly IHost _host;
    private readonly ImmutableArray<(IEstimator<ITransformer> Estimator, TransformerScope Scope, bool CacheAfter)> _steps;

    public readonly IEstimator<TLastTransformer> LastEstimator;

    public EstimatorChain() : this(null, []) { }

    private EstimatorChain(IHostEnvironment env, ImmutableArray<(IEstimator<ITransformer> Estimator, TransformerScope, bool)> steps)
    {
        _host = env?.Register(nameof(EstimatorChain<TLastTransformer>));
        _steps = steps;
        LastEstimator = steps.IsEmpty ? null : steps[^1].Estimator as IEstimator<TLastTransformer>;
    }

    /// Types flow before data does: the whole chain is checked first.
    public TransformerChain<TLastTransformer> Fit(IDataView input)
    {
        Contracts.CheckValue(input, nameof(input));
        GetOutputSchema(SchemaShape.Create(input.Schema));
        var view = input;
        var transformers = new ITransformer[_steps.Length];
        for (var i = 0; i < _steps.Length; i++)
        {
            transformers[i] = _steps[i].Estimator.Fit(view);
            if (i == _steps.Length - 1) break;
            view = transformers[i].Transform(view);
            if (_steps[i].CacheAfter) view = new CacheView(view, []);
        }
        return new TransformerChain<TLastTransformer>(transformers, _steps.Select(s => s.Scope));
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _steps.Aggregate(inputSchema, (shape, step) => step.Estimator.GetOutputSchema(shape));

    public EstimatorChain<TNewTrans> Append<TNewTrans>(IEstimator<TNewTrans> estimator, TransformerScope scope = TransformerScope.Everything) where TNewTrans : class, ITransformer
    {
        Contracts.CheckValue(estimator, nameof(estimator));
        return new EstimatorChain<TNewTrans>(_host, _steps.Add(((IEstimator<ITransformer>)estimator, scope, false)));
    }

    public EstimatorChain<TLastTransformer> AppendCacheCheckpoint(IHostEnvironment env)
    {
        Contracts.CheckValue(env, nameof(env));
        if (_steps.IsEmpty || _steps[^1].CacheAfter) return this;
        return new EstimatorChain<TLastTransformer>(env, _steps.SetItem(_steps.Length - 1, (_steps[^1].Estimator, _steps[^1].Scope, true)));
    }
}
