namespace Retort;

/// <summary>A sigmoid of the log-odds, by logistic regression towards targets a little off 0 and 1.</summary>
/// <remarks>
/// <c>p = sigmoid(a s + b)</c>, by the least <c>sum w CE(p, t)</c> with t = (P + 1) / (P + 2) for rows of the class and 1 / (N + 2) for others, P and N being the weights of the two: so separable rows have a result.
/// Several classes as <see cref="OneVsRest"/> says; so does scikit-learn's <c>CalibratedClassifierCV(method="sigmoid")</c>, which gives the same where its classifier's decision function is s.
/// Source: Platt, Probabilistic Outputs for Support Vector Machines, 1999; its search as Lin, Lin and Weng, A note on Platt's probabilistic outputs for support vector machines, 2007, https://doi.org/10.1007/s10994-007-5018-6
/// </remarks>
[Method("platt", Title = "Probabilistic Outputs for Support Vector Machines and Comparisons to Regularized Likelihood Methods", Authors = "Platt", Year = 1999,
    Link = "https://doi.org/10.1007/s10994-007-5018-6", Tasks = LearningTasks.Classification)]
public sealed record PlattScaling : OneVsRest
{
    private protected override OddsMap Learn(OddsColumn column)
    {
        var (hits, misses) = column.Weights();
        var targets = new double[column.Odds.Length];
        for (var row = 0; row < targets.Length; row++)
            targets[row] = column.IsHit(row) ? (hits + 1) / (hits + 2) : 1 / (misses + 2);
        var logOdds = new double[targets.Length];
        TensorPrimitives.Log<double>(column.Odds, logOdds);
        var found = LogisticFit.Fit([logOdds], targets, column.Rows, [0, Math.Log((hits + 1) / (misses + 1))], 0);
        return new SigmoidMap(found[0], found[1]);
    }

    private protected override OddsMap Read(double[] numbers) =>
        numbers.Length == 2 ? new SigmoidMap(numbers[0], numbers[1]) : throw Check.Wrong("The number of a saved calibrator's numbers", "be 2", $"{numbers.Length}");
}
