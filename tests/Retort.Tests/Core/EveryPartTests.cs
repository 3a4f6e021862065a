using System.Reflection;
using Microsoft.ML.SearchSpace;

namespace Retort.Tests;

/// <summary>What holds for every method of the catalogue, whatever is added to it.</summary>
[TestClass]
public sealed class EveryPartTests
{
    public static IEnumerable<object[]> All => Methods.All.Select(method => new object[] { method });

    /// <summary>Every part at its defaults, and with each setting at the ends of its range and at each of its choices.</summary>
    public static IEnumerable<object[]> Sampled => Samples(typeof(Part)).Select(part => new object[] { part });

    internal static IEnumerable<Part> Samples(Type kind)
    {
        foreach (var method in Methods.All.Where(method => method.Type.IsAssignableTo(kind)))
        {
            yield return method.Create();
            foreach (var setting in method.Settings)
                foreach (var value in setting.Choices.Concat(new[] { setting.Minimum, setting.Maximum }.OfType<object>()).Concat(Nested(setting)))
                    yield return With(method.Create(), setting.Name, value);
        }
    }

    /// <summary>What a loss that wraps another one may wrap.</summary>
    private static IEnumerable<object> Nested(Setting setting) => setting.Type.IsAssignableTo(typeof(Loss))
        ? Methods.All.Where(method => method.Type.IsAssignableTo(setting.Type) && !method.Type.IsAssignableTo(typeof(WrappedLoss))).Select(method => method.Create())
        : [];

    internal static Part With(Part part, string setting, object value)
    {
        var property = part.GetType().GetProperty(setting)!;
        property.SetValue(part, property.PropertyType.IsEnum || value is Part ? value : Convert.ChangeType(value, property.PropertyType));
        return part;
    }

    [TestMethod]
    public void The_catalogue_holds_what_this_version_has() => CollectionAssert.IsSubsetOf(
        new[] { "mlp (Network)", "cross-entropy (Loss)", "squared (Loss)", "kd (Distillation)", "adamw (Optimizer)", "constant (Schedule)", "linear-decay (Schedule)",
            "sgd (Optimizer)", "muon (Optimizer)", "normuon (Optimizer)", "stable-spam (Optimizer)", "adamp (Optimizer)",
            "cosine (Schedule)", "one-cycle (Schedule)", "flat-cosine (Schedule)", "coslog4 (Schedule)", "refined-decay (Schedule)", "ema (Averaging)", "swa (Averaging)" },
        Methods.All.Select(method => method.ToString()).ToArray());

    [TestMethod]
    public void Ids_are_unique() =>
        Assert.AreEqual(Methods.All.Count, Methods.All.Select(method => method.Id).Distinct().Count());

    [TestMethod, DynamicData(nameof(All))]
    public void Every_card_is_complete(Method method)
    {
        StringAssert.Matches(method.Id, new("^[a-z][a-z0-9]*(-[a-z0-9]+)*$"));
        Assert.AreNotEqual("", method.Title);
        Assert.AreNotEqual("", method.Authors);
        Assert.IsTrue(method.Year is > 1700 and < 2100);
        Assert.IsTrue(method.Link.Length == 0 || Uri.IsWellFormedUriString(method.Link, UriKind.Absolute));
        Assert.AreNotEqual(LearningTasks.None, method.Tasks);
    }

    [TestMethod, DynamicData(nameof(All))]
    public void Every_record_is_immutable_plain_data(Method method)
    {
        Assert.IsTrue(method.Type.IsSealed && method.Type.IsPublic);
        foreach (var property in method.Type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.SetMethod is not null))
        {
            Assert.IsTrue(property.SetMethod!.ReturnParameter.GetRequiredCustomModifiers().Any(m => m.Name == "IsExternalInit"), $"{property.Name} must be init.");
            var item = property.PropertyType.IsGenericType && property.PropertyType.GetGenericTypeDefinition() == typeof(ValueList<>) ? property.PropertyType.GetGenericArguments()[0] : property.PropertyType;
            Assert.IsTrue(item.IsPrimitive || item.IsEnum || item == typeof(string) || item.IsSubclassOf(typeof(Part)), property.Name);
        }

