using Microsoft.ML;

namespace Retort.Tests;

/// <summary>Soups, as users call them.</summary>
[TestClass]
public sealed class SoupTests
{
    private static readonly MLContext Ml = new(seed: 1);

    private static readonly Recipe Quick = Toy.Quick with { Epochs = 6, HoldOut = 0.3, Network = new Mlp { Layers = 1, Width = 16 }, Schedule = new ConstantRate() };

    private static Recipe[] Recipes(int count, Recipe? like = null) =>
        [.. Enumerable.Range(0, count).Select(k => (like ?? Quick) with { Seed = k, Optimizer = new AdamW { LearningRate = 0.002 * (1 + k % 3) } })];

    /// <summary>Rows whose classes overlap, so that ingredients differ.</summary>
    private static List<Toy.Row> Rows(int count)
    {
        var random = new Random(11);
        var rows = Toy.Rows(count);
        foreach (var row in rows)
        {
            for (var j = 0; j < row.Features.Length; j++)
                row.Features[j] += 2 * (float)random.NextDouble();
            row.Value = 3 * row.Features[0] - row.Features[1] * row.Features[2] + 100;
        }

        return rows;
    }

    public static IEnumerable<object[]> Soups => Methods.OfKind(typeof(Soup)).Select(method => new object[] { method.Create() });

    [TestMethod, DynamicData(nameof(Soups))]
    public void A_soup_is_one_network_for_every_task(Soup soup)
    {
        var data = Toy.Keyed(Ml, Rows(200));
        var multiclass = Ml.MulticlassClassification.Trainers.Soup(Recipes(4), soup).Fit(data);
        Assert.AreEqual(4, multiclass.Model.Soup!.IngredientLosses.Count);
        Assert.AreEqual(soup, multiclass.Model.Recipe.Ancestry!.Method);
        Assert.AreEqual(multiclass.Fitted.Origin, multiclass.Model.Recipe.Ancestry.Start);
        CollectionAssert.AreEqual(multiclass.Model.Soup.Kept.ToArray(), multiclass.Model.Recipe.Ancestry.Parents.Select(parent => parent.Kept).ToArray());
        Assert.IsTrue(multiclass.Model.Soup.Loss < multiclass.Model.Soup.IngredientLosses.Max() + 0.1);

        var binary = Ml.BinaryClassification.Trainers.Soup(Recipes(3), soup, labelColumnName: nameof(Toy.Row.Flag)).Fit(data);
        Assert.IsTrue(binary.Model.Soup!.Loss < 0.69, $"{binary.Model.Soup.Loss}");
        var regression = Ml.Regression.Trainers.Soup(Recipes(3, Quick with { Epochs = 30 }), soup, labelColumnName: nameof(Toy.Row.Value)).Fit(data);
        Assert.IsTrue(regression.Model.Soup!.Loss < regression.Model.Soup.IngredientLosses.Max() + 0.5, $"{regression.Model.Soup}");
    }

    [TestMethod]
    public void A_greedy_soup_is_never_worse_than_its_best_ingredient_on_the_rows_held_out()
    {
        var data = Toy.Keyed(Ml, Rows(150));
        for (var seed = 0; seed < 5; seed++)
        {
            var outcome = Ml.MulticlassClassification.Trainers.Soup(Recipes(5, Quick with { Seed = 10 * seed, Optimizer = new AdamW { LearningRate = 0.02 } })).Fit(data).Model.Soup!;
            Assert.IsTrue(outcome.Loss <= outcome.IngredientLosses.Min() + 1e-6, $"{outcome}");
            Assert.IsTrue(outcome.Kept[outcome.IngredientLosses.Select((loss, k) => (loss, k)).MinBy(pair => pair.loss).k]);
        }
    }

    [TestMethod]
    public void The_same_seed_gives_the_same_soup_and_a_given_start_is_kept()
    {
        var data = Toy.Keyed(Ml, Rows(150));
        var start = Ml.MulticlassClassification.Trainers.Network(Quick).Fit(data);
        var (one, two) = (Ml.MulticlassClassification.Trainers.Soup(Recipes(4), start: start).Fit(data), Ml.MulticlassClassification.Trainers.Soup(Recipes(4), start: start).Fit(data));
        CollectionAssert.AreEqual(one.Fitted.Parameters, two.Fitted.Parameters);
        Assert.AreEqual(start.Fitted.Fingerprint, one.Fitted.Origin);
    }

