using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Regression that matches the distribution of predictions given the features with that of labels, while the network's last hidden block keeps little of the features.</summary>
/// <remarks>
/// <c>D + Beta * I</c> over a batch, from kernels <c>G(a, b) = exp(-|a - b|^2 / (2 sigma^2))</c>. The divergence is <c>D = log2 t(G(y, y)) + log2 t(G(o, o)) - 2 log2 t(G(o, y))</c> with
/// <c>t(M) = sum over i of sum over j of K_ij M_ij / (sum over j of K_ij)^2</c>, labels y, outputs o [rows, 1] and K of the features. The Cauchy-Schwarz mutual information I of features x and hidden block z,
/// <c>log2(tr(Kx Kz) / N^2) + log2(sum Kx * sum Kz / N^4) - 2 log2(1' Kx Kz 1 / N^3)</c>, is divided by <c>sqrt(I(x, x) I(z, z))</c>. Rows enter every sum by their weights. In bits. A step costs the square of its rows;
/// logarithms are taken of at least 1e-30, so an error of many deviations has no gradient. Epochs are judged by the squared error. Members of an ensemble are taken one by one.
/// Source: Yu, Yu, Løkse, Jenssen and Príncipe, Cauchy-Schwarz Divergence Information Bottleneck for Regression, 2024, eq. 9 and 13, https://arxiv.org/abs/2404.17951; Beta, and sigma 1 for labels, as in the authors' code.
/// We differ in the default <see cref="Sigma"/>: with 1 and many features every row resembles only itself.
/// Not with small batches: below about 64 rows kernels say little.
/// Seen (<c>./bench losses</c>): on abalone, over ten splits, clearly worse than the squared loss with these defaults: root of the squared error 2.96 against 2.08 (15 paired standard errors).
/// </remarks>
[Method("cs-ib", Title = "Cauchy-Schwarz Divergence Information Bottleneck for Regression", Authors = "Yu, Yu, Løkse, Jenssen and Príncipe", Year = 2024,
    Link = "https://arxiv.org/abs/2404.17951", Tasks = LearningTasks.Regression)]
public sealed record CauchySchwarzLoss : Loss
{
    private const double Tiny = 1e-30;

    /// <summary>How much what the hidden block keeps of the features counts. At least 0; default 0.01, the source's.</summary>
    [Range(1e-4, 1.0, 1e-2, true)]
    public double Beta { get; init; } = 0.01;

    /// <summary>The width of the kernels over features and hidden block: 1 is the source's, 0 the root of the mean squared distance within the batch. At least 0; default 0. Labels, which are standardised, have 1.</summary>
    [Range(0.0, 5.0, 0.0)]
    public double Sigma { get; init; }

    internal override bool NeedsHidden => true;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.AtLeast(Beta, 0);
        Check.AtLeast(Sigma, 0);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">Always: there are no features.</exception>
    public override Tensor Value(Tensor logits, Targets targets, Tensor? weights, StepContext step) => Value(new StudentOutput(logits), targets, weights, step);

    /// <exception cref="InvalidOperationException">There are no features.</exception>
    internal override Tensor Value(StudentOutput student, Targets targets, Tensor? weights, StepContext step)
    {
        var outputs = student.Logits;
        Check.Shape(outputs, "[rows, 1]", outputs.dim() == 2 && outputs.shape[1] == 1);
        var features = student.Features ?? throw new InvalidOperationException("Features must be given for the loss 'cs-ib', but are not.");
        var (labels, w) = (targets.RealValues(outputs), WeightedMean.Each(outputs, weights));
        var sum = zeros([], dtype: outputs.dtype, device: outputs.device);
        for (var member = 0; member < step.Members; member++)
            sum += Of(Own(outputs, member), Own(labels, member), Own(features, member), student.Hidden is null ? null : Own(student.Hidden, member), Own(w, member));
        return sum / step.Members * (w.sum() > 0).to_type(outputs.dtype); // rows without any weight cost nothing

        Tensor Own(Tensor all, int member) => step.Members == 1 ? all : all.reshape([all.shape[0] / step.Members, step.Members, .. all.shape[1..]]).select(1, member);
    }

    internal override Tensor Judge(StudentOutput student, Targets targets, Tensor? weights, StepContext step) => new SquaredLoss().Value(student.Logits, targets, weights);

    private Tensor Of(Tensor outputs, Tensor labels, Tensor features, Tensor? hidden, Tensor weights)
    {
        var w = weights / weights.sum().clamp_min(Tiny);
        var kx = Kernel(features.to_type(outputs.dtype), features.to_type(outputs.dtype), Width(features.to_type(outputs.dtype), w));
        var reach = kx.mv(w).square().clamp_min(Tiny);
        var divergence = T(Kernel(labels, labels, 1)) + T(Kernel(outputs, outputs, 1)) - 2 * T(Kernel(outputs, labels, 1));
        if (hidden is null)
            return divergence;
        var kz = Kernel(hidden, hidden, Width(hidden, w));
        return divergence + Beta * Kept(kx, kz, w);

        Tensor T(Tensor m) => Log((w * (kx * m).mv(w) / reach).sum());
    }

    /// <summary>How much features and hidden block have in common, in [0, 1].</summary>
    private static Tensor Kept(Tensor kx, Tensor kz, Tensor w) =>
        Information(kx, kz, w) / ((Information(kx, kx, w).clamp_min(1e-12) * Information(kz, kz, w).clamp_min(1e-12)).sqrt() + 1e-6);

    private static Tensor Information(Tensor a, Tensor b, Tensor w)
    {
        var (meanA, meanB) = (a.mv(w), b.mv(w));
        return Log(w.dot((a * b).mv(w))) + Log(w.dot(meanA)) + Log(w.dot(meanB)) - 2 * Log(w.dot(meanA * meanB));
    }

    private static Tensor Log(Tensor x) => x.clamp_min(Tiny).log2();

    private static Tensor Kernel(Tensor a, Tensor b, double width) => (-Squares(a, b) / (2 * width * width)).exp();

    private double Width(Tensor rows, Tensor w)
    {
        if (Sigma > 0)
            return Sigma;
        using var noGradient = no_grad();
        var width = w.dot(Squares(rows, rows).mv(w)).sqrt().ToDouble();
        return width > 0 ? width : 1; // rows that are all alike
    }

    private static Tensor Squares(Tensor a, Tensor b) =>
        (a.square().sum(1).unsqueeze(1) + b.square().sum(1).unsqueeze(0) - 2 * a.mm(b.t())).clamp_min(0);
}
