namespace Retort;

/// <summary>Which head of a network with heads for domains learns from which row.</summary>
internal sealed class Domains
{
    private const int Most = 256;

    private readonly Tensor _heads; // int64 [rows]
    private readonly Tensor? _shares;

    /// <param name="heads">What the network's heads are to do.</param>
    /// <param name="train">The rows, with groups.</param>
    /// <exception cref="ArgumentException">There are no groups, or too few or too many.</exception>
    public Domains(DomainHeads heads, Dataset train)
    {
        if (train.Groups is null)
            throw new ArgumentException($"The network's '{Methods.Of(heads).Id}' must have a group column that names the domain of a row, but none is named.");
        var numbers = Memory.Of<long>(train.Groups.cpu()).ToArray();
        var places = numbers.Distinct().Order().Select((number, place) => (number, place)).ToDictionary(pair => pair.number, pair => (long)pair.place);
        if (places.Count is < 2 or > Most)
            throw Check.Wrong("The number of domains among the training rows", $"lie in [2, {Most}]", $"{places.Count}");
        var own = Array.ConvertAll(numbers, number => places[number]);
        _heads = tensor(own, dtype: int64, device: train.Groups.device);
        Count = places.Count;
        Link = OutputLink.Steered(ValueList.Of<double>(Enumerable.Repeat(heads.Gamma, Count).ToArray()));
        if (heads.CountsDomainsAlike)
            _shares = (own.Length / ((double)Count * _heads.bincount(null, Count))).to_type(float32).index_select(0, _heads);
    }

    /// <summary>How many heads there are.</summary>
    public int Count { get; }

    /// <summary>How the heads' outputs become one.</summary>
    public OutputLink Link { get; }

    /// <exception cref="ArgumentException">A part of the run does not go with several heads.</exception>
    public static void CheckFits(DomainHeads heads, Loss loss, bool hasOwnLink, Distillation? distillation, TeachingWay way)
    {
        var id = Methods.Of(heads).Id;
        if (hasOwnLink || loss.ClassBlock is not null)
            throw new ArgumentException($"The network's '{id}' must be with a loss of plain logits of all classes, but '{Methods.Of(loss).Id}' has outputs of its own.");
        if (distillation is not null && (distillation.Sets > 1 || distillation.Moves || way is TeachingWay.Self or TeachingWay.Online))
            throw new ArgumentException($"The network's '{id}' must be with a distillation of one set of outputs from a teacher that is there, but '{Methods.Of(distillation).Id}' asks for another.");
    }

    /// <summary>Of each row the outputs of its own head.</summary>
    /// <param name="sets">Each head's outputs [rows, width].</param>
    /// <param name="rows">The numbers of these rows.</param>
    public Tensor Own(IReadOnlyList<Tensor> sets, Tensor rows)
    {
        var all = stack([.. sets], 1);
        return all.gather(1, _heads.index_select(0, rows).view(-1, 1, 1).expand(-1, 1, all.shape[2])).squeeze(1);
    }

    /// <summary>How much rows' labels count beside each other.</summary>
    /// <param name="weights">How much they count by themselves, [rows]; null where all count alike.</param>
    /// <param name="rows">The numbers of these rows.</param>
    public Tensor? Weights(Tensor? weights, Tensor rows) =>
        _shares is null ? weights : weights is null ? _shares.index_select(0, rows) : weights * _shares.index_select(0, rows);
}