    [TestMethod]
    public void A_calibrated_soup_is_calibrated_as_a_whole()
    {
        var data = Toy.Keyed(Ml, Rows(300));
        var soup = Ml.MulticlassClassification.Trainers.Soup(Recipes(3, Quick with { Calibration = new TemperatureScaling() })).Fit(data);
        Assert.IsNotNull(soup.Fitted.Calibrator);
    }

    [TestMethod]
    public void Bounds_on_calibration_and_gaps_are_kept_where_an_ingredient_keeps_them()
    {
        var data = Toy.Keyed(Ml, Rows(300));
        var free = Ml.BinaryClassification.Trainers.Soup(Recipes(4), labelColumnName: nameof(Toy.Row.Flag), protectedColumnNames: [nameof(Toy.Row.Color)]).Fit(data);
        var bound = Ml.BinaryClassification.Trainers.Soup(Recipes(4), new GreedySoup { MostGap = 0.01, MostCalibrationError = 0.05 }, labelColumnName: nameof(Toy.Row.Flag), protectedColumnNames: [nameof(Toy.Row.Color)]).Fit(data);
        Assert.IsTrue(free.Model.Soup!.Loss <= bound.Model.Soup!.Loss + 1e-9);
    }

    [TestMethod]
    public void Ingredients_report_their_epochs()
    {
        var reports = new List<SoupReport>();
        Ml.MulticlassClassification.Trainers.Soup(Recipes(3), progress: new Listener(reports)).Fit(Toy.Keyed(Ml, Rows(90)));
        CollectionAssert.AreEquivalent(new[] { 1, 2, 3 }, reports.Select(report => report.Ingredient).Distinct().ToArray());
        Assert.AreEqual(18, reports.Count);
    }

    [TestMethod]
    public void What_makes_no_soup_is_refused_in_one_sentence()
    {
        var trainers = Ml.MulticlassClassification.Trainers;
        Toy.Throws<ArgumentException>("The number of recipes of a soup must be at least 2, but is 1.", () => trainers.Soup([Quick]));
        Toy.Throws<ArgumentException>("The number of recipes of a soup must be at least 2, but is 0.", () => trainers.Soup([]));
        Toy.Throws<ArgumentException>("The recipes of a soup must differ, but recipes 1 and 3 are the same; give them other seeds at least.", () => trainers.Soup([Quick, Quick with { Seed = 1 }, Quick with { }]));
        Toy.Throws<ArgumentException>("HoldOut of recipe 2 must be that of the first recipe, 0.3, since all are judged on the same rows, but is 0.2.", () => trainers.Soup([Quick, Quick with { HoldOut = 0.2 }]));
        Toy.Throws<ArgumentException>("startEpochs must be at least 1, but is 0.", () => trainers.Soup(Recipes(2), startEpochs: 0));
        Toy.Throws<ArgumentException>("A soup with MostGap below 1 must have protected columns, but none are named.", () => trainers.Soup(Recipes(2), new GreedySoup { MostGap = 0.1 }));
        Toy.Throws<ArgumentException>("MostCalibrationError and MostGap must be 1 in regression, but are 0.5 and 1.", () => Ml.Regression.Trainers.Soup(Recipes(2), new GreedySoup { MostCalibrationError = 0.5 }));
        StringAssert.StartsWith(Assert.ThrowsExactly<ArgumentException>(() => trainers.Soup([Quick, Quick with { Network = new Mlp() }])).Message, "The network of recipe 2 must be that of the first recipe but for its Dropout, Mlp {");
        Toy.Throws<ArgumentException>("Networks that are compared must have rows to be judged by, but none are held out; set HoldOut above 0, or give validation rows.",
            () => trainers.Soup(Recipes(2, Quick with { HoldOut = 0 })).Fit(Toy.Keyed(Ml, Rows(60))));
        Toy.Throws<OperationCanceledException>("The operation was canceled.", () => trainers.Soup(Recipes(2), stop: new CancellationToken(true)).Fit(Toy.Keyed(Ml, Rows(60))));
    }

    private sealed class Listener(List<SoupReport> reports) : IProgress<SoupReport>
    {
        public void Report(SoupReport value)
        {
            lock (reports)
                reports.Add(value);
        }
    }
}
