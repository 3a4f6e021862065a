using Microsoft.ML.Runtime;

namespace Retort;

/// <summary>Trains a network that predicts several classes from a key label. Adds Score (a probability per class) and PredictedLabel (a key with the label's values).</summary>
/// <inheritdoc/>
public sealed class MulticlassNetworkTrainer : NetworkTrainer<MulticlassNetworkTransformer>
{
    internal MulticlassNetworkTrainer(IHostEnvironment environment, NetworkTraining training)
        : base(environment, LearningTask.Multiclass, training)
    {
    }
}
