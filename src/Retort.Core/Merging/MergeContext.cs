namespace Retort;

/// <summary>What a merging knows beside the models' weights.</summary>
/// <param name="Layout">Where each layer's weights lie.</param>
internal sealed record MergeContext(ParameterLayout Layout)
{
    /// <summary>The weights that all models began from; null where nobody said.</summary>
    public float[]? Start { get; init; }

    /// <summary>Of a model its diagonal Fisher information, as many numbers as weights.</summary>
    public Func<int, double[]>? Information { get; init; }

    /// <summary>Of a model, for each layer of weighted sums, the mean products of the numbers that enter it.</summary>
    public Func<int, IReadOnlyList<InputProducts>>? Products { get; init; }

    /// <summary>How well weights do on held-out rows; lower is better.</summary>
    public Func<float[], double>? Judge { get; init; }

    /// <summary>The models' units that may change places.</summary>
    public Func<IReadOnlyList<UnitAxis>>? Axes { get; init; }

    /// <summary>Of two models, for each axis the correlations of their units, [units × units].</summary>
    public Func<int, int, IReadOnlyList<double[]>>? Correlations { get; init; }

    /// <summary>The weights that all models began from.</summary>
    public float[] Origin => Check.Given(Start, "The start");

    /// <summary>What a model learned: its weights less the start's.</summary>
    public double[] TaskVector(float[] model)
    {
        var origin = Origin;
        var difference = new double[model.Length];
        for (var i = 0; i < difference.Length; i++)
            difference[i] = (double)model[i] - origin[i];
        return difference;
    }

    /// <summary>The start with what was learned added, times a factor.</summary>
    public float[] FromStart(double[] learned, double factor)
    {
        var weights = new float[learned.Length];
        for (var i = 0; i < weights.Length; i++)
            weights[i] = (float)(Origin[i] + factor * learned[i]);
        return weights;
    }
}

/// <summary>The numbers that enter one layer of weighted sums, multiplied with each other: <c>XᵀX / rows</c>.</summary>
/// <param name="Slot">The layer's weights [outputs, inputs] in the layout.</param>
/// <param name="Inputs">How many numbers enter.</param>
/// <param name="Products">[inputs × inputs].</param>
internal sealed record InputProducts(int Slot, int Inputs, double[] Products);
