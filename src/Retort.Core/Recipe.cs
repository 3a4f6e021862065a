using System.ComponentModel;
using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>One choice of everything that shapes a training run: an immutable value that compares by value, prints itself and travels as JSON.</summary>
/// <remarks>The defaults suit tables of some hundred to some hundred thousand rows whose features are normalised.</remarks>
public sealed record Recipe
{
    /// <summary>The network to train; default an <see cref="Mlp"/>.</summary>
    public Network Network { get; init; } = new Mlp();

    /// <summary>What is minimised on the labels; default null, the task's own: <see cref="CrossEntropyLoss"/> or <see cref="SquaredLoss"/>.</summary>
    public Loss? Loss { get; init; }

    /// <summary>How a teacher is followed; default null, <see cref="SoftTargets"/> where a teacher is given.</summary>
    public Distillation? Distillation { get; init; }

    /// <summary>What it costs that predictions depend on the protected columns that the trainer is given; default null, nothing. It decides, with the loss, which epoch is best.</summary>
    public Penalty? Penalty { get; init; }

    /// <summary>How the rows of a step are mixed before the network sees them; default null, not at all.</summary>
    public Mixing? Mixing { get; init; }

    /// <summary>How gradients change the weights; default <see cref="AdamW"/>.</summary>
    public Optimizer Optimizer { get; init; } = new AdamW();

    /// <summary>How the learning rate changes over the run; default <see cref="LinearDecay"/>.</summary>
    public Schedule Schedule { get; init; } = new LinearDecay();

    /// <summary>How the weights of a run are averaged; default null, not at all. The averaged weights are what is validated and kept.</summary>
    public Averaging? Averaging { get; init; }

    /// <summary>How the fitted network's probabilities are calibrated, on half of the held-out rows, which then decide nothing else; default null, not at all, or where the loss gives no probabilities by <see cref="PlattScaling"/> (two classes) or <see cref="TemperatureScaling"/>. Classification only.</summary>
    public Calibration? Calibration { get; init; }

    /// <summary>The Euclidean norm that a step's gradient, over all weights, is shortened to where it is longer. At least 0, 0 for no limit; default 0: AdamW bounds its steps by itself.</summary>
    [Choice(0.0, 0.5, 1.0, 5.0)]
    public double ClipNorm { get; init; }

    /// <summary>The share of the rows that each epoch is trained on, another one each time; default null, all of them.</summary>
    [DefaultValue(null)]
    public RandomSubset? Subset { get; init; }

    /// <summary>How often training passes over all rows, or over its <see cref="Subset"/>, at most. At least 1; default 100.</summary>
    [Range(10, 500, 100, true)]
    public int Epochs { get; init; } = 100;

    /// <summary>How many rows make one step. At least 1; default 32.</summary>
    [Range(16, 1024, 32, true)]
    public int BatchSize { get; init; } = 32;

    /// <summary>How many epochs without a better validation loss end the run. At least 1; default 25. The weights of the best epoch are the result.</summary>
    [Range(5, 100, 25, true)]
    public int Patience { get; init; } = 25;

    /// <summary>The share of rows held out for validation where no validation data is given. In [0, 1), 0 for none; default 0.15.</summary>
    [Range(0.05, 0.3, 0.15)]
    public double HoldOut { get; init; } = 0.15;

    /// <summary>Where the network is trained; default <see cref="TrainingDevice.Context"/>, where the ML.NET context says.</summary>
    /// <remarks>A GPU gives other last digits than the CPU. It pays where layers are wide or batches large; small networks are faster on the CPU.</remarks>
    public TrainingDevice Device { get; init; }

    /// <summary>Where this run's random numbers begin, together with the seed of the environment. Any number; default 0.</summary>
    public int Seed { get; init; }

    /// <summary>What the network was merged from; null, the default, of one that was trained. It is written by merges and soups; a trainer does not look at it.</summary>
    public Ancestry? Ancestry { get; init; }

