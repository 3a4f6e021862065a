using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>One last layer for each domain that the training rows come from: each learns from its own domain's rows, and for a new row, of whatever domain, those count most that are surest.</summary>
/// <remarks>
/// Training: <c>L = sum over d of mean over rows of d of l(h_d(f(x)), y)</c> with one network f below all heads. Serving: <c>p(x) = sum_d w_d(x) p_d(x)</c>, <c>w_d = H(p_d(x))^-Gamma / sum_k H(p_k(x))^-Gamma</c>, H the entropy of what the head says.
/// A domain is a value of the group column; the model does not read that column when it scores. Whole domains are held out for validation, so that the epoch that is kept is one that serves unseen domains; name validation data where there are only two or three.
/// Source: Zhang, Wang, Liang, Zhang, Yu, Wang, Tao and Xie, Domain-Specific Risk Minimization for Out-of-Distribution Generalization, 2022, https://arxiv.org/abs/2208.08661. The weights by entropy are one of its estimates of the gap to a new domain, and its
/// code takes them one batch at a time; here it is one row, and none of the parameters changes when it scores. One more head for all rows, which that code trains besides, is left out.
/// Seen (<c>./bench options domains</c>; every domain left out once, five seeds): no advantage over one head for all. On communities-crime as two classes, domains the four parts of the country, log-loss on the part left out is 0.410 beside 0.413 (paired difference -0.003,
/// error 0.006; with Gamma 0 -0.007, with 4 0.019); on compas without age, domains three bands of age, it is worse, 0.678 beside 0.664 (0.014, error 0.005).
/// Not for few rows a domain, nor for regression, where a head has no entropy.
/// </remarks>
[Method("drm", Title = "Domain-Specific Risk Minimization for Out-of-Distribution Generalization", Authors = "Zhang, Wang, Liang, Zhang, Yu, Wang, Tao and Xie", Year = 2022,
    Link = "https://arxiv.org/abs/2208.08661", Tasks = LearningTasks.Classification, Needs = Needs.RowGroups)]
public sealed record DomainHeads : Part
{
    /// <summary>How much more sure heads count: 0 for the mean of all, large for the surest alone. In [0, 20]; default 1.</summary>
    [Range(0.0, 8.0, 1.0)]
    public double Gamma { get; init; } = 1;

    /// <summary>Whether every domain counts alike, as in the source, rather than every row; default true.</summary>
    public bool CountsDomainsAlike { get; init; } = true;

    /// <inheritdoc/>
    public override void Validate() => Check.InRange(Gamma, 0, 20);
}
