using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Steps that are orthogonal matrices: every direction of a hidden layer moves equally far.</summary>
/// <remarks>
/// <c>M = Momentum M + (1 - Momentum) G;  U = (1 - Momentum) G + Momentum M;  W = W - r (sqrt(max(1, rows / columns)) O(U) + WeightDecay W)</c>, where r is the learning rate and
/// O sets all singular values to about 1 by five products (Newton-Schulz). That holds for the matrices of hidden layers; biases, scales, embeddings and the head go to <see cref="Others"/>.
/// A step costs about fifteen products of a layer's smaller side squared times its larger, whatever the batch: take batches of 256 or more.
/// On two tables (phoneme, abalone; five splits, 30 epochs, the best of four learning rates) its test loss was 0.0 ± 1.2 % and 1.6 ± 1.5 % above that of <see cref="AdamW"/>, at two to three times the time;
/// without decay 0.5 ± 1.6 % and 3.1 ± 1.0 % above.
/// Source: Jordan et al., Muon: An Optimizer for Hidden Layers in Neural Networks, 2024, https://kellerjordan.github.io/posts/muon/
/// </remarks>
[Method("muon", Title = "Muon: An Optimizer for Hidden Layers in Neural Networks", Authors = "Jordan et al.", Year = 2024, Link = "https://kellerjordan.github.io/posts/muon/")]
public sealed record Muon : Optimizer
{
    /// <summary>The size of a step of the matrices, before the schedule's factor. More than 0; default 0.02, the source's.</summary>
    [Range(1e-3, 0.2, 0.02, true)]
    public override double LearningRate { get; init; } = 0.02;

    /// <summary>How long gradients are remembered. In [0, 1); default 0.95, the source's.</summary>
    [Range(0.8, 0.98, 0.95)]
    public double Momentum { get; init; } = 0.95;

    /// <summary>The share of a matrix that is lost in a step, times the learning rate. At least 0; default 0.1, as for <see cref="AdamW"/>; the source has 0.</summary>
    [Range(1e-3, 1.0, 0.1, true)]
    public double WeightDecay { get; init; } = 0.1;

    /// <summary>What trains everything that is not the matrix of a hidden layer, with a learning rate of its own under the same schedule; default an <see cref="AdamW"/> whose Beta2 is 0.95, the source's.</summary>
    public AdamW Others { get; init; } = new() { Beta2 = 0.95 };

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.InHalfOpenRange(Momentum, 0, 1);
        Check.AtLeast(WeightDecay, 0);
        Check.Given(Others).Validate();
    }

    internal override Stepper Start(ParameterLayout layout) => new MuonStepper(Trained(layout), LearningRate, Momentum, WeightDecay, rowMemory: double.NaN, Others);
}