        Assert.AreEqual(0, method.Type.GetFields(BindingFlags.Public | BindingFlags.Instance).Length);
    }

    [TestMethod, DynamicData(nameof(All))]
    public void Ranges_agree_with_initialisers(Method method)
    {
        var fresh = method.Create();
        foreach (var property in Setting.Properties(method.Type))
        {
            var value = property.GetValue(fresh);
            var isOwn = property.DeclaringType == method.Type; // what a base record declares, a method may begin elsewhere
            if (property.GetCustomAttribute<RangeAttribute>() is { } range)
            {
                Assert.IsTrue(isOwn ? value!.Equals(range.Init) : Convert.ToDouble(value) >= Convert.ToDouble(range.Min) && Convert.ToDouble(value) <= Convert.ToDouble(range.Max), property.Name);
                Assert.AreEqual(property.PropertyType, range.Min.GetType(), $"ML.NET samples {property.Name} in the type of its range.");
                Assert.IsTrue(!range.LogBase || Convert.ToDouble(range.Min) > 0, $"{property.Name} must have a positive minimum for a logarithmic scale.");
            }

            if (property.GetCustomAttribute<ChoiceAttribute>() is { } choice)
                Assert.IsTrue(isOwn ? Equals(value, choice.DefaultValue ?? choice.Candidates[0]) : choice.Candidates.Contains(value), property.Name);
        }
    }

    [TestMethod, DynamicData(nameof(Sampled))]
    public void Validate_accepts_what_the_ranges_offer(Part part) => part.Validate();

    [TestMethod, DynamicData(nameof(Sampled))]
    public void Json_gives_the_same_value_back(Part part)
    {
        if (part is Conformal) // not a part of a recipe
        {
            Assert.AreEqual(part, MethodJson.Read<Conformal>(MethodJson.Write(part)));
            return;
        }

        if (part is Penalty)
        {
            Assert.AreEqual(part, MethodJson.Read<Penalty>(MethodJson.Write(part)));
            return;
        }

        var recipe = part switch
        {
            Network network => new Recipe { Network = network },
            DomainHeads domains => new Recipe { Network = new Mlp { Domains = domains } },
            FactorConsistency factors => new Recipe { Network = new Mlp { Factors = factors } },
            NumberEmbedding embedding => new Recipe { Network = new Mlp { Numbers = embedding } },
            Loss loss => new Recipe { Loss = loss },
            Distillation distillation => new Recipe { Distillation = distillation },
            Penalty penalty => new Recipe { Penalty = penalty },
            Mixing mixing => new Recipe { Mixing = mixing },
            Optimizer optimizer => new Recipe { Optimizer = optimizer },
            Schedule schedule => new Recipe { Schedule = schedule },
            Averaging averaging => new Recipe { Averaging = averaging },
            Calibration calibration => new Recipe { Calibration = calibration },
            RandomSubset subset => new Recipe { Subset = subset },
            _ => null,
        };
        if (recipe is null) // a part of no recipe, with a verb of its own
        {
            Assert.AreEqual(part, MethodJson.Read<Part>(MethodJson.Write(part)));
            return;
        }

        Assert.AreEqual(recipe, Recipe.FromJson(recipe.ToJson()));
        StringAssert.Matches(recipe.ToJson(), new($"{{\\s*\"\\$type\": \"{Methods.Of(part).Id}\""));
    }

    [TestMethod, DynamicData(nameof(Sampled))]
    public void A_part_prints_its_settings(Part part)
    {
        StringAssert.StartsWith(part.ToString(), part.GetType().Name + " {");
        foreach (var property in Setting.Properties(part.GetType()))
            StringAssert.Contains(part.ToString(), property.Name + " = ");
    }

    [TestMethod, DynamicData(nameof(All))]
    public void Every_number_refuses_NaN_with_a_whole_sentence(Method method)
    {
        foreach (var setting in method.Settings.Where(setting => setting.Type == typeof(double)))
        {
            var message = Assert.ThrowsExactly<ArgumentException>(With(method.Create(), setting.Name, double.NaN).Validate).Message;
            StringAssert.StartsWith(message, $"{setting.Name} must ");
            StringAssert.EndsWith(message, ", but is NaN.");
        }
    }
}
