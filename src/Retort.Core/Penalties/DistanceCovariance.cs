using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Distance covariance of predictions and protected columns: it sees any kind of dependence, of any kind of column, and 0 means none.</summary>
/// <remarks>
/// With <c>a_ij</c> the Euclidean distance of the predictions of rows i and j, <c>b_ij</c> that of their protected values, and A, B the same less the means of their row and column and plus the mean of all: <c>mean of A_ij B_ij</c> (statistic V),
/// or, centred without bias and without the diagonal, <c>sum of A_ij B_ij / (n (n - 3))</c> (statistic U). Two categories are 1 apart. Concatenated columns have the distance <c>sqrt(sum over columns of (distance / scale)^2)</c>. The joint form is
/// <c>mean over i, j of (c - A_ij) times (c - B_ij) of each column, less c to the power of all factors</c>; by the statistic U with A and B without bias, 0 on the diagonal, it is
/// <c>sum over all i, j of the same products / (n (n - 3)), less n / (n - 3) times c to the power of all factors</c>. What it says of the columns among themselves has no gradient. Rows enter every mean by their weights; U needs equal ones.
/// The value and the analytic gradient are exact and computed in float64 on the CPU, wherever the run is: O(n log n) for predictions in one column against one column; O(n m + n log n) against columns with m different rows; O(n^2) time
/// and O(n) memory otherwise, so for three classes and more. There are no second derivatives. Pairs of equal predictions, where there is no derivative, count 0 in the gradient; so does the root at 0.
/// Source: Lee, Antonio, Avanzi, Marchi and Zhou, Machine Learning with Multitype Protected Attributes: Intersectional Fairness through Regularisation, 2025, https://arxiv.org/abs/2509.08163; Székely, Rizzo and Bakirov, Measuring and Testing
/// Dependence by Correlation of Distances, 2007; Chakraborty and Zhang, Distance Metrics for Measuring Joint Dependence with Application to Causal Inference, 2019 (joint form); Huang and Huo, 2017 (slices). The gradient, and the scaling of columns, are ours.
/// Not for proof of independence: a small batch says little of weak dependence, and large weights shrink all predictions towards each other, which lowers the covariance too; <see cref="Correlation"/> does not reward that.
/// Seen (<c>./bench fairness</c>, five folds, for at most 2 % of log-loss or RMSE): of the Jensen-Shannon divergence between intersections above chance, in quantile bins, Correlation with the statistic U takes 19 % on compas and 15 % on communities-crime, Concatenated 5 and 7 %,
/// Sum 6 and 12 %, Joint 2 and 8 %; where two columns say nothing alone and something together, Joint takes 99 %, Concatenated 93 %, Sum 8 %.
/// </remarks>
[Method("dcov", Title = "Machine Learning with Multitype Protected Attributes: Intersectional Fairness through Regularisation", Authors = "Lee, Antonio, Avanzi, Marchi and Zhou", Year = 2025,
    Link = "https://arxiv.org/abs/2509.08163", Needs = Needs.Groups)]
public sealed record DistanceCovariance : Penalty
{
    /// <summary>How several columns enter; default <see cref="DependenceForm.Concatenated"/>.</summary>
    [Choice(DependenceForm.Concatenated, DependenceForm.Joint, DependenceForm.Sum)]
    public DependenceForm Form { get; init; }

    /// <summary>How the covariance is estimated; default <see cref="DistanceStatistic.V"/>.</summary>
    [Choice(DistanceStatistic.V, DistanceStatistic.U)]
    public DistanceStatistic Statistic { get; init; }

    /// <summary>Whether the root of the statistic is taken, 0 where it is negative; default false, the squared covariance. Its gradient stays large near independence.</summary>
    [Choice(false, true)]
    public bool Root { get; init; }

    /// <summary>Whether the covariance is divided by the root of both sides' variances: the distance correlation, at most 1; default false. 0 where a side is constant. Not for the joint form.</summary>
    public bool Correlation { get; init; }

    /// <summary>What the distances within each column are divided by, over the rows at hand; default <see cref="ProtectedScaling.Deviation"/>, ours. A column that is constant there counts 0.</summary>
    public ProtectedScaling Scaling { get; init; }

    /// <summary>Whether rows are compared with rows of the same class only, and the classes' statistics averaged by their weight: dependence given the label (equalised odds). Default false. Classification only; of soft targets the likeliest class counts.</summary>
    public bool Conditional { get; init; }

    /// <summary>The constant c of the joint form: the larger, the more pairs of factors count beside products of more. More than 0; default 1.</summary>
    [Range(0.1, 10.0, 1.0, true)]
    public double Offset { get; init; } = 1;

    /// <summary>In how many random directions an approximation looks instead, in O(n log n), where predictions or protected values have several columns: right on average over directions. At least 0, 0 for exact; default 0. Not for the joint form or the correlation.</summary>
    public int ApproximateSlices { get; init; }

