using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Hidden blocks are cut into parts, tokens, and the network learns which tokens of a step are near each other, which are the same as the teacher's, and how those of one row compare.</summary>
/// <remarks>
/// <c>SoftTargetWeight * kd + InnerWeight * inner + LocalWeight * local + GlobalWeight * global</c>. A row's last hidden block of width w is cut into <see cref="Tokens"/> tokens F of width D, the smallest whole number with Tokens * D ≥ w, the last one filled up with zeros; widths of network and teacher may differ.
/// <list type="bullet">
/// <item><c>inner</c>: the mean squared difference of <c>softmax(F F' / sqrt(D))</c> [tokens, tokens] of network and teacher within a row.</item>
/// <item><c>local</c>: <c>KL(softmax_j A_ij of the network || softmax_j A_ij of the teacher)</c> for each token i, over those j that are nearest to i in the teacher, itself among them, with <c>A_ij = exp(-|F_i - F_j|^2 / (2 Sigma m))</c>, m the mean of |F_i - F_j|^2. Up to <see cref="Nodes"/> tokens of a step are drawn for this and for <c>global</c>.</item>
/// <item><c>global</c>: <c>-ln(exp(c_ii / τ) / sum over j of exp(c_ij / τ))</c> with the cosine c_ij of token i of a linear map of the network's block and token j of the teacher's. The map is trained with the network and left out of what is fitted. τ goes from <see cref="FirstTau"/> to <see cref="LastTau"/> over the run, by a factor a step.</item>
/// </list>
/// Rows enter all sums by their weights; members of an ensemble are taken one by one. A network like its teacher has no inner and no local part. <c>kd</c> is that of <see cref="SoftTargets"/>.
/// After: Zhang, Liu and He, Knowledge Distillation via Token-level Relationship Graph, 2023, https://arxiv.org/abs/2306.12442, of which we know the form of the terms from a summary alone. Ours are: every weight, <see cref="Nearest"/>, <see cref="Sigma"/>, m, τ and its course, that the teacher alone says which tokens are near,
/// and tokens cut from a hidden block, where the source has patches of images.
/// Not with a teacher that is not a network of ours.
/// Seen (<c>./bench distill</c>, five splits): against labels alone, in brackets paired standard errors, points of accuracy and log-loss on digits +0.7 (+1.5) and -0.056 (-2.4), phoneme 0.0 (-0.1) and -0.003 (-1.2), wine +2.4 (+9.5) and -0.041 (-7.4).
/// </remarks>
[Method("trg", Title = "Knowledge Distillation via Token-level Relationship Graph", Authors = "Zhang, Liu and He", Year = 2023,
    Link = "https://arxiv.org/abs/2306.12442", Needs = Needs.TeacherScores | Needs.TeacherFeatures)]
public sealed record TokenGraph : Distillation
{
    /// <summary>Into how many parts a hidden block is cut. In [1, 1024]; default 4, ours.</summary>
    [Range(2, 16, 4, true)]
    public int Tokens { get; init; } = 4;

    /// <summary>How many tokens of a step are compared with each other at most. In [2, 4096]; default 128, ours.</summary>
    [Range(64, 512, 128, true)]
    public int Nodes { get; init; } = 128;

    /// <summary>Which share of these, by weight, counts as near a token. In (0, 1]; default 0.1, ours.</summary>
    [Range(0.02, 0.5, 0.1, true)]
    public double Nearest { get; init; } = 0.1;

    /// <summary>How far away tokens still count, in mean squared distances. More than 0; default 0.5, ours.</summary>
    [Range(0.1, 2.0, 0.5, true)]
    public double Sigma { get; init; } = 0.5;

    /// <summary>How much the tokens of one row count. At least 0; default 1, ours.</summary>
    [Range(0.0, 10.0, 1.0)]
    public double InnerWeight { get; init; } = 1;

    /// <summary>How much neighbours count. At least 0; default 1, ours.</summary>
    [Range(0.0, 10.0, 1.0)]
    public double LocalWeight { get; init; } = 1;

    /// <summary>How much it counts to tell a token from all others. At least 0; default 0.1, ours: it begins at the logarithm of <see cref="Nodes"/>.</summary>
    [Range(0.0, 1.0, 0.1)]
    public double GlobalWeight { get; init; } = 0.1;

    /// <summary>How soft the global comparison is when the run begins. More than 0; default 0.5, ours.</summary>
    [Range(0.1, 2.0, 0.5, true)]
    public double FirstTau { get; init; } = 0.5;

    /// <summary>How soft it is when the run ends. More than 0; default 0.1, ours.</summary>
    [Range(0.05, 0.5, 0.1, true)]
    public double LastTau { get; init; } = 0.1;

    /// <summary>How much the teacher's answers count beside. At least 0; default 1, ours.</summary>
    [Range(0.0, 2.0, 1.0)]
    public double SoftTargetWeight { get; init; } = 1;

    /// <summary>Softens both answers before they are compared; without effect in regression. More than 0; default 2, as for <c>kd</c>.</summary>
    [Range(1.0, 20.0, 2.0, true)]
    public double Temperature { get; init; } = 2;

