namespace Retort.Tests;

[TestClass]
public sealed class RecipeTests
{
    private static readonly Recipe Full = new()
    {
        Network = new Mlp { Width = 32, Activation = Activation.Silu },
        Loss = new CrossEntropyLoss { LabelSmoothing = 0.05 },
        Distillation = new SoftTargets { Temperature = 3.5, Mode = DistillationMode.Add },
        Schedule = new RefinedDecay { WarmUp = 0.1, Weights = [0.5, 0.25] },
        Averaging = new StochasticAverage { From = 0.6 },
        ClipNorm = 1.5,
        Epochs = 7,
        Seed = -3,
    };

    private static string Refusal(string json) => Assert.ThrowsExactly<ArgumentException>(() => Recipe.FromJson(json)).Message;

    [TestMethod]
    public void Recipes_compare_by_value()
    {
        Assert.AreEqual(Full, Full with { });
        Assert.AreNotEqual(Full, Full with { Distillation = new SoftTargets { Temperature = 3.6, Mode = DistillationMode.Add } });
    }

    [TestMethod]
    public void A_recipe_prints_itself_alike_in_every_culture() => Assert.AreEqual(
        "Recipe { Network = Mlp { ScalesFeatures = True, Numbers = null, OneHotUpTo = 9, EmbeddingWidth = 8, Domains = null, Factors = null, Layers = 2, Width = 128, Activation = Relu, Dropout = 0 }, Loss = null, Distillation = null, "
        + "Penalty = null, Mixing = null, Optimizer = AdamW { LearningRate = 0.002, Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1E-08, WeightDecay = 0.1 }, Schedule = LinearDecay { WarmUp = 0, Final = 0 }, "
        + "Averaging = null, Calibration = null, ClipNorm = 0, Epochs = 100, BatchSize = 32, Patience = 25, HoldOut = 0.15, Device = Context, Seed = 0, Ancestry = null }",
        new Recipe().ToString());

    [TestMethod]
    public void Json_gives_the_same_recipe_back() => Assert.AreEqual(Full, Recipe.FromJson(Full.ToJson()));

    [TestMethod]
    public void What_json_leaves_out_keeps_its_default() =>
        Assert.AreEqual(new Recipe { Network = new Mlp { Layers = 4 } }, Recipe.FromJson("""{ "Network": { "Layers": 4, "$type": "mlp" } }"""));

    private static string Losses => string.Join(", ", Methods.OfKind(typeof(Loss)).Select(method => $"'{method.Id}'"));

    [TestMethod]
    public void An_unknown_method_is_refused() => Assert.AreEqual(
        $"Recipe.Loss must name its method in $type, one of {Losses}, but is 'focla'.",
        Refusal("""{ "Loss": { "$type": "focla" } }"""));

    [TestMethod]
    public void A_method_of_another_kind_is_refused() => Assert.AreEqual(
        $"Recipe.Loss must name its method in $type, one of {Losses}, but is 'kd'.",
        Refusal("""{ "Loss": { "$type": "kd" } }"""));

    [TestMethod]
    public void A_part_without_a_method_is_refused() => Assert.AreEqual(
        $"Recipe.Network must name its method in $type, one of {string.Join(", ", Methods.All.Where(method => method.Kind == "Network").Select(method => $"'{method.Id}'"))}, but is without it.",
        Refusal("""{ "Network": { "Layers": 4 } }"""));

    [TestMethod]
    public void An_unknown_setting_is_refused() => Assert.AreEqual(
        "Mlp has no setting 'Depth'; it has 'ScalesFeatures', 'Numbers', 'OneHotUpTo', 'EmbeddingWidth', 'Domains', 'Factors', 'Layers', 'Width', 'Activation', 'Dropout'.",
        Refusal("""{ "Network": { "$type": "mlp", "Depth": 4 } }"""));

    [TestMethod]
    public void A_setting_of_another_type_is_refused()
    {
        Assert.AreEqual("Recipe.Epochs must be a whole number, but is 1.5.", Refusal("""{ "Epochs": 1.5 }"""));
        Assert.AreEqual("Recipe.Epochs must be a whole number, but is null.", Refusal("""{ "Epochs": null }"""));
        Assert.AreEqual("Mlp.Activation must be one of 'Relu', 'Silu', 'Tanh', 'Selu', 'Mish', 'StarRelu', but is \"Gelu\".", Refusal("""{ "Network": { "$type": "mlp", "Activation": "Gelu" } }"""));
        Assert.AreEqual("Recipe.Network must be a JSON object, but is 3.", Refusal("""{ "Network": 3 }"""));
    }

    [TestMethod]
    public void A_setting_named_twice_is_refused() =>
        Assert.AreEqual("Recipe must name each setting once, but names one twice.", Refusal("""{ "Epochs": 1, "Epochs": 2 }"""));

    [TestMethod]
    public void A_text_that_is_not_json_is_refused() =>
        Assert.AreEqual("Recipe must be JSON, but line 1, byte 13 is not.", Refusal("""{ "Epochs": }"""));

    [TestMethod]
    public void A_value_outside_its_range_is_refused()
    {
        Assert.AreEqual("Width must lie in [1, 65536], but is 0.", Refusal("""{ "Network": { "$type": "mlp", "Width": 0 } }"""));
        Assert.AreEqual("HoldOut must lie in [0, 1), but is 1.", Refusal("""{ "HoldOut": 1 }"""));
        Assert.AreEqual("Epochs must be at least 1, but is 0.", Refusal("""{ "Epochs": 0 }"""));
        Assert.AreEqual("BatchSize must be at least 1, but is -1.", Refusal("""{ "BatchSize": -1 }"""));
        Assert.AreEqual("Network must be given, but is null.", Refusal("""{ "Network": null }"""));
    }

    [TestMethod]
    public void Parts_must_serve_the_task() => Assert.AreEqual(
        "Loss must serve the task Regression, but is 'cross-entropy', which serves Classification.",
        Assert.ThrowsExactly<ArgumentException>(() => new Recipe { Loss = new CrossEntropyLoss() }.Validate(LearningTask.Regression)).Message);
}
