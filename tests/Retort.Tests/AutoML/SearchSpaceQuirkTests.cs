using System.Text.Json.Serialization;
using Microsoft.ML;
using Microsoft.ML.AutoML;
using Microsoft.ML.SearchSpace;
using Microsoft.ML.SearchSpace.Option;
using SearchSpace = Microsoft.ML.SearchSpace.SearchSpace;

namespace Retort.Tests;

/// <summary>Traps of ML.NET's search spaces that our own options are built around.</summary>
[TestClass]
public sealed class SearchSpaceQuirkTests
{
    public sealed class Fields
    {
        [Range(1, 9, 5)]
        public int Inside = 2;
    }

    public sealed class IllTyped
    {
        [Range(0.0, 1.0)]
        public int Count { get; set; }
    }

    public abstract class Abstract
    {
    }

    public sealed class WithAbstract
    {
        [NestOption]
        public Abstract? Part { get; set; }
    }

    public sealed class Twice
    {
        [Range(0, 1), Choice(0, 1)]
        public int Count { get; set; }
    }

    public sealed record Choice(int Number);

    [JsonPolymorphic, JsonDerivedType(typeof(Tagged), "tagged")]
    public abstract class Tag
    {
        public double X { get; set; }
    }

    public sealed class Tagged : Tag
    {
    }

    [JsonPolymorphic(TypeDiscriminatorPropertyName = "kind"), JsonDerivedType(typeof(Kinded), "kinded")]
    public abstract class Kind
    {
        public double X { get; set; }
    }

    public sealed class Kinded : Kind
    {
    }

    [TestMethod]
    public void A_type_is_told_by_a_name_that_sorts_first()
    {
        var tagged = new SearchSpace { ["$type"] = new ChoiceOption("tagged", "other"), ["X"] = new UniformDoubleOption(0, 1) };
        Assert.AreEqual(0.5, tagged.SampleFromFeatureSpace([0, 0.5]).AsType<Tag>().X);
        var kinded = new SearchSpace { ["X"] = new UniformDoubleOption(0, 1), ["kind"] = new ChoiceOption("kinded", "other") };
        Assert.Throws<Exception>(() => kinded.SampleFromFeatureSpace([0.5, 0]).AsType<Kind>());
    }

    [TestMethod]
    public void A_field_is_a_dimension_whose_value_is_dropped()
    {
        var space = new SearchSpace<Fields>();
        Assert.AreEqual(1, space.FeatureSpaceDim);
        Assert.AreEqual(2, space.SampleFromFeatureSpace([1]).Inside);
    }

    [TestMethod]
    public void An_ill_typed_range_fails_only_when_it_is_sampled()
    {
        var space = new SearchSpace<IllTyped>();
        Assert.ThrowsExactly<System.Text.Json.JsonException>(() => space.SampleFromFeatureSpace([0.5]));
    }

    [TestMethod]
    public void An_abstract_part_has_no_dimension() => Assert.AreEqual(0, new SearchSpace<WithAbstract>().FeatureSpaceDim);

    [TestMethod]
    public void A_record_as_a_choice_loses_its_values() => Assert.AreEqual(new Choice(0), new ChoiceOption(new Choice(1), new Choice(2)).SampleFromFeatureSpace([0]).AsType<Choice>());

    [TestMethod]
    public void No_choice_becomes_an_empty_object() => Assert.AreEqual("{}", new ChoiceOption([null!, "a"]).SampleFromFeatureSpace([0]).ToString());

    [TestMethod]
    public void Of_two_attributes_a_choice_counts() => Assert.IsInstanceOfType<ChoiceOption>(new SearchSpace<Twice>()["Count"]);

    [TestMethod]
    public void A_logarithmic_range_from_zero_gives_no_number() => Assert.AreEqual(double.NaN, new UniformDoubleOption(0, 1, logBase: true).SampleFromFeatureSpace([0.5]).AsType<double>());

    [TestMethod]
    public void Whole_numbers_are_cut_off_so_that_not_all_come_back()
    {
        var option = new UniformIntOption(1, 100, true);
        Assert.AreEqual((95, 100), (option.SampleFromFeatureSpace([0.99]).AsType<int>(), option.SampleFromFeatureSpace([1]).AsType<int>()));
        Assert.IsTrue(Enumerable.Range(1, 100).Count(n => option.SampleFromFeatureSpace(option.MappingToFeatureSpace(Parameter.FromInt(n))).AsType<int>() < n) > 5);
    }

    [TestMethod]
    public void A_sweepable_estimator_without_space_is_refused() =>
        Assert.ThrowsExactly<NullReferenceException>(() => new MLContext().Auto().CreateSweepableEstimator<Fields>((ml, _) => ml.Transforms.CopyColumns("a", "b")));
}
