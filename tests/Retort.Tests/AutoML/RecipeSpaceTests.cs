using Microsoft.ML.SearchSpace;

namespace Retort.Tests;

/// <summary>Recipes as points of a search space, and back: for every part, and for the spaces that users begin with.</summary>
[TestClass]
public sealed class RecipeSpaceTests
{
    public static IEnumerable<object[]> Parts => Methods.All.Select(method => method.Create()).Where(part => Space(part) is not null).Select(part => new object[] { part });

    public static IEnumerable<object[]> Trained =>
        from own in Parts
        from task in Enum.GetValues<LearningTask>()
        where Methods.Of((Part)own[0]).Serves(task)
        select new object[] { own[0], task };

    public static IEnumerable<object[]> Spaces =>
        from space in new (string Name, RecipeSpace Space)[] { ("default", RecipeSpace.Default), ("fast", RecipeSpace.Fast), ("calibrated", RecipeSpace.Calibrated), ("penalised", RecipeSpace.Penalised) }
        from task in Enum.GetValues<LearningTask>()
        select new object[] { space.Name, space.Space, task };

    /// <summary>A space of this part alone; null where it is no part of a recipe.</summary>
    internal static RecipeSpace? Space(Part part) => part switch
    {
        Network network => new() { Networks = [network] },
        Loss loss => new() { Losses = [loss] },
        Distillation distillation => new() { Distillations = [distillation] },
        Penalty penalty => new() { Penalties = [penalty] },
        Mixing mixing => new() { Mixings = [mixing] },
        Optimizer optimizer => new() { Optimizers = [optimizer] },
        Schedule schedule => new() { Schedules = [schedule] },
        Averaging averaging => new() { Averagings = [averaging] },
        Calibration calibration => new() { Calibrations = [calibration] },
        RandomSubset subset => new() { Subsets = [subset] },
        _ => null,
    };

    /// <summary>The start, both ends of all settings, and some points between.</summary>
    private static IEnumerable<double[]> Points(SearchSpace space)
    {
        var random = new Generator(1);
        var count = space.FeatureSpaceDim;
        yield return space.Default;
        yield return new double[count];
        yield return [.. Enumerable.Repeat(1.0, count)];
        for (var i = 0; i < 5; i++)
            yield return [.. Enumerable.Range(0, count).Select(_ => random.Uniform())];
    }

    [TestMethod, DynamicData(nameof(Parts))]
    public void Every_part_goes_to_json_and_back(Part part)
    {
        var space = Space(part)!;
        Assert.AreEqual(space, RecipeSpace.FromJson(space.ToJson()));
    }

    [TestMethod]
    public void A_space_goes_to_json_and_back_whole()
    {
        var space = RecipeSpace.Calibrated with
        {
            Base = new() { Epochs = 7, Seed = 3, Loss = new FocalLoss { Gamma = 1.5 } },
            Penalties = [null, new DistanceCovariance { Weight = 3 }],
            Settings = ["BatchSize", "Epochs"],
            Held = ["mlp.Activation"],
            Ranges = [new("Epochs", 20, 60), new("adamw.LearningRate", 1e-4, 1e-3)],
        };
        Assert.AreEqual(space, RecipeSpace.FromJson(space.ToJson()));
        Assert.AreEqual(new RecipeSpace(), RecipeSpace.FromJson("{}"));
        foreach (var (json, message) in new[]
        {
            ("[]", "A space of recipes must be a JSON object, but is something else."),
            ("{", "A space of recipes must be JSON, but line 1, byte 2 is not."),
            ("""{"Losses": {}}""", "Losses of a space must be a list, but is {}."),
            ("""{"Held": [1]}""", "A name in Held must be a text, but is 1."),
            ("""{"Networks": [null]}""", "Networks must name a part in each place, but is null in one."),
            ("""{"Base": {"Epoch": 3}}""", "Recipe has no setting 'Epoch'; it has 'Network', "),
            ("""{"Ranges": []}""", "Ranges of a space must be a JSON object with a list of two numbers for each setting, but is []."),
            ("""{"Ranges": {"Epochs": 3}}""", "The range of 'Epochs' must be a list of two numbers, but is 3."),
        })
            StringAssert.StartsWith(Assert.ThrowsExactly<ArgumentException>(() => RecipeSpace.FromJson(json)).Message, message);
    }

