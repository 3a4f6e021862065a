using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Every epoch is trained on a share of the rows, another one each time: a cheap epoch, after which the network is judged and the rates move on.</summary>
/// <remarks>
/// <para>Without <see cref="Replacement"/> an epoch goes on in the order of the rows where the last one ended, and a new order begins where that is used up, so that each row comes equally often; with it every epoch is the beginning of an order of its own.
/// The share is rounded to whole steps, at least one, so that what the orders promise holds: whole groups, every class or cell in each step. An epoch that spans the end of an order may see a row twice.</para>
/// <para><see cref="Recipe.Epochs"/> and <see cref="Recipe.Patience"/> count these short epochs, and schedules run over the steps that are made. Without replacement it is training on all rows for fewer epochs, judged more often.</para>
/// <para>Seen on wine, phoneme and MNIST (five splits, as many rows in all, shares of 0.3 and 0.1, for the whole run and for a tenth of it): as good as all rows in every epoch (RMSE +0.0 to +0.1 %, accuracy -0.2 to +0.4 %, none beyond 2.2 paired errors), with replacement a little worse (RMSE +0.2 to +0.9 %, accuracy -0.3 to +0.5 %).
/// Nothing is gained but shorter epochs, so that a search may compare networks sooner. The same tenth of the rows in every epoch cost 3 to 8 % of accuracy and 13 to 17 % of RMSE: <c>./bench rs2</c>.</para>
/// <para>Source: Okanovic et al., Repeated Random Sampling for Minimizing the Time-to-Accuracy of Learning, 2023, https://arxiv.org/abs/2305.18424; whole steps are ours.</para>
/// </remarks>
[Method("rs2", Title = "Repeated Random Sampling for Minimizing the Time-to-Accuracy of Learning", Authors = "Okanovic et al.", Year = 2023, Link = "https://arxiv.org/abs/2305.18424")]
public sealed record RandomSubset : Part
{
    /// <summary>The share of the rows in an epoch. In (0, 1], 1 for all; default 0.1, about where the source sees most.</summary>
    [Range(0.05, 1.0, 0.1, true)]
    public double Share { get; init; } = 0.1;

    /// <summary>Whether an epoch may take rows again before all others have come; default false.</summary>
    public bool Replacement { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.MoreThan(Share, 0);
        Check.InRange(Share, 0, 1);
    }
}
