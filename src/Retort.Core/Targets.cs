namespace Retort;

/// <summary>What a batch of rows should become: class numbers, a probability matrix, or real values.</summary>
/// <remarks>
/// Class numbers and probabilities are two views of one thing, and either can be asked for: mixing, smoothing and distillation
/// make soft targets, and a loss that takes them need not know where they come from.
/// </remarks>
public sealed class Targets
{
    private readonly Tensor? _classes, _probabilities, _values;

    private Targets(Tensor? classes, Tensor? probabilities, Tensor? values) =>
        (_classes, _probabilities, _values) = (classes, probabilities, values);

    /// <summary>The rows that there are targets for.</summary>
    public long Rows => (_classes ?? _probabilities ?? _values)!.shape[0];

    /// <summary>Whether the targets are probabilities rather than class numbers.</summary>
    public bool AreSoft => _probabilities is not null;

    /// <summary>Whether the targets are real values rather than classes.</summary>
    public bool AreReal => _values is not null;

    /// <summary>Targets from class numbers.</summary>
    /// <param name="classes">Zero-based class numbers, int64 [rows].</param>
    /// <exception cref="ArgumentException">Type or shape does not fit.</exception>
    public static Targets Classes(Tensor classes)
    {
        Check.Type(classes, int64);
        Check.Shape(classes, "[rows]", classes.dim() == 1);
        return new(classes, null, null);
    }

    /// <summary>Targets from class numbers.</summary>
    /// <param name="classes">Zero-based class numbers, one a row.</param>
    public static Targets Classes(params long[] classes) => Classes(tensor(classes, dtype: int64));

    /// <summary>Targets from probabilities.</summary>
    /// <param name="probabilities">One distribution a row, [rows, classes].</param>
    /// <exception cref="ArgumentException">The shape does not fit.</exception>
    public static Targets Probabilities(Tensor probabilities)
    {
        Check.Shape(probabilities, "[rows, classes]", probabilities.dim() == 2);
        return new(null, probabilities, null);
    }

    /// <summary>Targets from real values.</summary>
    /// <param name="values">One number a row, [rows] or [rows, 1].</param>
    /// <exception cref="ArgumentException">The shape does not fit.</exception>
    public static Targets Values(Tensor values)
    {
        Check.Shape(values, "[rows] or [rows, 1]", values.dim() == 1 || values.dim() == 2 && values.shape[1] == 1);
        return new(null, null, values.reshape(-1, 1));
    }

    /// <summary>The class numbers, int64 [rows]; of soft targets the likeliest class.</summary>
    /// <exception cref="InvalidOperationException">The targets are real values.</exception>
    public Tensor ClassNumbers() => _classes ?? _probabilities?.argmax(1)
        ?? throw new InvalidOperationException("Targets must be classes, but are real values.");

    /// <summary>The probabilities, [rows, classes]; of class numbers 1 at the class and 0 elsewhere.</summary>
    /// <param name="logits">The logits that the targets stand beside, [rows, classes]: they say shape, type and device.</param>
    /// <exception cref="ArgumentException">The logits have another shape than the probabilities.</exception>
    /// <exception cref="InvalidOperationException">The targets are real values.</exception>
    public Tensor Distribution(Tensor logits)
    {
        CheckRows(logits);
        if (_classes is not null)
            return nn.functional.one_hot(_classes, logits.shape[1]).to_type(logits.dtype);
        if (_probabilities is null)
            throw new InvalidOperationException("Targets must be classes, but are real values.");
        Check.Shape(logits, $"[{_probabilities.shape[0]}, {_probabilities.shape[1]}] as the targets have", logits.shape[1] == _probabilities.shape[1]);
        return _probabilities.to_type(logits.dtype);
    }

    /// <summary>The real values, [rows, 1].</summary>
    /// <param name="predictions">The predictions that the targets stand beside, [rows, 1]: they say the type.</param>
    /// <exception cref="ArgumentException">The predictions have another shape.</exception>
    /// <exception cref="InvalidOperationException">The targets are classes.</exception>
    public Tensor RealValues(Tensor predictions)
    {
        CheckRows(predictions);
        return (_values ?? throw new InvalidOperationException("Targets must be real values, but are classes.")).to_type(predictions.dtype);
    }

    /// <summary>The targets of an ensemble: each row's as often as there are members.</summary>
    internal Targets Repeated(int members) => new(_classes?.repeat_interleave(members), _probabilities?.repeat_interleave(members, 0), _values?.repeat_interleave(members, 0));

    private void CheckRows(Tensor logits) =>
        Check.Shape(logits, $"[{Rows}, outputs] as there are {Rows} targets", logits.dim() == 2 && logits.shape[0] == Rows);
}
