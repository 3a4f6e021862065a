using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>A search in which networks are trained side by side and the weakest go on, again and again, as changed copies of the strongest: it finds a schedule of settings rather than one recipe.</summary>
/// <remarks>
/// <para>The members of a population have one network, one kind of each part and one batch size, those of the recipe that was proposed first. The numbers that can change while a network is trained are each member's own: what the space searches of optimizer, loss, distillation, penalty and mixing, and of the network
/// its dropout. They are drawn from their ranges; the first member keeps those that were proposed.</para>
/// <para>At the end of every interval the members are ranked by the search's first objective. Each of the last <see cref="Quantile"/> takes over weights, optimizer and recipe of a random one of the first, then each of its numbers is drawn anew with probability <see cref="Resample"/> and else becomes 0.8 or 1.2 times
/// what it was, within its range. All wait for each other, so that the result depends on neither threads nor time; the source does not wait.</para>
/// <para>The result of a member is its best network at the end of any interval. <c>SweepTrial.Stages</c> is the schedule that made it, with which it can be trained again alone.</para>
/// <para>Seen on wine and abalone (three splits, nine members of 40 epochs that search the numbers of AdamW, dropout and mixup; RMSE on rows that chose nothing): on wine 0.6826 with intervals of 10 epochs and 0.6852 with 4, beside 0.6849 where nobody is replaced (errors of the differences 0.0023 and 0.0072), on abalone 2.052 and 2.056 beside 2.063 (0.011 and 0.016): so nothing that chance would not do. On wine's rows that chose 0.6915, 0.6860 and 0.6963: <c>./bench pbt</c>.</para>
/// <para>Source: Jaderberg et al., Population Based Training of Neural Networks, 2017, https://arxiv.org/abs/1711.09846.</para>
/// </remarks>
[Method("pbt", Title = "Population Based Training of Neural Networks", Authors = "Jaderberg et al.", Year = 2017, Link = "https://arxiv.org/abs/1711.09846")]
public sealed record Population : Part
{
    /// <summary>How many networks are trained side by side. At least 2; default 9. A search of more trials trains one population after the other, each by the next proposal.</summary>
    [Range(4, 64, 9, true)]
    public int Members { get; init; } = 9;

    /// <summary>After how many epochs, each time, the members are compared. At least 1; default 5.</summary>
    [Range(1, 20, 5, true)]
    public int Interval { get; init; } = 5;

    /// <summary>The share of the members that is replaced each time, at least one. In [0, 0.5], 0 for none; default 0.2, the source's.</summary>
    [Range(0.1, 0.5, 0.2)]
    public double Quantile { get; init; } = 0.2;

    /// <summary>How likely a number of a replaced member is drawn anew. In [0, 1]; default 0.25, the source's.</summary>
    [Range(0.0, 0.5, 0.25)]
    public double Resample { get; init; } = 0.25;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.AtLeast(Members, 2);
        Check.AtLeast(Interval, 1);
        Check.InRange(Quantile, 0, 0.5);
        Check.InRange(Resample, 0, 1);
    }

    /// <summary>How many members are replaced each time.</summary>
    internal int Replaced(int members) => Quantile == 0 ? 0 : Math.Min(members / 2, Math.Max(1, (int)Math.Round(Quantile * members)));
}