    internal override bool ComparesWithinClasses => Conditional;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.Defined(Form);
        Check.Defined(Statistic);
        Check.Defined(Scaling);
        Check.MoreThan(Offset, 0);
        Check.AtLeast(ApproximateSlices, 0);
        if (Form == DependenceForm.Joint && Correlation)
            throw Check.Wrong(nameof(Correlation), "be false where Form is Joint", "true");
        if (ApproximateSlices > 0 && (Form == DependenceForm.Joint || Correlation))
            throw Check.Wrong(nameof(ApproximateSlices), "be 0 where Form is Joint or Correlation is true", $"{ApproximateSlices}");
    }

    /// <inheritdoc/>
    public override void Validate(LearningTask task)
    {
        if (Conditional && task == LearningTask.Regression)
            throw Check.Wrong(nameof(Conditional), "be false where the task is Regression", "true");
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A shape does not fit, there are several protected columns and <see cref="Form"/> is Single, or weights differ and <see cref="Statistic"/> is U.</exception>
    /// <exception cref="InvalidOperationException">The targets are real values and <see cref="Conditional"/> is true.</exception>
    public override Tensor Value(Tensor predictions, ProtectedColumns protectedColumns, Targets targets, Tensor? weights, StepContext step)
    {
        CheckRows(predictions, protectedColumns, targets);
        if (Form == DependenceForm.Single && protectedColumns.Columns.Count > 1)
            throw Check.Wrong(nameof(Form), "be Concatenated, Joint or Sum where there are several protected columns", "Single");

        using var scope = NewDisposeScope();
        var shares = Shares(predictions, weights);
        var columns = protectedColumns.Columns.Select(column => Scaled(column, shares)).ToArray();
        var all = new DistanceRows(GivenGradient.Numbers(predictions), (int)predictions.shape[1], columns, shares, Statistic);
        var (value, gradient) = (0.0, new double[all.Predictions.Length]);
        foreach (var stratum in Strata(targets, shares))
        {
            var own = stratum is null ? all : all.Take(stratum);
            if (own.TooFew)
                continue;
            var (share, (part, slope)) = (TensorPrimitives.Sum<double>(own.Weights), Of(own, step.Random));
            if (stratum is null)
            {
                (value, gradient) = (part, slope);
                break;
            }

            value += share * part;
            for (var i = 0; i < slope.Length; i++)
                gradient[stratum[i / all.Width] * all.Width + i % all.Width] = share * slope[i];
        }

        return GivenGradient.Join(value, predictions, gradient).MoveToOuterDisposeScope();
    }

    /// <summary>Each row's share of the weight.</summary>
    private double[] Shares(Tensor predictions, Tensor? weights)
    {
        if (weights is null)
        {
            var even = new double[predictions.shape[0]];
            Array.Fill(even, 1.0 / even.Length);
            return even;
        }

        var shares = GivenGradient.Numbers(WeightedMean.Shares(predictions.detach().to_type(float64), weights));
        if (Statistic == DistanceStatistic.U && shares.Where(share => share > 0).Distinct().Count() > 1)
            throw Check.Wrong("Weights", "be all alike, or 0, for the statistic U", $"{Check.Text(shares.Where(share => share > 0).Min() / shares.Max())} times the largest for one row");
        return shares;
    }

    /// <summary>The rows that are compared with each other, null for all; those without weight are in none.</summary>
    private IEnumerable<int[]?> Strata(Targets targets, double[] shares)
    {
        if (!Conditional && shares.AsSpan().IndexOfAnyExceptInRange(double.Epsilon, 1) < 0)
            return [null];
        var rows = Enumerable.Range(0, shares.Length).Where(row => shares[row] > 0);
        if (!Conditional)
            return [[.. rows]];
        var classes = GivenGradient.Numbers(targets.ClassNumbers());
        return rows.GroupBy(row => classes[row]).OrderBy(group => group.Key).Select(group => group.ToArray());
    }

    private ProtectedValues Scaled(ProtectedColumn column, double[] shares)
    {
        var values = ProtectedValues.Of(column);
        var scale = values.Scale(Scaling, shares);
        return values with { Factor = scale > 0 ? 1 / scale : 0 };
    }

    private (double Value, double[] Gradient) Of(DistanceRows rows, Generator random) => Form switch
    {
        DependenceForm.Joint => Rooted(rows.Joint(Offset)),
        DependenceForm.Concatenated => One(rows, random),
        _ => rows.Columns.Select(column => One(rows with { Columns = [column] }, random)).Aggregate((sum, next) =>
        {
            TensorPrimitives.Add(sum.Gradient, next.Gradient, sum.Gradient);
            return (sum.Value + next.Value, sum.Gradient);
        }),
    };

    private (double Value, double[] Gradient) One(DistanceRows rows, Generator random) =>
        Rooted(ApproximateSlices > 0 && (rows.Width > 1 || rows.Columns.Count > 1) ? rows.Slices(ApproximateSlices, random) : Correlation ? rows.Correlation() : rows.Covariance());

    private (double Value, double[] Gradient) Rooted((double Value, double[] Gradient) squared)
    {
        if (!Root)
            return squared;
        var root = Math.Sqrt(Math.Max(squared.Value, 0));
        TensorPrimitives.Multiply(squared.Gradient, root > 0 ? 0.5 / root : 0, squared.Gradient);
        return (double.IsNaN(squared.Value) ? double.NaN : root, squared.Gradient);
    }
}
