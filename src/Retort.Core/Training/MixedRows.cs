namespace Retort;

/// <summary>A mixture of a step's rows as tensors, where the run computes.</summary>
internal sealed class MixedRows
{
    private readonly Tensor? _numbers, _added, _kept;

    /// <param name="mix">The mixture.</param>
    /// <param name="device">Where the rows are.</param>
    public MixedRows(RowMix mix, Device device)
    {
        var rows = mix.Rows.Length;
        Mix = mix;
        Rows = Numbers(mix.Rows);
        Partners = Numbers(mix.Partners);
        Shares = tensor(mix.Shares, dtype: float32, device: CPU).to(device);
        _numbers = mix.Numbers is null ? null : tensor(mix.Numbers, dtype: float32, device: CPU).view(rows, -1).to(device);
        _added = mix.Added is null ? null : tensor(mix.Added, dtype: float32, device: CPU).view(rows, -1).to(device);
        _kept = mix.Kept is null ? null : tensor(mix.Kept, dtype: ScalarType.Bool, device: CPU).view(rows, -1).to(device);
        Blend = HiddenBlend.Of(mix);

        Tensor Numbers(long[] numbers) => tensor(numbers, dtype: int64, device: CPU).to(device);
    }

    /// <summary>The mixture as plain numbers.</summary>
    public RowMix Mix { get; }

    /// <summary>The rows' numbers among all, int64 [rows].</summary>
    public Tensor Rows { get; }

    /// <summary>Their partners' numbers, int64 [rows].</summary>
    public Tensor Partners { get; }

    /// <summary>The rows' own shares, [rows].</summary>
    public Tensor Shares { get; }

    /// <summary>How rows are mixed within the network; null where they are mixed before.</summary>
    public HiddenBlend? Blend { get; }

    /// <summary>Whether categories are the row's own, bool [rows, columns]; null where none are mixed.</summary>
    public Tensor? Kept => _kept;

    /// <summary>The mixture of what all rows have, [rows of the step] or [rows of the step, columns].</summary>
    /// <param name="all">[all rows] or [all rows, columns].</param>
    public Tensor Of(Tensor all) => Of(all.index_select(0, Rows), all.index_select(0, Partners));

    /// <summary>The mixture of rows with their partners.</summary>
    public Tensor Of(Tensor own, Tensor partners)
    {
        var shares = own.dim() == 1 ? Shares : Shares.unsqueeze(1);
        return shares * own + (1 - shares) * partners;
    }

    /// <summary>Features and categories as they enter the network.</summary>
    public (Tensor Features, Tensor? Categories) Inputs(Dataset data)
    {
        var own = data.Inputs(Rows);
        if (Blend is not null)
            return own;
        var partners = data.Inputs(Partners);
        var features = _numbers is null ? Of(own.Features, partners.Features) : _numbers * own.Features + (1 - _numbers) * partners.Features;
        if (_added is not null)
            features += _added;
        return (features, Categories(own.Categories, partners.Categories, _kept));
    }

    /// <summary>Categories that are each taken from one of two rows.</summary>
    public Tensor? Categories(Tensor? own, Tensor? partners, Tensor? kept) => own is null || kept is null ? own : where(kept, own, partners!);
}

/// <summary>The two classes of mixed rows.</summary>
/// <param name="Own">The rows' own, int64 [rows × members].</param>
/// <param name="Partners">Their partners', likewise.</param>
/// <param name="Shares">The share of the rows' own, [rows × members].</param>
internal sealed record LabelPairs(Tensor Own, Tensor Partners, Tensor Shares)
{
    /// <summary>The same for an ensemble.</summary>
    public LabelPairs EachMember(int members) => members == 1 ? this : new(TaskData.Each(Own, members), TaskData.Each(Partners, members), TaskData.Each(Shares, members));

    /// <summary>Both classes as probabilities, [rows × members, classes].</summary>
    public Targets Soft(int classes)
    {
        var shares = Shares.unsqueeze(1);
        return Targets.Probabilities(shares * nn.functional.one_hot(Own, classes) + (1 - shares) * nn.functional.one_hot(Partners, classes));
    }

    /// <summary>A loss that takes no probabilities sees each row twice, once with each class, weighted by their shares.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="logits">[rows × members, classes].</param>
    /// <param name="weights">How much each row counts; null where all count alike.</param>
    /// <param name="step">Where the run stands.</param>
    public Tensor Loss(Loss loss, Tensor logits, Tensor? weights, StepContext step)
    {
        var each = WeightedMean.Each(logits, weights);
        return loss.Value(cat([logits, logits], 0), Targets.Classes(cat([Own, Partners], 0)), cat([each * Shares, each * (1 - Shares)], 0), step with
        {
            Rows = step.Rows is null ? null : cat([step.Rows, step.Mixed?.Partners ?? step.Rows], 0),
            Groups = step.Groups is null ? null : cat([step.Groups, step.Groups], 0),
            Mixed = null,
        });
    }
}
