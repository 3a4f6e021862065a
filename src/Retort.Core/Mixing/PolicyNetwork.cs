namespace Retort;

/// <summary>A small network that a mixing trains for itself, with one hidden layer, by Adam: all of it lies in the method's state.</summary>
/// <param name="state">Where its weights are.</param>
/// <param name="name">What it is called there.</param>
/// <param name="inputs">How many numbers enter.</param>
/// <param name="hidden">How many there are in between; 0 for a linear layer.</param>
/// <param name="outputs">How many leave.</param>
internal sealed class PolicyNetwork(PartState state, string name, int inputs, int hidden, int outputs)
{
    private const double Decay1 = 0.9, Decay2 = 0.999, Epsilon = 1e-8;
    private readonly Tensor? _weights = state[name]?.detach().clone().requires_grad_();

    /// <summary>Numbers as they enter: centred, and divided by their deviation.</summary>
    public static Tensor Inputs(Tensor numbers, MixingRows all) => (numbers - Of(all.Means, numbers)) / Of(all.Deviations, numbers).clamp_min(1e-6);

    private static Tensor Of(float[] columns, Tensor numbers) => tensor(columns, dtype: numbers.dtype, device: numbers.device);

    private int Count => hidden == 0 ? (inputs + 1) * outputs : (inputs + 1) * hidden + (hidden + 1) * outputs;

    /// <summary>Its weights begin small and random, the biases at 0.</summary>
    public void Begin(Generator random, Device device)
    {
        using var scope = NewDisposeScope();
        var weights = new float[Count];
        if (hidden > 0)
            Fill(weights.AsSpan(0, inputs * hidden), Math.Sqrt(2.0 / inputs));
        var (first, last) = hidden == 0 ? (0, inputs) : ((inputs + 1) * hidden, hidden);
        Fill(weights.AsSpan(first, last * outputs), 0.1 / Math.Sqrt(last));
        state[name] = tensor(weights, dtype: float32, device: device);
        (state[name + " mean"], state[name + " square"]) = (zeros(Count, dtype: float32, device: device), zeros(Count, dtype: float32, device: device));
        state[name + " steps"] = zeros(1, dtype: float64, device: CPU);

        void Fill(Span<float> some, double deviation)
        {
            foreach (ref var one in some)
                one = (float)(deviation * random.Normal());
        }
    }

    /// <summary>[rows, inputs] to [rows, outputs].</summary>
    /// <param name="rows">What enters.</param>
    /// <param name="isHeld">Whether its weights have no gradient here.</param>
    public Tensor Forward(Tensor rows, bool isHeld = false)
    {
        var (weights, place) = (isHeld ? _weights!.detach() : _weights!, 0L);
        return hidden == 0 ? Linear(rows, inputs, outputs) : Linear(Linear(rows, inputs, hidden).relu(), hidden, outputs);

        Tensor Linear(Tensor x, int from, int to)
        {
            var matrix = weights.narrow(0, place, from * to).view(to, from);
            var biases = weights.narrow(0, place + from * to, to);
            place += (from + 1) * to;
            return nn.functional.linear(x, matrix, biases);
        }
    }

    /// <summary>A step against the gradient that a backward pass has left.</summary>
    public void Learn(double rate)
    {
        using var noGradient = no_grad();
        var (gradient, mean, square) = (_weights!.grad!, state[name + " mean"]!, state[name + " square"]!);
        var steps = Memory.Of<double>(state[name + " steps"]!);
        steps[0]++;
        mean.mul_(Decay1).add_(gradient * (1 - Decay1));
        square.mul_(Decay2).add_(gradient.square() * (1 - Decay2));
        state[name]!.sub_(rate * (mean / (1 - Math.Pow(Decay1, steps[0]))) / ((square / (1 - Math.Pow(Decay2, steps[0]))).sqrt() + Epsilon));
    }
}
