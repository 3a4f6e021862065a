using Microsoft.ML.SearchSpace;
using Microsoft.ML.SearchSpace.Option;
using SearchSpace = Microsoft.ML.SearchSpace.SearchSpace;

namespace Retort.Tests;

/// <summary>What sweeps rely on in ML.NET's search spaces: features in [0, 1] become options and options become features.</summary>
[TestClass]
public sealed class SearchSpaceTests
{
    public enum Kind
    {
        Plain,
        Rich,
    }

    public sealed class Options
    {
        [Range(1, 100, 10)]
        public int Width { get; set; } = 77;

        [Range(1e-4, 1.0, 1e-2, true)]
        public double Rate { get; set; } = 0.5;

        [Range(0.5f, 2f)]
        public float Scale { get; set; } = 1;

        [Choice("relu", "gelu", "silu")]
        public string Activation { get; set; } = "silu";

        [Choice([Kind.Plain, Kind.Rich], Kind.Rich)]
        public Kind Kind { get; set; }

        [BooleanChoice]
        public bool Shuffle { get; set; }

        [NestOption]
        public Part Inner { get; set; } = new();

        public string Name { get; set; } = "own";
    }

    public sealed class Part
    {
        [Range(-1.0, 1.0, 0.0)]
        public double Shift { get; set; } = 0.7;
    }

    public sealed record Settings
    {
        [Range(0.0, 5.0, 2.0)]
        public double Gamma { get; init; } = 3;
    }

    [TestMethod]
    public void Every_dimension_is_between_zero_and_one_and_comes_back()
    {
        var space = new SearchSpace<Options>();
        var random = new Random(1);
        Assert.AreEqual(space.FeatureSpaceDim, space.Default.Length);
        Assert.AreEqual(space.FeatureSpaceDim, space.Step.Length);
        for (var draw = 0; draw < 50; draw++)
        {
            var features = Enumerable.Range(0, space.FeatureSpaceDim).Select(_ => random.NextDouble()).ToArray();
            var options = space.SampleFromFeatureSpace(features);
            Assert.IsTrue(options.Width is >= 1 and <= 100 && options.Rate is >= 1e-4 and <= 1 && options.Scale is >= 0.5f and <= 2 && options.Inner.Shift is >= -1 and <= 1);
            CollectionAssert.Contains(new[] { "relu", "gelu", "silu" }, options.Activation);

            var again = space.SampleFromFeatureSpace(space.MappingToFeatureSpace(options));
            Assert.IsTrue(again.Width == options.Width || again.Width == options.Width - 1); // digits are cut off
            Assert.AreEqual(options.Rate, again.Rate, 1e-12);
            Assert.AreEqual(options.Scale, again.Scale, 1e-6);
            Assert.AreEqual((options.Activation, options.Kind, options.Shuffle), (again.Activation, again.Kind, again.Shuffle));
            Assert.AreEqual(options.Inner.Shift, again.Inner.Shift, 1e-12);
        }
    }

    [TestMethod]
    public void The_start_is_what_the_attribute_says_and_else_the_least_value_the_first_choice_and_true()
    {
        var start = new SearchSpace<Options>() is var space ? space.SampleFromFeatureSpace(space.Default) : null!;
        Assert.AreEqual(10, start.Width);
        Assert.AreEqual(1e-2, start.Rate, 1e-12);
        Assert.AreEqual(0.5f, start.Scale);
        Assert.AreEqual(("relu", Kind.Rich, true), (start.Activation, start.Kind, start.Shuffle));
        Assert.AreEqual(0, start.Inner.Shift, 1e-12);
    }

    [TestMethod]
    public void A_default_option_fills_what_the_space_leaves_out_and_does_not_move_the_start()
    {
        var space = new SearchSpace<Options>(new Options { Width = 50, Name = "given" });
        var start = space.SampleFromFeatureSpace(space.Default);
        Assert.AreEqual(10, start.Width);
        Assert.AreEqual("given", start.Name);
    }

