using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Balances classes or groups of very different sizes at first, and lets them have their true shares towards the end.</summary>
/// <remarks>
/// A part with n rows has the share <c>p(tau) = n^(1/tau) / sum of n^(1/tau)</c>: its own at tau 1, an equal one for large tau. <see cref="CooldownMode.Upsample"/> draws the rows of an epoch, as many as there are, with replacement,
/// by these shares; <see cref="CooldownMode.Upweight"/> multiplies rows with <c>p(tau) / p(1)</c>, n being weights rather than rows where rows are weighted. Over all rows at once the two are one; in small steps the first has less noise and overfits sooner.
/// tau is <see cref="Temperature"/>, and from <see cref="CooldownAt"/> on <see cref="CooldownTo"/>, with which epochs are judged. Soft targets weigh by their mean. Groups that training lacks count 1.
/// Source: Li et al., Upsample or Upweight? Balanced Training on Heavily Imbalanced Datasets, 2024, eq. 2 and sec. 5, https://arxiv.org/abs/2410.04579; the one sharp step down is ours.
/// Not with a final tau above 1 where probabilities matter: they are then those of balanced data.
/// Seen (<c>./bench losses</c>): no advantage on mammography and phoneme, over five splits, AUC is 1.4 and 0.3 points behind (2.9 and 1.3 paired standard errors), F1 4.0 behind and equal.
/// </remarks>
[Method("cooldown", Title = "Upsample or Upweight? Balanced Training on Heavily Imbalanced Datasets", Authors = "Li et al.", Year = 2024, Link = "https://arxiv.org/abs/2410.04579")]
public sealed record Cooldown : WrappedLoss
{
    private const string Keys = "parts", Sizes = "sizes";

    /// <summary>The loss of a row; default <see cref="CrossEntropyLoss"/>, so regression must name one.</summary>
    public RowLoss Of { get; init; } = new CrossEntropyLoss();

    /// <summary>How far parts are balanced at first. At least 1; default 5, usual in multilingual training.</summary>
    [Range(1.0, 10.0, 5.0, true)]
    public double Temperature { get; init; } = 5;

    /// <summary>How far parts are balanced at the end. At least 1; default 1, not at all.</summary>
    [Range(1.0, 5.0, 1.0, true)]
    public double CooldownTo { get; init; } = 1;

    /// <summary>The share of the run after which <see cref="CooldownTo"/> holds. In [0, 1]; default 0.5, ours.</summary>
    [Range(0.0, 1.0, 0.5)]
    public double CooldownAt { get; init; } = 0.5;

    /// <summary>Whether rows come more often or weigh more. Default <see cref="CooldownMode.Upsample"/>, which the source found to learn faster.</summary>
    public CooldownMode Mode { get; init; }

    /// <summary>What parts the rows. Default <see cref="CooldownBy.Label"/>; regression must have groups.</summary>
    public CooldownBy By { get; init; }

    internal override Loss Inner => Of;

    internal override RowOrder Order => Mode == CooldownMode.Upsample ? new TemperedOrder(By, Temperature, CooldownTo, CooldownAt) : Of.Order;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.AtLeast(Temperature, 1);
        Check.AtLeast(CooldownTo, 1);
        Check.InRange(CooldownAt, 0, 1);
        Check.Defined(Mode);
        Check.Defined(By);
    }

    internal override void Begin(PartState state, Targets targets, Tensor? weights, Tensor? groups, int members)
    {
        base.Begin(state, targets, weights, groups, members);
        using var scope = NewDisposeScope();
        var (keys, sizes) = Parts(targets, weights, groups);
        (state[Keys], state[Sizes]) = (keys, sizes);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">Rows are to be parted by group, but have none; or by label, but labels are real values.</exception>
    public override Tensor Value(Tensor logits, Targets targets, Tensor? weights, StepContext step)
    {
        var losses = Of.PerRow(logits, targets, weights, step);
        return WeightedMean.Of(Mode == CooldownMode.Upsample ? losses : losses * Factors(logits, targets, weights, step, step.Progress < CooldownAt ? Temperature : CooldownTo), weights);
    }

    internal override Tensor Judge(StudentOutput student, Targets targets, Tensor? weights, StepContext step)
    {
        if (CooldownTo == 1)
            return Of.Judge(student, targets, weights, step);
        var factors = Factors(student.Logits, targets, weights, step, CooldownTo);
        return Of.Judge(student, targets, factors * WeightedMean.Each(factors, weights), step);
    }

    /// <summary><c>p(tau) / p(1)</c> of each row, [rows].</summary>
    private Tensor Factors(Tensor logits, Targets targets, Tensor? weights, StepContext step, double tau)
    {
        var (keys, sizes) = step.State[Keys] is { } known ? (known, step.State[Sizes]!) : Parts(targets, weights, step.Groups);
        var tempered = sizes.pow(1 / tau);
        var factors = where(sizes > 0, tempered / tempered.sum() / (sizes / sizes.sum()).clamp_min(1e-30), ones_like(sizes)).to_type(logits.dtype);
        if (By == CooldownBy.Label)
            return targets.Distribution(logits).mv(ones(logits.shape[1], dtype: logits.dtype, device: logits.device).index_copy_(0, keys, factors));
        var groups = Given(step.Groups);
        var place = searchsorted(keys, groups).clamp_max(keys.shape[0] - 1);
        return where(keys.index_select(0, place).eq(groups), factors.index_select(0, place), ones_like(factors.index_select(0, place)));
    }

    /// <summary>The classes or groups in rising order, int64 [parts], and the weight of their rows, float64 [parts].</summary>
    private (Tensor Keys, Tensor Sizes) Parts(Targets targets, Tensor? weights, Tensor? groups)
    {
        if (By == CooldownBy.Label && targets.AreReal)
            throw Check.Wrong(nameof(By), "be Group in regression", nameof(CooldownBy.Label));
        var own = By == CooldownBy.Label ? targets.ClassNumbers() : Given(groups);
        var keys = Memory.Of<long>(own.cpu().contiguous());
        var each = Memory.Of<double>(WeightedMean.Each(own.to(float64), weights).cpu().contiguous());
        var sizes = new SortedDictionary<long, double>();
        for (var row = 0; row < keys.Length; row++)
            sizes[keys[row]] = sizes.GetValueOrDefault(keys[row]) + each[row];
        return (tensor(sizes.Keys.ToArray(), dtype: int64, device: own.device), tensor(sizes.Values.ToArray(), dtype: float64, device: own.device));
    }

    private static Tensor Given(Tensor? groups) => groups ?? throw Check.Wrong("A group column", "be given where By is Group", "not");
}
