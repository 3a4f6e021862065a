using Microsoft.ML.Runtime;

namespace Retort;

/// <summary>Trains a network that predicts two classes from a Boolean label. Adds Score (the logit), Probability and PredictedLabel (Boolean).</summary>
/// <inheritdoc/>
public sealed class BinaryNetworkTrainer : NetworkTrainer<BinaryNetworkTransformer>
{
    internal BinaryNetworkTrainer(IHostEnvironment environment, NetworkTraining training)
        : base(environment, LearningTask.Binary, training)
    {
    }
}