    [TestMethod]
    public void Records_with_init_properties_are_sampled()
    {
        var space = new SearchSpace<Settings>();
        Assert.AreEqual(new Settings { Gamma = 2 }, space.SampleFromFeatureSpace(space.Default));
        Assert.AreEqual(new Settings { Gamma = 5 }, space.SampleFromFeatureSpace([1]));
    }

    [TestMethod]
    public void Logarithmic_numbers_are_even_in_their_logarithm()
    {
        var option = new UniformDoubleOption(1e-4, 1, logBase: true);
        Assert.AreEqual(1e-2, option.SampleFromFeatureSpace([0.5]).AsType<double>(), 1e-12); // halfway between ln 1e-4 and ln 1
        Assert.AreEqual(0.75, option.MappingToFeatureSpace(Parameter.FromDouble(0.1))[0], 1e-12);
    }

    [TestMethod]
    public void A_space_is_built_by_hand_and_nests()
    {
        var space = new SearchSpace
        {
            ["loss"] = new ChoiceOption("focal", "brier"),
            ["focal"] = new SearchSpace { ["Gamma"] = new UniformSingleOption(0, 5, false, 2) },
            ["width"] = new UniformIntOption(8, 64, true, 8),
        };
        Assert.AreEqual(3, space.FeatureSpaceDim);
        var start = space.SampleFromFeatureSpace(space.Default);
        Assert.AreEqual("focal", start["loss"].AsType<string>());
        Assert.AreEqual(2f, start["focal"]["Gamma"].AsType<float>(), 1e-6f);
        Assert.AreEqual(8, start["width"].AsType<int>());
        CollectionAssert.AreEqual(space.Default, space.MappingToFeatureSpace(start));

        space.Remove("loss");
        space.Add("rate", new UniformDoubleOption(0, 1));
        Assert.AreEqual(3, space.FeatureSpaceDim);
        Assert.IsTrue(space.ContainsKey("rate") && !space.ContainsKey("loss"));
    }

    [TestMethod]
    public void An_option_of_ones_own_is_a_dimension_like_any_other()
    {
        var space = new SearchSpace { ["pair"] = new Pair(), ["x"] = new UniformDoubleOption(0, 1) };
        Assert.AreEqual(3, space.FeatureSpaceDim);
        Assert.AreEqual("[0.25,0.5]", space.SampleFromFeatureSpace([0.25, 0.5, 1])["pair"].ToString());
    }

    [TestMethod]
    public void A_parameter_is_json()
    {
        var parameter = Parameter.FromObject(new Options { Name = "n" });
        Assert.AreEqual(ParameterType.Object, parameter.ParameterType);
        Assert.AreEqual("n", parameter["Name"].AsType<string>());
        Assert.AreEqual(77, parameter.AsType<Options>().Width);
        Assert.AreEqual(0.7, parameter["Inner"]["Shift"].AsType<double>());

        var nested = Parameter.CreateNestedParameter(KeyValuePair.Create("a", Parameter.FromInt(1)));
        nested["b"] = Parameter.FromBool(true);
        Assert.AreEqual("{\"a\":1,\"b\":true}", nested.ToString());
        Assert.AreEqual(nested, System.Text.Json.JsonSerializer.Deserialize<Parameter>(System.Text.Json.JsonSerializer.Serialize(nested)));
        Assert.AreEqual(Kind.Rich, Parameter.FromEnum(Kind.Rich).AsType<Kind>());
        Assert.AreEqual(1.5, Parameter.FromDouble(1.5).AsType<double>());
        CollectionAssert.AreEqual(new[] { 1, 2 }, Parameter.FromIEnumerable([1, 2]).AsType<int[]>());
    }

    private sealed class Pair : OptionBase
    {
        public Pair() => Default = [0, 0];

        public override int FeatureSpaceDim => 2;

        public override int?[] Step => [null, null];

        public override double[] MappingToFeatureSpace(Parameter value) => value.AsType<double[]>();

        public override Parameter SampleFromFeatureSpace(double[] values) => Parameter.FromIEnumerable(values);
    }
}
