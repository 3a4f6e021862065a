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
    private readonly LearningTask _task;

    private protected ScoreTrainer(IHostEnvironment environment, LearningTask task, ScoredColumns columns) => (Environment, _task, Columns) = (environment, task, columns);

    private protected IHostEnvironment Environment { get; }

    private protected ScoredColumns Columns { get; }

    /// <summary>Learns from rows with scores and labels.</summary>
    /// <exception cref="ArgumentException">A column is missing, of the wrong type, or holds what cannot be learned from.</exception>
    /// <exception cref="OperationCanceledException">The context's execution was cancelled.</exception>
    public TTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var host = Environment.Register(GetType().Name);
        using var channel = host.Start("Training");
        return Learn([Read(host, channel, input, false)], input.Schema, channel);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        Shapes.CheckScores(inputSchema, _task, Columns);
        return AddTo(inputSchema);
    }

    internal IHostEnvironment Host => Environment;

    internal string Label => Columns.Label;

    internal ScoredRows Read(IHost host, IChannel channel, IDataView scored, bool dropUnknown) =>
        new ScoredRowsReader(Columns, _task, channel, () => HostAccess.CheckCanceled(host)).Read(scored, dropUnknown);

    /// <summary>Learns from rows of one model, or of several that did not see them.</summary>
    /// <param name="parts">The rows.</param>
    /// <param name="schema">The output of the model whose scores will be read.</param>
    /// <param name="channel">Hears what is done.</param>
    internal TTransformer Learn(IReadOnlyList<ScoredRows> parts, DataViewSchema schema, IChannel channel) =>
        Learn(parts, ScoredRowsReader.Input(schema, Columns, _task).Named(schema, Columns.Label), channel);

    private protected abstract TTransformer Learn(IReadOnlyList<ScoredRows> parts, ScoreInput model, IChannel channel);

    private protected abstract SchemaShape AddTo(SchemaShape input);
}
