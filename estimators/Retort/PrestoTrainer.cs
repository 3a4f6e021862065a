using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;

namespace Retort;

/// <summary>Trains <see cref="Presto"/>: ordinal regression for a key label whose order is that of its keys. Adds Score (a probability per class) and PredictedLabel (a key with the label's values).</summary>
/// <remarks>
/// Reads a vector of float of known size, which need not be normalised, and a key label of at least three classes whose keys rise with the label's order
/// (<c>MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue)</c>). Rows without a label are left out. Time grows with rows × features × <see cref="Presto.Folds"/> × the number of <see cref="Presto.Lambdas"/>.
/// </remarks>
public sealed class PrestoTrainer : ITrainerEstimator<MulticlassNetworkTransformer, NetworkModel>
{
    private readonly IHostEnvironment _environment;
    private readonly NetworkColumns _columns;

    internal PrestoTrainer(IHostEnvironment environment, Presto presto, NetworkColumns columns)
    {
        presto.Validate();
        (_environment, Presto, _columns) = (environment, presto, columns);
    }

    /// <inheritdoc/>
    public TrainerInfo Info => HostAccess.Info;

    /// <summary>What is trained.</summary>
    public Presto Presto { get; }

    /// <summary>Reads the data in one pass, chooses the penalty and fits the boundaries.</summary>
    /// <exception cref="ArgumentException">A column is missing, of the wrong type, or holds what cannot be learned from; or there are fewer than three classes.</exception>
    /// <exception cref="OperationCanceledException">The context's execution was cancelled.</exception>
    public MulticlassNetworkTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var host = _environment.Register(nameof(PrestoTrainer));
        using var channel = host.Start("Training");
        void CheckCanceled() => HostAccess.CheckCanceled(host);
        var train = new DatasetReader(_columns, LearningTask.Multiclass, channel, CheckCanceled).Read(input, null);
        using var rows = train.Rows;
        var (network, lambda) = PrestoFit.Of(Presto, rows, HostAccess.Seed(_environment), CheckCanceled);
        channel.Info(MessageSensitivity.None, "{0}", string.Create(CultureInfo.InvariantCulture, $"The penalty is {lambda:g3} of the smallest that gives proportional odds."));
        return new(new NetworkModel(network, new Recipe { Network = network.Architecture }), _columns.Features, [], train.Classes);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        Shapes.CheckInput(inputSchema, LearningTask.Multiclass, _columns);
        return Shapes.WithScores(inputSchema, LearningTask.Multiclass, _columns.Label, LinkFunction.Cumulative);
    }
}
