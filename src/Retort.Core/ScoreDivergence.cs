using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>How far two models are apart on a row: the divergence of their class probabilities, in nats. A score of drift, or of tampering with one of them.</summary>
/// <remarks>
/// A small network distilled from a model watches over it: on rows like those of training the two agree, and where they do not, either the rows have changed or the model has. What counts as far is learned from rows that are known
/// to be good, such as a high quantile of their divergences.
/// Source: Kumar, Guirao Aguilera, Tourani and Misra, A Generative Framework for Low-Cost Result Validation of Machine Learning-as-a-Service Inference, 2023, https://arxiv.org/abs/2304.00083. Only the divergence of Fides is
/// here; its detector, which learns from several such numbers, and its way to distil layer by layer are not. Rows on which both models are sure go unseen, however strange they are. Not for regression, and of no use between models that were never alike.
/// </remarks>
[Method("fides", Title = "A Generative Framework for Low-Cost Result Validation of Machine Learning-as-a-Service Inference", Authors = "Kumar, Guirao Aguilera, Tourani and Misra", Year = 2023,
    Link = "https://arxiv.org/abs/2304.00083", Tasks = LearningTasks.Classification, Needs = Needs.TeacherScores)]
public sealed record ScoreDivergence : Part
{
    /// <summary>Which divergence; default <see cref="DivergenceMeasure.JensenShannon"/>.</summary>
    [Choice(DivergenceMeasure.JensenShannon, DivergenceMeasure.KullbackLeibler)]
    public DivergenceMeasure Measure { get; init; }

    /// <inheritdoc/>
    public override void Validate() => Check.Defined(Measure);

    /// <summary>The divergence of two rows of probabilities; NaN where one of them holds none.</summary>
    /// <param name="first">The probabilities p, [classes].</param>
    /// <param name="second">The probabilities q, [classes].</param>
    internal double Of(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        var sum = 0.0;
        for (var k = 0; k < first.Length; k++)
        {
            var (p, q) = (first[k], second[k]);
            if (!(p >= 0 && q >= 0))
                return double.NaN;
            sum += Measure == DivergenceMeasure.KullbackLeibler ? Term(p, q) : (Term(p, (p + q) / 2) + Term(q, (p + q) / 2)) / 2;
        }

        return Math.Max(sum, 0); // of equal rows, rounding may leave less
    }

    private static double Term(double p, double q) => p == 0 ? 0 : p * Math.Log(p / q);
}
