// How far a patient's predicted diabetes depends on sex and age, and what it costs to lower that. Run it in the folder that holds samples.
// The network does not read the two columns, and yet knows much of them from the others. Expect the correlation to fall and the error to rise as the weight does:
// which point of the path is right is no question of statistics.
using Microsoft.ML;
using Microsoft.ML.Data;
using Retort;

var ml = new MLContext(seed: 1);
var rows = ml.Data.LoadFromTextFile("samples/data/diabetes.csv",
    [new("Age", DataKind.Single, 0), new("Sex", DataKind.String, 1), new("Features", DataKind.Single, 2, 9), new("Label", DataKind.Single, 10)], separatorChar: ',', hasHeader: true);
var split = ml.Data.TrainTestSplit(rows, testFraction: 0.4);

var recipe = new Recipe { Penalty = new DistanceCovariance { Correlation = true, Statistic = DistanceStatistic.U }, BatchSize = 64 };
var path = ml.Regression.Trainers.NetworkPath(recipe, weights: [0, 1, 2, 4], protectedColumnNames: ["Sex", "Age"], bootstrap: 100).Fit(split.TrainSet);

foreach (var point in path.Points)
{
    var scored = point.Model.Transform(split.TestSet);
    var fairness = ml.EvaluateFairness(scored, ["Sex", "Age"], bootstrap: 100);
    Console.WriteLine($"weight {point.Weight}: RMSE {ml.Regression.Evaluate(scored).RootMeanSquaredError:F1}, "
        + string.Join(", ", fairness.Columns.Select(column => $"{column.Name}: distance correlation {column.Dependence.Correlation:F2} (chance: {column.Dependence.Floor:F2})")));
}