    [TestMethod]
    public void A_range_is_searched_instead_of_the_declared_one()
    {
        var recipes = new RecipeSpace { Networks = [new Mlp { Width = 100 }], Optimizers = [new AdamW()], Settings = ["Epochs"], Ranges = [new("adamw.LearningRate", 0.1, 0.2), new("mlp.Width", 3, 5), new("Epochs", 2, 4)] };
        var space = recipes.ToSearchSpace();
        foreach (var point in Points(space))
        {
            var recipe = recipes.Read(space.SampleFromFeatureSpace(point));
            Assert.IsTrue(recipe.Optimizer.LearningRate is >= 0.1 and <= 0.2 && ((Mlp)recipe.Network).Width is >= 3 and <= 5 && recipe.Epochs is >= 2 and <= 4, recipe.ToString());
        }

        Refused(new("mlp.Widht", 3, 5), "A name in Ranges must be that of a number that is searched, as 'adamw.LearningRate', or one of Settings, but is 'mlp.Widht'.");
        Refused(new("mlp.Activation", 0, 1), "A name in Ranges must be that of a number that is searched, as 'adamw.LearningRate', or one of Settings, but is 'mlp.Activation'.");
        Refused(new("Patience", 3, 5), "A name in Ranges must be that of a number that is searched, as 'adamw.LearningRate', or one of Settings, but is 'Patience'.");
        Refused(new("adamw.LearningRate", 0, 1), "The range of 'adamw.LearningRate' must rise from a number above 0, but is [0, 1].");
        Refused(new("mlp.Width", 5, 3), "The range of 'mlp.Width' must rise from a number above 0, but is [5, 3].");
        Refused(new("mlp.Width", 3, 5.5), "The range of 'mlp.Width' must have whole numbers as its ends, but is [3, 5.5].");
        Refused(new("mlp.Dropout", -0.5, 0.5), "Dropout must lie in [0, 1), but is -0.5.");

        void Refused(SettingRange range, string message) => Assert.AreEqual(message, Assert.ThrowsExactly<ArgumentException>(() => (recipes with { Ranges = [range] }).ToSearchSpace()).Message);
    }

    [TestMethod, DynamicData(nameof(Parts))]
    public void Every_part_is_sampled_and_goes_round(Part part)
    {
        var recipes = Space(part)!;
        var space = recipes.ToSearchSpace();
        Assert.AreEqual(new Recipe() with { }, recipes.Read(space.SampleFromFeatureSpace(space.Default)) with { Network = new Mlp(), Loss = null, Distillation = null, Penalty = null, Mixing = null, Optimizer = new AdamW(), Schedule = new LinearDecay(), Averaging = null, Calibration = null, Subset = null });
        foreach (var point in Points(space))
        {
            var recipe = recipes.Read(space.SampleFromFeatureSpace(point));
            recipe.Validate();
            Assert.AreEqual(recipe, Recipe.FromJson(recipe.ToJson()));
            Assert.AreEqual(recipe, recipes.Read(recipes.Write(recipe)));
            var features = space.MappingToFeatureSpace(recipes.Write(recipe));
            var again = space.MappingToFeatureSpace(recipes.Write(recipes.Read(space.SampleFromFeatureSpace(features))));
            for (var i = 0; i < features.Length; i++)
                Assert.AreEqual(features[i], again[i], 1e-6);
        }
    }

    [TestMethod, DynamicData(nameof(Trained))]
    public void Every_part_trains_at_the_ends_of_its_settings(Part part, LearningTask task)
    {
        using var scope = NewDisposeScope();
        // what 'dhkd' refuses, labels that do not count, is a row with a reason in a search
        part = part is CutMix image ? image with { Height = 1, Width = task == LearningTask.Multiclass ? 4 : 2 } : part;
        var recipes = Space(part)! with { Base = Some.Quick with { Epochs = 1, BatchSize = 32, HoldOut = 0.5 }, Held = part is DualHeadTargets ? ["dhkd.Mode", "dhkd.Weight"] : [] };
        var space = recipes.ToSearchSpace();
        foreach (var end in new[] { 0.0, 1 })
        {
            var recipe = recipes.Read(space.SampleFromFeatureSpace([.. Enumerable.Repeat(end, space.FeatureSpaceDim)]));
            try
            {
                recipe.Validate(task);
            }
            catch (ArgumentException)
            {
                continue; // what For leaves out of a search
            }

            var data = part is Distillation distillation ? Lesson.Of(distillation, task, 64) : EveryPenaltyRunsTests.Data(task, 64);
            if (part is Loss)
                data = new() { Features = data.Features, Categories = data.Categories, Cardinalities = data.Cardinalities, Labels = data.Labels, Classes = data.Classes, Groups = arange(64, dtype: int64) % 8 };
            var network = TrainingLoop.Run(recipe, task, data, null, 1, null, () => { }).Network;
            Assert.IsTrue(network.Parameters.All(float.IsFinite));
        }
    }

