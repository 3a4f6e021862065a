namespace Retort.Tests;

/// <summary>Penalties whose weight is found.</summary>
[TestClass]
public sealed class PenaltyTargetTests
{
    private static readonly Recipe s_recipe = Some.Quick with { Epochs = 40, Patience = 40, BatchSize = 100, HoldOut = 0.3 };

    public static IEnumerable<object[]> Cases =>
        from measure in Enum.GetValues<TargetMeasure>()
        from task in Enum.GetValues<LearningTask>()
        from target in Methods.OfKind(typeof(PenaltyTarget))
        select new object[] { (PenaltyTarget)target.Create() with { Measure = measure }, task };

    [TestMethod, DynamicData(nameof(Cases))]
    public void A_target_is_met_and_the_best_epoch_of_those_that_meet_it_is_kept(PenaltyTarget target, LearningTask task)
    {
        using var scope = NewDisposeScope();
        var data = EveryPenaltyRunsTests.Data(task, 600);
        var free = Run(1e6);
        Assert.IsTrue(free.Target!.Met);
        var value = free.Epochs.Max(report => report.Dependence!.Value) / 3;
        var result = Run(value);
        Assert.IsTrue(result.Target!.Met, $"{result.Target}");
        Assert.IsTrue(result.Target.Measured <= value);
        Assert.AreEqual(result.BestEpoch, result.Target.Epoch);

        if (target is not DualUpdate) // whose reports are those of one run
            return;
        var kept = result.Epochs[result.BestEpoch - 1];
        Assert.AreEqual(result.Target, new PenaltyOutcome(true, kept.Dependence!.Value, kept.PenaltyWeight!.Value, kept.Epoch));
        Assert.AreEqual(result.Epochs.Where(report => report.Dependence <= value).Min(report => report.ValidationLoss), kept.ValidationLoss);

        TrainingResult Run(double asked) => Some.Train(s_recipe with { Penalty = new DistanceCovariance { Target = target with { Value = asked, CellRows = 20 } } }, task, data);
    }

    [TestMethod]
    public void Where_none_meets_it_the_nearest_is_kept()
    {
        using var scope = NewDisposeScope();
        var penalty = new DistanceCovariance { Target = new DualUpdate { Measure = TargetMeasure.Gap, Value = 1e-9, LargestWeight = 1.5, CellRows = 20 } };
        var result = Some.Train(s_recipe with { Penalty = penalty }, LearningTask.Binary, EveryPenaltyRunsTests.Data(LearningTask.Binary, 300));
        Assert.IsFalse(result.Target!.Met);
        Assert.AreEqual(result.Epochs.Min(report => report.Dependence), result.Target.Measured);
        Assert.AreEqual(1.5, result.Epochs[^1].PenaltyWeight); // as far as it may rise
        Assert.AreEqual(1, result.Epochs[0].PenaltyWeight);
    }

