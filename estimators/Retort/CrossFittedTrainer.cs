using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Retort;

/// <summary>Fits a pipeline, and behind it what is learned from its scores, on the same rows, so that no row teaches the second what the first has seen.</summary>
/// <remarks>
/// The rows are dealt to folds, with an even share of each class where the data has the label column (Boolean, key, text or integer), and with the rows of one value of a sampling key together.
/// For each fold the pipeline is fitted on the others and scores it; what follows the pipeline is learned from all these scores. Then the pipeline is fitted on all rows, which is the model that stays. It is fitted once
/// more often than there are folds.
/// Classes are matched by their values, since each fit may number them differently. A class that is missing where one of the models was fitted has probability 0 among that model's scores,
/// and its rows that were left out there teach nothing; the log says how many.
/// The data must give its rows in the same order every time.
/// </remarks>
/// <typeparam name="TTransformer">What follows the pipeline.</typeparam>
public sealed class CrossFittedTrainer<TTransformer> : IEstimator<TransformerChain<TTransformer>>
    where TTransformer : ScoreTransformer
{
    private readonly IEstimator<ITransformer> _pipeline;
    private readonly ScoreTrainer<TTransformer> _last;
    private readonly int _folds;
    private readonly string? _samplingKey;
    private readonly int? _seed;

    internal CrossFittedTrainer(IEstimator<ITransformer> pipeline, ScoreTrainer<TTransformer> last, int folds, string? samplingKey, int? seed)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        Check.InRange(folds, 2, byte.MaxValue);
        (_pipeline, _last, _folds, _samplingKey, _seed) = (pipeline, last, folds, samplingKey, seed);
    }

    /// <summary>Fits the pipeline once a fold and once on all rows, and what follows it on the scores of the rows that were left out.</summary>
    /// <exception cref="ArgumentException">A column is missing, of the wrong type, or holds what cannot be learned from, or there are fewer rows than folds.</exception>
    /// <exception cref="OperationCanceledException">The context's execution was cancelled.</exception>
    public TransformerChain<TTransformer> Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var host = _last.Environment.Register("CrossFitting");
        using var channel = host.Start("Training");
        var random = Seeds.Of(_seed ?? HostAccess.Seed(_last.Environment), 0).Stream("folds");
        var foldOf = Folds.Deal(input, _folds, _samplingKey, _last.Columns.Label, random);
        ITransformer? whole = null;
        var last = _last.Learn(LeftOut(), Whole, true, channel, () => HostAccess.CheckCanceled(host));
        return new TransformerChain<TTransformer>([.. whole is IEnumerable<ITransformer> chain ? chain : [whole!], last]);

        IEnumerable<IDataView> LeftOut()
        {
            for (var fold = 0; fold < _folds; fold++)
            {
                HostAccess.CheckCanceled(host);
                channel.Info(MessageSensitivity.None, "{0}", $"Fold {fold + 1} of {_folds}.");
                var model = _pipeline.Fit(new FoldView(input, foldOf, fold, others: true));
                yield return model.Transform(new FoldView(input, foldOf, fold, others: false));
            }
        }

        DataViewSchema Whole()
        {
            HostAccess.CheckCanceled(host);
            whole = _pipeline.Fit(input);
            return whole.GetOutputSchema(input.Schema);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return _last.GetOutputSchema(_pipeline.GetOutputSchema(inputSchema));
    }
}
