using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>The learning rate of each stage of a run is the best of several that are tried for a few steps.</summary>
/// <remarks>
/// <para>At the beginning of a stage, rates between <see cref="Least"/> and <see cref="Most"/> times the optimizer's are tried one after the other, from the same state and on the same rows. To the losses of the steps of each try <c>a exp(-b t) + c</c> is fitted, which says what the loss would be at the end of the stage.
/// Which rate is tried next follows from those before, as the lower confidence bound of a Gaussian process over the rate's logarithm has it. Then the state is put back, and the stage trained with the rate whose loss would be least. Epoch reports say the rates, and count the rows of the tries.</para>
/// <para>The tries cost <c>Candidates * Trial</c> of the run beside it: with the defaults as much as the run itself.</para>
/// <para>Seen on wine and abalone (four splits, as many rows, tries included): RMSE 2.6 % and 0.7 % above that of <see cref="LinearDecay"/> (4.7 and 2.2 paired errors), and 1.6 % and 0.6 % above that of a constant rate; accuracy on phoneme 0.7 % below that of the former; where the rate that it begins with is a tenth, 1.4 % and 0.0 % above a constant one there, and where it is ten times as large, 14 % on wine. Losses of a few steps speak for rates that are too small or too large for a stage: <c>./bench autolrs</c>.</para>
/// <para>A run that is ended among the tries of a stage tries them again when it goes on.</para>
/// <para>Source: Jin et al., AutoLRS: Automatic Learning-Rate Schedule by Bayesian Optimization on the Fly, 2021, https://arxiv.org/abs/2105.10762. Stages of equal length, losses of training rows throughout, a bound of two deviations, and one refit without what lies three deviations off, are ours.</para>
/// </remarks>
[Method("autolrs", Title = "AutoLRS: Automatic Learning-Rate Schedule by Bayesian Optimization on the Fly", Authors = "Jin et al.", Year = 2021, Link = "https://arxiv.org/abs/2105.10762")]
public sealed record AutoLrs : Schedule
{
    /// <summary>How many parts the run has, each with a rate of its own: whole epochs, so no more than these. At least 1; default 10.</summary>
    [Range(3, 30, 10, true)]
    public int Stages { get; init; } = 10;

    /// <summary>How many rates are tried at the beginning of a stage. At least 2; default 10, the source's.</summary>
    [Range(4, 20, 10, true)]
    public int Candidates { get; init; } = 10;

    /// <summary>The share of a stage for which a rate is tried. In (0, 1]; default 0.1, the source's.</summary>
    [Range(0.02, 0.3, 0.1, true)]
    public double Trial { get; init; } = 0.1;

    /// <summary>The smallest rate, as a multiple of the optimizer's. More than 0; default 0.01.</summary>
    [Range(0.001, 0.3, 0.01, true)]
    public double Least { get; init; } = 0.01;

    /// <summary>The largest rate, as a multiple of the optimizer's. More than <see cref="Least"/>; default 10.</summary>
    [Range(1.0, 30.0, 10.0, true)]
    public double Most { get; init; } = 10;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.AtLeast(Stages, 1);
        Check.AtLeast(Candidates, 2);
        Check.MoreThan(Trial, 0);
        Check.InRange(Trial, 0, 1);
        Check.MoreThan(Least, 0);
        Check.MoreThan(Most, Least);
    }

    /// <summary>Whether a stage begins with an epoch.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="epochs">How many there are.</param>
    internal bool Begins(int epoch, int epochs) => epoch == 1 || Stage(epoch, epochs) != Stage(epoch - 1, epochs);

    /// <summary>How many epochs the stage has that begins with an epoch.</summary>
    /// <inheritdoc cref="Begins"/>
    internal int Length(int epoch, int epochs)
    {
        var next = epoch + 1;
        while (next <= epochs && !Begins(next, epochs))
            next++;
        return next - epoch;
    }

    /// <inheritdoc/>
    protected override double Shape(double progress) => 1; // what the run finds is multiplied with it

    private int Stage(int epoch, int epochs) => (int)((epoch - 1L) * Stages / epochs);
}
