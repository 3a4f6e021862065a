namespace Retort;

/// <summary>How much each of several teachers counts, learned from rows that none of them should have seen.</summary>
/// <remarks>
/// The weights w lie on the simplex: at least 0, sum 1. They minimise <c>mean -ln sum_k w_k p_k(label)</c>, the log-loss of the mixture, or in regression <c>mean (sum_k w_k f_k - y)^2</c>. Both are convex. The second is
/// a quadratic form of the teachers' errors; the first is solved by Newton steps, each a quadratic form that is minimised over the simplex with a step length that lessens the loss. A quadratic form is minimised by moving weight between the
/// two teachers that gain most, exactly, until no pair gains.
/// </remarks>
internal static class TeacherWeights
{
    private const double Floor = 1e-12; // a label that all teachers think impossible must not decide alone
    private const int MostSteps = 100, MostMoves = 100_000;

    /// <summary>The weights.</summary>
    /// <param name="scores">Each teacher's probabilities [rows, classes], in regression values [rows, 1].</param>
    /// <param name="labels">Classes, int64 [rows]; in regression values, float32 [rows]. Rows with -1 or NaN are not counted.</param>
    /// <param name="weights">How much each row counts, [rows]; null where all count alike.</param>
    /// <param name="task">What is predicted.</param>
    /// <exception cref="ArgumentException">There are no teachers, or no row with a label counts.</exception>
    public static double[] Of(IReadOnlyList<Tensor> scores, Tensor labels, Tensor? weights, LearningTask task)
    {
        Check.AtLeast(scores.Count, 1, "The number of teachers");
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var isRegression = task == LearningTask.Regression;
        var labelled = isRegression ? labels.isnan().logical_not() : labels.ge(0);
        var counts = labelled.to_type(float64);
        if (weights is not null)
            counts = counts * weights.to_type(float64);
        var total = counts.sum(float64).ToDouble();
        Check.MoreThan(total, 0, "The weight of the rows that teachers are weighed by");
        var share = Numbers(counts / total);
        double[][] teachers = [.. scores.Select(one => Numbers(isRegression
            ? where(labelled, one.view(-1) - labels, zeros_like(labels))
            : one.gather(1, labels.clamp_min(0).unsqueeze(1)).squeeze(1)))];
        return isRegression ? OfErrors(teachers, share) : OfProbabilities(teachers, share);
    }

    /// <summary>The weighted mean of several teachers' scores.</summary>
    public static Tensor Mean(IReadOnlyList<Tensor> scores, IReadOnlyList<double> weights)
    {
        var mean = scores[0] * weights[0];
        for (var teacher = 1; teacher < scores.Count; teacher++)
            mean = mean + scores[teacher] * weights[teacher];
        return mean;
    }

    /// <param name="errors">What each teacher is wrong by, [teachers][rows].</param>
    /// <param name="share">How much each row counts, sum 1.</param>
    private static double[] OfErrors(double[][] errors, double[] share)
    {
        var products = Products(errors, share);
        var scale = Enumerable.Range(0, errors.Length).Max(teacher => products[teacher, teacher]);
        var weights = Even(errors.Length);
        if (scale > 0)
            Minimise(products, new double[errors.Length], weights, 1e-15 * scale);
        return weights;
    }

    /// <param name="probabilities">What each teacher gives to the label, [teachers][rows].</param>
    /// <param name="share">How much each row counts, sum 1.</param>
    private static double[] OfProbabilities(double[][] probabilities, double[] share)
    {
        var (teachers, rows) = (probabilities.Length, share.Length);
        var weights = Even(teachers);
        double[][] ratios = [.. probabilities.Select(_ => new double[rows])];
        for (var step = 0; step < MostSteps; step++)
        {
            var loss = Loss(weights, ratios);

            // the gradient of the loss is -slopes; at the optimum none is above 1, and the loss is at most the largest minus 1 from it
            double[] slopes = [.. ratios.Select(ratio => TensorPrimitives.Dot<double>(ratio, share))];
            if (slopes.Max() - 1 < 1e-12)
                break;
            var curvature = Products(ratios, share);
            var target = (double[])weights.Clone();
            double[] linear = [.. Enumerable.Range(0, teachers).Select(k => -slopes[k] - Enumerable.Range(0, teachers).Sum(j => curvature[k, j] * weights[j]))];
            Minimise(curvature, linear, target, 1e-14);
            var length = 1.0;
            while (length > 1e-6 && Loss(Between(weights, target, length), null) >= loss)
                length /= 2;
            if (length <= 1e-6)
                break;
            weights = Between(weights, target, length);
        }

        return weights;

        double Loss(double[] at, double[][]? ratios)
        {
            var loss = 0.0;
            for (var row = 0; row < rows; row++)
            {
                var mixture = 0.0;
                for (var teacher = 0; teacher < teachers; teacher++)
                    mixture += at[teacher] * Math.Max(probabilities[teacher][row], Floor);
                loss -= share[row] * Math.Log(mixture);
                for (var teacher = 0; teacher < teachers && ratios is not null; teacher++)
                    ratios[teacher][row] = Math.Max(probabilities[teacher][row], Floor) / mixture;
            }

            return loss;
        }
    }

    /// <summary>Minimises <c>w' A w / 2 + b' w</c> over the simplex, from where the weights are.</summary>
    private static void Minimise(double[,] products, double[] linear, double[] weights, double tolerance)
    {
        var slopes = new double[weights.Length];
        for (var move = 0; move < MostMoves; move++)
        {
            for (var k = 0; k < weights.Length; k++)
            {
                slopes[k] = linear[k];
                for (var j = 0; j < weights.Length; j++)
                    slopes[k] += products[k, j] * weights[j];
            }

            var (to, from) = (Array.IndexOf(slopes, slopes.Min()), -1);
            for (var k = 0; k < weights.Length; k++)
                if (weights[k] > 0 && (from < 0 || slopes[k] > slopes[from]))
                    from = k;
            if (slopes[from] - slopes[to] <= tolerance)
                return;
            var curvature = products[from, from] + products[to, to] - 2 * products[from, to];
            var moved = curvature > 0 ? Math.Min(weights[from], (slopes[from] - slopes[to]) / curvature) : weights[from];
            weights[to] += moved;
            weights[from] = moved == weights[from] ? 0 : weights[from] - moved;
        }
    }

    private static double[,] Products(double[][] numbers, double[] share)
    {
        var products = new double[numbers.Length, numbers.Length];
        var weighted = new double[share.Length];
        for (var k = 0; k < numbers.Length; k++)
        {
            TensorPrimitives.Multiply<double>(numbers[k], share, weighted);
            for (var j = 0; j <= k; j++)
                products[k, j] = products[j, k] = TensorPrimitives.Dot<double>(weighted, numbers[j]);
        }

        return products;
    }

    private static double[] Even(int count) => [.. Enumerable.Repeat(1.0 / count, count)];

    private static double[] Between(double[] from, double[] to, double length) => [.. from.Zip(to, (a, b) => length == 1 ? b : a + length * (b - a))];

    private static double[] Numbers(Tensor tensor) => Memory.Of<double>(tensor.to_type(float64).cpu().contiguous()).ToArray();
}