    /// <summary>Refuses settings outside their allowed range, in the recipe and in its parts.</summary>
    /// <exception cref="ArgumentException">A setting is outside its range; the message names it, the range and the value.</exception>
    public void Validate()
    {
        Check.AtLeast(Epochs, 1);
        Check.AtLeast(BatchSize, 1);
        Check.AtLeast(Patience, 1);
        Check.InHalfOpenRange(HoldOut, 0, 1);
        Check.Defined(Device);
        Check.Given(Network).Validate();
        Loss?.Validate();
        Distillation?.Validate();
        Penalty?.Validate();
        Mixing?.Validate();
        Check.Given(Optimizer).Validate();
        Check.Given(Schedule).Validate();
        Averaging?.Validate();
        Calibration?.Validate();
        Subset?.Validate();
        Check.AtLeast(ClipNorm, 0);
    }

    /// <summary>As <see cref="Validate()"/>, and refuses parts that do not serve a task.</summary>
    /// <param name="task">What the network is to predict.</param>
    /// <exception cref="ArgumentException">A setting is outside its range, or a part does not serve the task.</exception>
    public void Validate(LearningTask task)
    {
        Validate();
        Check.Defined(task);
        foreach (var part in new Part?[] { Network, Network.Domains, Network.Factors, Distillation, Penalty, Mixing, Optimizer, Schedule, Averaging, Calibration, Subset }.Concat(Losses()))
        {
            if (part is not null && Methods.Of(part) is var method && !method.Serves(task))
                throw Check.Wrong(method.Kind, $"serve the task {task}", $"'{method.Id}', which serves {method.Tasks}");
            part?.Validate(task);
        }
    }

    /// <summary>The loss, and those that it wraps.</summary>
    private IEnumerable<Loss> Losses()
    {
        for (var loss = Loss; loss is not null; loss = (loss as WrappedLoss)?.Inner)
            yield return loss;
    }

    /// <summary>The loss for a task: the recipe's, or the task's own.</summary>
    internal Loss LossFor(LearningTask task) => Loss ?? (task == LearningTask.Regression ? new SquaredLoss() : new CrossEntropyLoss());

    /// <summary>How the fitted network is calibrated, if it is.</summary>
    internal Calibration? CalibrationFor(LearningTask task) => Calibration ?? (task == LearningTask.Regression || LossFor(task).GivesProbabilities ? null : task == LearningTask.Binary ? new PlattScaling() : new TemperatureScaling());

    /// <summary>The recipe with a schedule fitted to the gradients of a run by it: <see cref="RefinedDecay"/>.</summary>
    /// <param name="reports">A report for each epoch of that run, as <see cref="IProgress{T}"/> was told them.</param>
    /// <param name="smoothing">The width of the median filter over gradients, as a share of the run. In [0, 1], 0 for none; default 0.1, the source's.</param>
    /// <exception cref="ArgumentException">There is no report, or <paramref name="smoothing"/> is outside its range.</exception>
    public Recipe Refined(IEnumerable<EpochReport> reports, double smoothing = 0.1) =>
        this with { Schedule = RefinedDecay.After(reports, Optimizer.EvensGradientsOut, smoothing) };

    /// <summary>The recipe as JSON, each part with the id of its method first, in <c>$type</c>.</summary>
    public string ToJson() => MethodJson.Write(this);

    /// <summary>The recipe that a JSON text describes. What it leaves out keeps its default.</summary>
    /// <param name="json">A text as <see cref="ToJson"/> writes it.</param>
    /// <exception cref="ArgumentException">The text is not JSON, or a method, setting or value in it is not allowed.</exception>
    public static Recipe FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        var recipe = MethodJson.Read<Recipe>(json);
        recipe.Validate();
        return recipe;
    }

    /// <summary>The recipe as C# would write it, the same in every culture.</summary>
    public override string ToString() => Setting.Print(this);
}
