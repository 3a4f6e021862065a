using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Retort;

/// <summary>Learns from what a fitted model says of rows that it has not seen, beside their labels.</summary>
/// <remarks>
/// <para><see cref="Fit"/> takes the rows as the model scored them: <c>.Fit(model.Transform(heldOut))</c>. Appended to a chain that is not fitted yet, it would learn from the rows that the model was trained on, where
/// nearly every model is too sure of itself; the form that takes the whole pipeline cross-fits instead.</para>
/// <para>Rows without a label are left out, and the log says how many. <see cref="Fit"/> may be called again, with other data and on several threads at once.</para>
/// </remarks>
/// <typeparam name="TTransformer">What <see cref="Fit"/> gives.</typeparam>
public abstract class ScoreTrainer<TTransformer> : IEstimator<TTransformer>
    where TTransformer : ScoreTransformer
{
    private protected ScoreTrainer(IHostEnvironment environment, ScoredColumns columns) => (Environment, Columns) = (environment, columns);

    internal IHostEnvironment Environment { get; }

    internal ScoredColumns Columns { get; }

    /// <summary>Learns from rows with scores and labels.</summary>
    /// <exception cref="ArgumentException">A column is missing, of the wrong type, or holds what cannot be learned from.</exception>
    /// <exception cref="OperationCanceledException">The context's execution was cancelled.</exception>
    public TTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var host = Environment.Register(GetType().Name);
        using var channel = host.Start("Training");
        return Learn([input], () => input.Schema, false, channel, () => HostAccess.CheckCanceled(host));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return AddTo(inputSchema);
    }

    /// <summary>Learns from rows of one model, or of several that did not see them.</summary>
    /// <param name="scored">The rows, a view for each model, each read once.</param>
    /// <param name="output">Gives, after they were read, the schema of the model whose scores will be transformed.</param>
    /// <param name="crossFitted">Whether there are several models, which need not know every class.</param>
    /// <param name="channel">Hears what is done.</param>
    /// <param name="checkCanceled">Called from time to time.</param>
    internal abstract TTransformer Learn(IEnumerable<IDataView> scored, Func<DataViewSchema> output, bool crossFitted, IChannel channel, Action checkCanceled);

    private protected abstract SchemaShape AddTo(SchemaShape input);
}