    [TestMethod, DynamicData(nameof(Spaces))]
    public void The_spaces_that_users_begin_with_go_round_and_begin_with_their_first_parts(string name, RecipeSpace recipes, LearningTask task)
    {
        var own = recipes.For(task);
        var space = own.ToSearchSpace();
        var first = own.Read(space.SampleFromFeatureSpace(space.Default));
        first.Validate(task);
        Assert.AreEqual(own.Networks[0], first.Network, name);
        Assert.AreEqual(own.Optimizers[0], first.Optimizer);
        Assert.IsNull(first.Mixing);
        foreach (var point in Points(space))
        {
            var recipe = own.Read(space.SampleFromFeatureSpace(point));
            recipe.Validate(task);
            Assert.AreEqual(recipe, own.Read(own.Write(recipe)));
        }

        Assert.AreEqual(task == LearningTask.Regression || own.Calibrations.Count == 0 ? 0 : 3, own.Calibrations.Count);
    }

    [TestMethod]
    public void Only_what_the_chosen_alternative_says_becomes_part_of_the_recipe()
    {
        var recipes = new RecipeSpace { Losses = [null, new FocalLoss(), new FocalLoss { Gamma = 5 }, new DiceLoss()], Settings = ["BatchSize"] };
        static Parameter Nested(params (string Name, Parameter Value)[] values) => Parameter.CreateNestedParameter([.. values.Select(pair => KeyValuePair.Create(pair.Name, pair.Value))]);
        Recipe Read(string type) => recipes.Read(Nested(
            ("BatchSize", Parameter.FromInt(17)),
            ("Loss", Nested(("$type", Parameter.FromString(type)), ("focal", Nested(("Gamma", Parameter.FromDouble(1.5)))), ("dice", Nested(("Alpha", Parameter.FromDouble(0.3))))))));
        Assert.AreEqual(new Recipe { BatchSize = 17 }, Read("none"));
        Assert.AreEqual(new Recipe { BatchSize = 17, Loss = new FocalLoss { Gamma = 1.5 } }, Read("focal"));
        Assert.AreEqual(new Recipe { BatchSize = 17, Loss = new FocalLoss { Gamma = 5 } }, Read("focal-2"));
        Assert.AreEqual(new Recipe { BatchSize = 17, Loss = new DiceLoss { Alpha = 0.3 } }, Read("dice"));
        Assert.AreEqual("$type of Loss must be one of none, focal, focal-2, dice, but is 'brier'.", Assert.ThrowsExactly<ArgumentException>(() => Read("brier")).Message);
    }

    [TestMethod]
    public void Held_settings_keep_their_value()
    {
        var recipes = new RecipeSpace { Networks = [new Mlp { Width = 20 }], Held = ["mlp.Width", "mlp.Activation"] };
        var space = recipes.ToSearchSpace();
        foreach (var point in Points(space))
            Assert.AreEqual((20, Activation.Relu), recipes.Read(space.SampleFromFeatureSpace(point)).Network is Mlp network ? (network.Width, network.Activation) : default);
        Assert.IsTrue(Points(space).Select(point => ((Mlp)recipes.Read(space.SampleFromFeatureSpace(point)).Network).Layers).Distinct().Count() > 2);
    }

    [TestMethod]
    public void What_is_not_right_is_refused()
    {
        Refused(new() { Settings = ["Width"] }, "A name in Settings must be one of BatchSize, ClipNorm, Epochs, Patience, but is 'Width'.");
        Refused(new() { Networks = [new Mlp()], Held = ["mlp.Depth"] }, "A name in Held must be the id of a method in this space, a dot, and a setting of it that is searched, but is 'mlp.Depth'.");
        Refused(new() { Networks = [null!] }, "Networks must name a part in each place, but is null in one.");
        Refused(new() { Losses = [new FocalLoss { Gamma = -1 }] }, "Gamma must be at least 0, but is -1.");

        static void Refused(RecipeSpace recipes, string message) => Assert.AreEqual(message, Assert.ThrowsExactly<ArgumentException>(recipes.Validate).Message);
    }
}