    internal override bool NeedsHidden => true;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.InRange(Tokens, 1, 1024);
        Check.InRange(Nodes, 2, 4096);
        Check.MoreThan(Nearest, 0);
        Check.InRange(Nearest, 0, 1);
        Check.MoreThan(Sigma, 0);
        Check.AtLeast(InnerWeight, 0);
        Check.AtLeast(LocalWeight, 0);
        Check.AtLeast(GlobalWeight, 0);
        Check.MoreThan(FirstTau, 0);
        Check.MoreThan(LastTau, 0);
        Check.AtLeast(SoftTargetWeight, 0);
        Check.MoreThan(Temperature, 0);
    }

    internal override IReadOnlyList<Head> Heads(TeachingShape shape)
    {
        HiddenBlocks.Require(shape, this);
        return [new(shape.Blocks.Count - 1, shape.TeacherHidden)];
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">There is no hidden block of the network or of the teacher, or no map.</exception>
    public override Tensor Value(StudentOutput student, TeacherOutput teacher, Targets targets, Tensor? weights, StepContext step)
    {
        var (s, t) = (Cut(HiddenBlocks.Of(student, this), step.Members), Cut(HiddenBlocks.Of(teacher, student, this), step.Members));
        var each = HiddenBlocks.PerMember(WeightedMean.Each(student.Logits, weights), step.Members); // [members, rows]
        var value = SoftTargetWeight * new SoftTargets { Temperature = Temperature }.Value(student, teacher, targets, weights, step);
        if (InnerWeight > 0)
            value += InnerWeight * WeightedMean.Of((Attention(s) - Attention(t)).square().mean([2L, 3L]).reshape(-1), each.reshape(-1));
        if (LocalWeight == 0 && GlobalWeight == 0)
            return value;

        var chosen = Chosen(s.shape[1] * Tokens, step.Random, s.device);
        var (wanted, w) = (Nodes(t), Pick(each.repeat_interleave(Tokens, 1)));
        if (LocalWeight > 0)
            value += LocalWeight * Local(Nodes(s), wanted, w);
        return GlobalWeight == 0 ? value : value + GlobalWeight * Global(Nodes(Cut(HiddenBlocks.Head(student, this), step.Members)), wanted, w, Tau(step.Progress));

        Tensor Nodes(Tensor tokens) => Pick(tokens.flatten(1, 2));
        Tensor Pick(Tensor all) => chosen is null ? all : all.index_select(1, chosen);
    }

    internal double Tau(double progress) => FirstTau * Math.Pow(LastTau / FirstTau, progress);

    /// <summary>[members, rows, tokens, width of a token].</summary>
    private Tensor Cut(Tensor hidden, int members)
    {
        var (rows, width) = (hidden.shape[0], hidden.shape[1]);
        var filled = (width + Tokens - 1) / Tokens * Tokens;
        if (filled > width)
            hidden = cat([hidden, zeros(rows, filled - width, dtype: hidden.dtype, device: hidden.device)], 1);
        return HiddenBlocks.PerMember(hidden.reshape(rows, Tokens, filled / Tokens), members);
    }

    /// <summary>Which tokens of a step are compared; null for all.</summary>
    private Tensor? Chosen(long tokens, Generator random, Device device) =>
        tokens <= Nodes ? null : tensor(random.Permutation(tokens)[..Nodes], dtype: int64, device: device);

    private static Tensor Attention(Tensor tokens) => (tokens.matmul(tokens.transpose(2, 3)) / Math.Sqrt(tokens.shape[3])).softmax(3);

    private Tensor Local(Tensor s, Tensor t, Tensor w)
    {
        var (far, logW) = (HiddenBlocks.Distances(t), w.clamp_min(HiddenBlocks.Tiny).log().unsqueeze(1));
        var shares = w / w.sum(1, keepdim: true).clamp_min(HiddenBlocks.Tiny);
        var near = Near(far, shares);
        var (logP, logQ) = (LogP(HiddenBlocks.Distances(s)), LogP(far));
        return WeightedMean.Of((logP.exp() * (logP - logQ)).sum(2).reshape(-1), w.reshape(-1));

        Tensor LogP(Tensor distances)
        {
            var squares = distances.square();
            var mean = (shares.unsqueeze(2) * shares.unsqueeze(1) * squares).sum([1L, 2L], keepdim: true).clamp_min(1e-12);
            return ((-squares / (2 * Sigma * mean)).exp() + logW).masked_fill(near.logical_not(), -1e4).log_softmax(2);
        }
    }

    /// <summary>Whether the second token is one of those nearest to the first, [members, tokens, tokens]; of equally near ones all or none.</summary>
    private Tensor Near(Tensor far, Tensor shares)
    {
        var (sorted, order) = far.sort(2);
        var until = shares.unsqueeze(1).expand_as(far).gather(2, order).cumsum(2);
        var last = until.lt(Nearest * (1 - 1e-6)).sum(2, keepdim: true).clamp_max(far.shape[2] - 1); // the first at which the share is reached
        return far.le(sorted.gather(2, last));
    }

    private static Tensor Global(Tensor s, Tensor t, Tensor w, double tau)
    {
        var alike = Unit(s).bmm(Unit(t).transpose(1, 2)) / tau;
        var missed = (alike + w.clamp_min(HiddenBlocks.Tiny).log().unsqueeze(1)).logsumexp(2) - alike.diagonal(0, 1, 2);
        return WeightedMean.Of(missed.reshape(-1), w.reshape(-1));

        static Tensor Unit(Tensor tokens) => tokens * (tokens.square().sum(2, keepdim: true) + 1e-6).rsqrt(); // near 0 there is no direction
    }
}
