using Microsoft.ML.Runtime;

namespace Retort;

/// <summary>Trains a network that predicts a number from a Single label. Adds Score.</summary>
/// <inheritdoc/>
public sealed class RegressionNetworkTrainer : NetworkTrainer<RegressionNetworkTransformer>
{
    internal RegressionNetworkTrainer(IHostEnvironment environment, NetworkTraining training)
        : base(environment, LearningTask.Regression, training)
    {
    }
}
