using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Retort;

/// <summary>Learns from a classifier's scores beside the labels.</summary>
/// <inheritdoc/>
public abstract class ClassScoreTrainer<TTransformer> : ScoreTrainer<TTransformer>
    where TTransformer : ScoreTransformer
{
    private protected ClassScoreTrainer(IHostEnvironment environment, LearningTask task, ScoredColumns columns)
        : base(environment, columns) => Task = task;

    private protected LearningTask Task { get; }

    internal sealed override TTransformer Learn(IEnumerable<IDataView> scored, Func<DataViewSchema> output, bool crossFitted, IChannel channel, Action checkCanceled)
    {
        var reader = new ScoredRowsReader(Columns, Task, channel, checkCanceled);
        var parts = scored.Select(view => reader.Read(view, crossFitted)).ToArray();
        var schema = output();
        return Learn(parts, ScoredRowsReader.Input(schema, Columns, Task).Named(schema, Columns.Label), channel);
    }

    private protected abstract TTransformer Learn(IReadOnlyList<ScoredRows> parts, ScoreInput model, IChannel channel);

    private protected sealed override SchemaShape AddTo(SchemaShape input)
    {
        Shapes.CheckScores(input, Task, Columns);
        return AddColumns(input);
    }

    private protected abstract SchemaShape AddColumns(SchemaShape input);
}
