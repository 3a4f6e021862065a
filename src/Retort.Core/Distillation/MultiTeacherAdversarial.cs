using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>One teacher teaches on the rows as they are, another, robust one on rows that were moved to where the network is wrong.</summary>
/// <remarks>
/// <c>T^2 * (w * KL(c(x) || s(x)) + (1 - w) * KL(r(x') || s(x')))</c> with the softened answers s of the network, c of the first teacher and r of the second; one teacher, or the mean of more than two, is both. They must be networks of ours that read the same features. x' is found by <see cref="Steps"/> steps
/// on the sign of the gradient of the network's surprise at the label, within ±<see cref="Radius"/> deviations of each feature. In regression squared errors take the place of the divergences and of the surprise. In nats. Logits [rows, classes].
/// Which of the two counts how much is balanced in every step: with both losses divided by what they were in the first, <c>w = w - BalanceRate * (w - a^p / (a^p + b^p))</c>, where a is the first, b the second and p = <see cref="BalancePower"/>, so the one that has fallen less counts more; w begins at 1/2.
/// A step costs <see cref="Steps"/> further passes through the network, forth and back. Numbers are moved, categories are not.
/// Source: Zhao, Wang and Wei, Mitigating the Accuracy-Robustness Trade-off via Multi-Teacher Adversarial Distillation, 2023, https://arxiv.org/abs/2306.16170, and the authors' code of its first version: balance, number and relative size of steps and start. We differ in that a divergence is the mean over rows,
/// not over all numbers, and in the unit of the radius. The source's balance of the teachers' entropies is left out: its formula could not be checked. The source leaves the labels out of what is minimised: <c>Mode = Replace, Weight = 1</c>.
/// Not where the features that are moved cannot move by themselves, as sums and counts of each other.
/// Seen (<c>./bench distill</c>, five splits): against labels alone, in brackets paired standard errors, points of accuracy and log-loss on digits +1.2 (+2.7) and -0.088 (-6.8). On phoneme, two splits and a student of width 16, accuracy is 1.1 points and log-loss 0.012 ahead, as with <c>kd</c> (1.4 and 0.013), at many times its time; robustness was not measured.
/// </remarks>
[Method("mtard", Title = "Mitigating the Accuracy-Robustness Trade-off via Multi-Teacher Adversarial Distillation", Authors = "Zhao, Wang and Wei", Year = 2023,
    Link = "https://arxiv.org/abs/2306.16170", Needs = Needs.TeacherScores)]
public sealed record MultiTeacherAdversarial : Distillation
{
    private const string Deviations = "deviations", Balance = "balance", First = "first";
    private const int Roles = 2;
    private const double StartNoise = 0.03; // the source's 0.001 of a radius of 8/255

    /// <summary>How far a feature is moved at most, in its deviations. More than 0; default 0.1, about the source's 8/255 of images.</summary>
    [Range(0.01, 1.0, 0.1, true)]
    public double Radius { get; init; } = 0.1;

    /// <summary>How many steps move a row. In [1, 1000]; default 10, the source's.</summary>
    [Range(1, 20, 10, true)]
    public int Steps { get; init; } = 10;

    /// <summary>How far each goes, in radii. More than 0; default 0.25, the source's.</summary>
    [Range(0.05, 1.0, 0.25, true)]
    public double StepSize { get; init; } = 0.25;

    /// <summary>Softens both sides before they are compared; without effect in regression. More than 0; default 1, the source's.</summary>
    [Range(1.0, 20.0, 1.0, true)]
    public double Temperature { get; init; } = 1;

    /// <summary>How fast the balance follows the two losses. In [0, 1], 0 for halves; default 0.025, the source's.</summary>
    [Range(0.0, 0.2, 0.025)]
    public double BalanceRate { get; init; } = 0.025;

    /// <summary>How much more the loss that has fallen less counts. At least 0; default 1, the source's.</summary>
    [Range(0.25, 4.0, 1.0, true)]
    public double BalancePower { get; init; } = 1;

    internal override bool NeedsEachTeacher => true;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.MoreThan(Radius, 0);
        Check.InRange(Steps, 1, 1000);
        Check.MoreThan(StepSize, 0);
        Check.MoreThan(Temperature, 0);
        Check.InRange(BalanceRate, 0, 1);
        Check.InRange(BalancePower, 0, 100);
    }

    internal override bool AsksNetworks => true;

    internal override void Begin(PartState state, TeachingRows rows)
    {
        using var scope = NewDisposeScope();
        if (rows.Deviations is { } deviations)
            state[Deviations] = deviations;
        state[Balance] = full(1, 0.5, dtype: float32, device: rows.Deviations?.device ?? CPU);
        state[First] = full(2, -1, dtype: float32, device: rows.Deviations?.device ?? CPU);
    }

    internal override bool Moves => true;

    internal override MovedRows? Move(Probe probe, StepContext step)
    {
        if (probe.Teachers.Count == 0)
            throw new ArgumentException("The teacher for 'mtard', which asks about moved rows, must be a network of Retort whose features are the student's, number for number (normalised by the same fitted step), but is not.");
        var reach = BoxAscent.Reach(probe.Features, step.State[Deviations], Radius);
        var features = BoxAscent.Of(probe.Features, reach, BoxAscent.Draw(probe.Features, reach.shape[0], () => StartNoise * step.Random.Normal()), Steps, StepSize, Wrong);
        using var noGradient = no_grad();
        return new(features, new(BoxAscent.Said(probe, probe.Teachers.Count == Roles ? probe.Teachers.Skip(1) : probe.Teachers, features)));

        Tensor Wrong(Tensor moved)
        {
            var said = probe.Student(moved);
            return probe.Targets.AreReal ? (said - probe.Targets.RealValues(said)).square().sum() : -(probe.Targets.Distribution(said) * said.log_softmax(1)).sum();
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">No rows were moved.</exception>
    public override Tensor Value(StudentOutput student, TeacherOutput teacher, Targets targets, Tensor? weights, StepContext step)
    {
        if (student.Moved is null || teacher.Moved is null)
            throw new InvalidOperationException("Moved rows must be given for 'mtard', but are not.");
        var apart = new SoftTargets { Temperature = Temperature };
        var clean = apart.Value(student, teacher.Each.Count == Roles ? teacher.Each[0] : teacher, targets, weights, step);
        var moved = apart.Value(student.Moved, teacher.Moved, targets, weights, step);
        var share = CleanShare(clean, moved, step.State);
        return share * clean + (1 - share) * moved;
    }

    /// <summary>How much the rows as they are count, one number; outside a run a half.</summary>
    private Tensor CleanShare(Tensor clean, Tensor moved, PartState state)
    {
        using var noGradient = no_grad();
        if (state[Balance] is not { } balance || state[First] is not { } first)
            return full([], 0.5, dtype: clean.dtype, device: clean.device);
        var now = stack([clean, moved]).to_type(float32);
        first.copy_(where(first.lt(0), now, first));
        var left = (now / first.clamp_min(1e-12)).pow(BalancePower);
        balance.mul_(1 - BalanceRate).add_(BalanceRate * left.narrow(0, 0, 1) / left.sum().clamp_min(1e-12));
        return balance.squeeze(0).to_type(clean.dtype).clone();
    }
}
