namespace Retort;

/// <summary>What a network said of a batch, beside what it should have said: for losses that give their gradient themselves.</summary>
/// <remarks>Row i of the outputs belongs to example i / <see cref="Members"/>. A binary network's one output z stands for the logits (0, z).</remarks>
internal readonly ref struct StepOutputs()
{
    /// <summary>Raw outputs [rows × members, <see cref="Width"/>].</summary>
    public required ReadOnlySpan<float> Outputs { get; init; }

    public required int Width { get; init; }

    public required int Members { get; init; }

    /// <summary>The pass over the rows, from 1.</summary>
    public int Epoch { get; init; } = 1;

    /// <summary>The share of the run that is done, in [0, 1).</summary>
    public double Progress { get; init; }

    /// <summary>What the part that is asked remembers; null outside a run.</summary>
    public PartState? State { get; init; }

    /// <summary>Numbers that name the rows from epoch to epoch, [rows]; empty outside a run.</summary>
    public ReadOnlySpan<long> Numbers { get; init; }

    /// <summary>Class numbers [rows]; empty in regression.</summary>
    public ReadOnlySpan<long> Classes { get; init; }

    /// <summary>The classes that rows are mixed with, [rows]; empty where they are not.</summary>
    public ReadOnlySpan<long> PartnerClasses { get; init; }

    /// <summary>Numbers that name the rows that rows are mixed with, [rows]; empty where they are not.</summary>
    public ReadOnlySpan<long> PartnerNumbers { get; init; }

    /// <summary>The share of a mixed row's own label, [rows]; empty where rows are not mixed.</summary>
    public ReadOnlySpan<float> Shares { get; init; }

    /// <summary>Values [rows], in the units that the network is trained in; empty for classes.</summary>
    public ReadOnlySpan<float> Values { get; init; }

    /// <summary>The teacher's probabilities [rows, classes] or values [rows]; empty without one.</summary>
    public ReadOnlySpan<float> Teacher { get; init; }

    /// <summary>[rows]; empty where all count alike.</summary>
    public ReadOnlySpan<float> Weights { get; init; }

    public int Rows => Outputs.Length / Width;

    /// <summary>2 where the one output stands for two logits.</summary>
    public int Logits => Values.IsEmpty && Width == 1 ? 2 : Width;

    /// <summary>What an output row's weight is multiplied with to become its share of the mean.</summary>
    public double UnitShare
    {
        get
        {
            var total = 0.0;
            foreach (var weight in Weights)
                total += weight;
            return 1 / ((Weights.IsEmpty ? Rows / Members : Math.Max(total, 1e-30)) * Members);
        }
    }

    /// <summary>What an output row is called from epoch to epoch.</summary>
    public int Name(int row) => (int)Numbers[row / Members] * Members + row % Members;

    /// <summary>As <see cref="Name"/>, of the row that an output row is mixed with.</summary>
    public int PartnerName(int row) => (int)PartnerNumbers[row / Members] * Members + row % Members;

    /// <summary>The classes of an output row, and the share of the first; the second is the same where rows are not mixed.</summary>
    public (int Own, int Partner, double Share) Label(int row)
    {
        var (example, own) = (row / Members, (int)Classes[row / Members]);
        return Shares.IsEmpty ? (own, own, 1) : (own, (int)PartnerClasses[example], Shares[example]);
    }

    public double Weight(int row) => Weights.IsEmpty ? 1 : Weights[row / Members];

    /// <summary>The logit of a class in an output row.</summary>
    public double OwnLogit(int row, int label) => Width > 1 ? Outputs[row * Width + label] : label == 1 ? Outputs[row] : 0;

    /// <summary>All logits in double, [rows × logits].</summary>
    public void CopyLogits(Span<double> logits)
    {
        if (Width > 1)
        {
            TensorPrimitives.ConvertTruncating(Outputs, logits);
            return;
        }

        for (var row = 0; row < Rows; row++)
            (logits[2 * row], logits[2 * row + 1]) = (0, Outputs[row]);
    }

    /// <summary>The logits of an output row as probabilities, in double; returns the logarithm of the sum that they were divided by.</summary>
    public double Softmax(int row, Span<double> probabilities)
    {
        var own = Outputs.Slice(row * Width, Width);
        if (Width == 1)
        {
            (probabilities[0], probabilities[1]) = (0, own[0]);
        }
        else
        {
            for (var i = 0; i < own.Length; i++)
                probabilities[i] = own[i];
        }

        return Softmax(probabilities);
    }

    /// <summary>Logits become probabilities in place; returns the logarithm of the sum of their exponentials.</summary>
    public static double Softmax(Span<double> logits)
    {
        var largest = double.NegativeInfinity;
        foreach (var logit in logits)
            largest = logit > largest || double.IsNaN(logit) ? logit : largest;
        var sum = 0.0;
        foreach (ref var logit in logits)
            sum += logit = Math.Exp(logit - largest);
        foreach (ref var logit in logits)
            logit /= sum;
        return largest + Math.Log(sum);
    }

    /// <summary>The weighted mean of the squared distance to values [rows]; adds its gradient, times <paramref name="factor"/>.</summary>
    public double AddSquares(ReadOnlySpan<float> values, double factor, Span<float> gradient)
    {
        var (unit, sum) = (UnitShare, 0.0);
        for (var row = 0; row < Rows; row++)
        {
            var (share, difference) = (unit * Weight(row), (double)Outputs[row] - values[row / Members]);
            sum += share * difference * difference;
            gradient[row] += (float)(factor * share * 2 * difference);
        }

        return sum;
    }

    /// <summary>Adds a gradient at the logits to that at the outputs.</summary>
    public void Add(Span<float> gradient, int row, ReadOnlySpan<double> atLogits)
    {
        if (Width == 1)
        {
            gradient[row] += (float)atLogits[1];
            return;
        }

        var own = gradient.Slice(row * Width, Width);
        for (var i = 0; i < own.Length; i++)
            own[i] += (float)atLogits[i];
    }
}

/// <summary>A part of the objective that gives its gradient itself, without autograd.</summary>
internal interface IClosedForm
{
    /// <summary>Adds <paramref name="factor"/> times the gradient at the outputs; returns the weighted mean itself, without the factor.</summary>
    double AddGradient(StepOutputs batch, double factor, Span<float> gradient);
}
