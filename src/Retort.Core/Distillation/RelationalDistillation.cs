using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>The network's hidden block learns to keep the teacher's distances between rows, and the angles between three of them.</summary>
/// <remarks>
/// <c>DistanceWeight * mean over pairs of l(d_ij) + AngleWeight * mean over triples of l(a_ijk) + SoftTargetWeight * kd</c>, where l is the smooth absolute difference (half the square below 1) of what network and teacher say: <c>d_ij = |h_i - h_j|</c>, divided
/// by its mean over pairs that are apart; <c>a_ijk</c> the cosine of the angle at j between i and k. Of the last hidden blocks h, [rows, width of each]: widths may differ. Rows enter all means by their weights, pairs and triples by the product of theirs.
/// Where two rows coincide (closer than a millionth of the root of the mean squared distance, for angles) there is no direction: the cosine is 0, and no gradient comes from there. <c>kd</c> is that of <see cref="SoftTargets"/>.
/// A step costs the square of its rows, and the third power of <see cref="AngleRows"/>; members of an ensemble are taken one by one. A network that is its teacher, scaled or turned, has no distance and no angle to learn.
/// Source: Park, Kim, Lu and Cho, Relational Knowledge Distillation, 2019, sec. 3, https://arxiv.org/abs/1904.05068; 25 and 50 as in common code for classification. <see cref="AngleRows"/> is ours.
/// Not with a teacher that is not a network of ours.
/// Seen (<c>./bench distill</c>, five splits): against labels alone, in brackets paired standard errors, points of accuracy and log-loss on digits -0.3 (-0.5) and -0.051 (-2.6), phoneme 0.0 (0.0) and -0.005 (-1.5), wine +1.8 (+5.4) and -0.038 (-6.0); RMSE on abalone +0.067 (+5.6).
/// </remarks>
[Method("rkd", Title = "Relational Knowledge Distillation", Authors = "Park, Kim, Lu and Cho", Year = 2019,
    Link = "https://arxiv.org/abs/1904.05068", Needs = Needs.TeacherScores | Needs.TeacherFeatures)]
public sealed record RelationalDistillation : Distillation
{
    /// <summary>How much distances count. At least 0; default 25.</summary>
    [Range(0.5, 100.0, 25.0, true)]
    public double DistanceWeight { get; init; } = 25;

    /// <summary>How much angles count. At least 0, 0 for distances alone; default 50.</summary>
    [Range(0.5, 200.0, 50.0, true)]
    public double AngleWeight { get; init; } = 50;

    /// <summary>Between how many rows of a step angles are taken at most, evenly spaced in the step. In [3, 512]; default 32, ours.</summary>
    [Range(8, 64, 32, true)]
    public int AngleRows { get; init; } = 32;

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
        Check.AtLeast(DistanceWeight, 0);
        Check.AtLeast(AngleWeight, 0);
        Check.InRange(AngleRows, 3, 512);
        Check.AtLeast(SoftTargetWeight, 0);
        Check.MoreThan(Temperature, 0);
    }

    internal override IReadOnlyList<Head> Heads(TeachingShape shape)
    {
        HiddenBlocks.Require(shape, this);
        return [];
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">There is no hidden block of the network or of the teacher.</exception>
    public override Tensor Value(StudentOutput student, TeacherOutput teacher, Targets targets, Tensor? weights, StepContext step)
    {
        var s = HiddenBlocks.PerMember(HiddenBlocks.Of(student, this), step.Members);
        var t = HiddenBlocks.PerMember(HiddenBlocks.Of(teacher, student, this), step.Members);
        var shares = HiddenBlocks.PerMember(WeightedMean.Shares(student.Logits, weights), step.Members) * step.Members;
        var value = SoftTargetWeight * new SoftTargets { Temperature = Temperature }.Value(student, teacher, targets, weights, step);
        if (DistanceWeight > 0)
            value += DistanceWeight * Mean(Pairs(shares), Relative(s, shares), Relative(t, shares));
        return AngleWeight > 0 ? value + AngleWeight * Angles(s, t, shares) : value;
    }

    private Tensor Angles(Tensor s, Tensor t, Tensor shares)
    {
        var rows = s.shape[1];
        if (rows > AngleRows)
        {
            var spaced = tensor([.. Enumerable.Range(0, AngleRows).Select(i => i * rows / AngleRows)], dtype: int64, device: s.device);
            (s, t, shares) = (s.index_select(1, spaced), t.index_select(1, spaced), shares.index_select(1, spaced));
            shares = shares / shares.sum(1, keepdim: true).clamp_min(HiddenBlocks.Tiny);
        }

        return Mean(Pairs(shares).unsqueeze(1) * shares.unsqueeze(2).unsqueeze(3), Cosines(s), Cosines(t));
    }

    /// <summary>Distances over their mean, [members, rows, rows].</summary>
    private static Tensor Relative(Tensor hidden, Tensor shares)
    {
        var far = HiddenBlocks.Distances(hidden);
        var apart = Pairs(shares) * far.gt(0).to_type(far.dtype);
        var mean = (apart * far).sum([1L, 2L], keepdim: true) / apart.sum([1L, 2L], keepdim: true).clamp_min(HiddenBlocks.Tiny);
        return far / mean.clamp_min(1e-12);
    }

    /// <summary>The cosine of the angle at the first row between the other two, [members, rows, rows, rows].</summary>
    private static Tensor Cosines(Tensor hidden)
    {
        var lines = hidden.unsqueeze(2) - hidden.unsqueeze(1);
        var squares = lines.square().sum(3, keepdim: true);
        var least = (1e-12 * squares.detach().mean()).clamp_min(HiddenBlocks.Tiny);
        var directions = lines * squares.maximum(least).rsqrt() * squares.gt(least).to_type(squares.dtype);
        return directions.matmul(directions.transpose(2, 3));
    }

    private static Tensor Pairs(Tensor shares) => shares.unsqueeze(2) * shares.unsqueeze(1);

    /// <summary>The smooth absolute difference, weighted; of members their mean.</summary>
    private static Tensor Mean(Tensor shares, Tensor s, Tensor t) => (shares * nn.functional.smooth_l1_loss(s, t, nn.Reduction.None)).sum() / s.shape[0];

}
