namespace Retort;

/// <summary>A weighted sum of the inputs: what a deeper network has to beat.</summary>
/// <remarks>
/// <c>W x + b</c>: logistic regression for classes, linear regression for values. Weights and biases begin at 0.
/// Source: Cox, The Regression Analysis of Binary Sequences, 1958, https://doi.org/10.1111/j.2517-6161.1958.tb00292.x
/// </remarks>
[Method("linear", Title = "The Regression Analysis of Binary Sequences", Authors = "Cox", Year = 1958, Link = "https://doi.org/10.1111/j.2517-6161.1958.tb00292.x")]
public sealed record LinearNetwork : Network
{
    private protected override IEnumerable<Layer> Trunk(ParameterLayout layout, int inputs, int outputs) =>
        [new LinearLayer(layout, inputs, outputs, ParameterRole.Head, 0)];
}
