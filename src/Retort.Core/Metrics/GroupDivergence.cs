namespace Retort;

/// <summary>How different the groups' score distributions are: the generalised Jensen-Shannon divergence, which is the mutual information of group and score bin.</summary>
/// <remarks>
/// <c>H(sum over g of s_g P_g) - sum over g of s_g H(P_g)</c>, with s the groups' shares of the weight and P their distributions over the bins; in nats; 0 where all are alike, at most the entropy of the shares. Small groups are one cell; where
/// there is no other, nothing is compared and all is NaN.
/// Bins hold about as many rows of the pooled scores each, and equal scores share one: so shrinking all scores, or any other increasing change, leaves the divergence as it is. Even of independent scores it is positive, the more so
/// the more groups and bins there are and the fewer rows: <see cref="Floor"/> is what it is on average when the scores are dealt to the rows anew. Source of the divergence: Lin, Divergence Measures Based on the Shannon Entropy, 1991.
/// </remarks>
/// <param name="Class">The class whose scores these are: of several classes the one with the largest divergence; null where there is one score a row.</param>
/// <param name="Value">The divergence as it is.</param>
/// <param name="Floor">Its mean over permutations, of several classes that of the largest; NaN without permutations.</param>
/// <param name="AboveFloor">The divergence less its floor: about 0 where scores are independent of groups, and so at times below.</param>
/// <param name="PValue">(1 + how many permutations have at least this divergence) / (1 + how many there were); NaN without permutations.</param>
/// <param name="Bins">How many bins the scores fill.</param>
/// <param name="Cells">How many cells were compared, that of all small groups included.</param>
/// <param name="PooledGroups">How many small groups are one cell.</param>
public sealed record GroupDivergence(string? Class, Estimate Value, double Floor, Estimate AboveFloor, double PValue, int Bins, int Cells, int PooledGroups);