    [TestMethod]
    public void The_weight_moves_by_the_clipped_relative_distance_within_its_bounds()
    {
        var dual = new DualUpdate { Value = 0.1, StepSize = 0.3, SmallestWeight = 0.5, LargestWeight = 4 };
        Assert.AreEqual(2, dual.Next(2, 0.095), 1e-12);
        Assert.AreEqual(2 * Math.Exp(0.3 * 0.05), dual.Next(2, 0.1), 1e-12);
        Assert.AreEqual(2 * Math.Exp(0.3 * 0.55), dual.Next(2, 0.15), 1e-12);
        Assert.AreEqual(2 * Math.Exp(0.3), dual.Next(2, 7), 1e-12);
        Assert.AreEqual(2 * Math.Exp(-0.3), dual.Next(2, -3), 1e-12);
        Assert.AreEqual(4, dual.Next(3.9, 7));
        Assert.AreEqual(0.5, dual.Next(0.51, 0));
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public void A_run_that_is_ended_goes_on_in_the_same_bits(PenaltyTarget target, LearningTask task)
    {
        var recipe = Some.Quick with { Epochs = 4, BatchSize = 16, HoldOut = 0.25, Penalty = new DistanceCovariance { Target = target with { Value = 0.02, CellRows = 5 } } };
        EveryPenaltyRunsTests.GoesOn(recipe, task);
        EveryPenaltyRunsTests.GoesOn(recipe with { Penalty = recipe.Penalty with { WholeSetEvery = 2 } }, task);
    }

    [TestMethod]
    public void Measures_of_cells_by_hand()
    {
        // cells of 200 rows each, and one of 2 with another that are one cell together; scores 0.2 and 0.7 to 0.8, all others 0.5
        using var scope = NewDisposeScope();
        var groups = Enumerable.Range(0, 404).Select(row => row < 200 ? 0L : row < 400 ? 1 : row < 402 ? 2 : 3).ToArray();
        var columns = ProtectedColumns.Of(ProtectedColumn.OfCategories("group", tensor(groups), 4));
        var predictions = tensor(groups.Select((group, row) => group == 0 ? 0.2 : group == 1 ? 0.7 + row % 200 / 2000.0 : group == 2 ? 0.9 : 0.3).ToArray()).unsqueeze(1);
        var meter = new DependenceMeter(50);
        Assert.AreEqual(0.7 + 0.1 * 199 / 400 - 0.2, meter.Gap(predictions, columns, null), 1e-9); // the small ones have the mean 0.6
        var divided = meter.JensenShannon(predictions, columns, null);
        Assert.AreEqual(Math.Log(2), divided, 0.05); // two cells without a common bin: ln 2, and a floor of about 9 / 404
        Assert.AreEqual(divided, meter.JensenShannon(predictions.exp(), columns, null), 1e-12); // quantiles see only the order

        var even = ProtectedColumns.Of(ProtectedColumn.OfCategories("group", tensor([.. Enumerable.Range(0, 4000).Select(row => row % 2L)]), 2));
        Assert.AreEqual(0, meter.JensenShannon(Some.Normal(1, float64, 4000, 1), even, null), 2e-3);
        var weights = arange(4000, dtype: float64) % 2; // one cell alone has weight
        Assert.AreEqual(0, meter.Gap(Some.Normal(1, float64, 4000, 1), even, weights));
        Assert.AreEqual(0, meter.JensenShannon(Some.Normal(1, float64, 4000, 1), even, weights), 1e-12);
    }

    [TestMethod]
    public void The_divergence_is_that_of_the_metrics()
    {
        using var scope = NewDisposeScope();
        var random = new Generator(3);
        var groups = Enumerable.Range(0, 900).Select(row => random.Below(20) is var draw && draw < 9 ? 0L : draw < 15 ? 1 : draw < 19 ? 2 : 3).ToArray();
        var scores = groups.Select(group => Math.Round(1 / (1 + Math.Exp(-random.Normal() - 0.5 * group)), 2)).ToArray();
        var (columns, weights) = (ProtectedColumns.Of(ProtectedColumn.OfCategories("group", tensor(groups), 4)), groups.Select((_, row) => 1.0 + row % 3).ToArray());
        foreach (var own in new[] { null, weights })
        {
            var reported = FairnessMetrics.Of(FairnessRows.Binary(scores, new int[900].Select((_, row) => row % 2).ToArray(), weights: own), columns, new() { Bootstrap = 0 }).Columns[0].Divergence;
            var measured = new DependenceMeter(50).JensenShannon(tensor(scores).unsqueeze(1), columns, own is null ? null : tensor(own));
            Assert.IsTrue(reported is { Value.Value: > 0.02, Cells: 4, PooledGroups: 1 }, $"{reported}");
            Assert.AreEqual(reported.AboveFloor.Value, measured, 3e-3); // whose floors are means over other draws
        }
    }

    [TestMethod]
    public void What_cannot_be_searched_is_refused()
    {
        using var scope = NewDisposeScope();
        Refused("Weight must be more than 0, but is 0.", new DistanceCovariance { Weight = 0, Target = new DualUpdate() }.Validate);
        Refused("Value must be more than 0, but is 0.", new DistanceCovariance { Target = new DualUpdate { Value = 0 } }.Validate);
        Refused("LargestWeight must be at least 2, but is 1.", new DualUpdate { SmallestWeight = 2, LargestWeight = 1 }.Validate);
        Refused("The target 'dual-update' must have held-out rows with protected columns, but has none; set HoldOut or give validation data.",
            () => Some.Train(s_recipe with { HoldOut = 0, Penalty = new DistanceCovariance { Target = new DualUpdate() } }, LearningTask.Binary, EveryPenaltyRunsTests.Data(LearningTask.Binary, 60)));
        Refused("The held-out rows must be of two cells of the protected columns at least for the target 'dual-update', where those under CellRows = 50 rows are one together, but is of one.",
            () => Some.Train(s_recipe with { Penalty = new DistanceCovariance { Target = new DualUpdate() } }, LearningTask.Binary, EveryPenaltyRunsTests.Data(LearningTask.Binary, 60)));

        static void Refused(string message, Action action) => Assert.AreEqual(message, Assert.ThrowsExactly<ArgumentException>(action).Message);
    }

    [TestMethod]
    public void A_recipe_with_a_target_is_json()
    {
        var recipe = new Recipe { Penalty = new WorstGroup { Target = new DualUpdate { Measure = TargetMeasure.Gap, Value = 0.1 } } };
        Assert.AreEqual(recipe, Recipe.FromJson(recipe.ToJson()));
        StringAssert.Contains(recipe.ToJson(), "\"dual-update\"");
    }
}
