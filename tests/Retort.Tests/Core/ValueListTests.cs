using System.Text.Json;

namespace Retort.Tests;

[TestClass]
public sealed class ValueListTests
{
    private static readonly ValueList<double> Some = [0.5, 2, 1e-9];

    [TestMethod]
    public void Lists_compare_by_value()
    {
        ValueList<double> same = [0.5, 2, 1e-9], other = [0.5, 2];
        Assert.AreEqual(Some, same);
        Assert.AreEqual(Some.GetHashCode(), same.GetHashCode());
        Assert.AreNotEqual(Some, other);
        Assert.AreEqual<ValueList<double>>([], []);
    }

    [TestMethod]
    public void A_list_prints_its_items() => Assert.AreEqual("[0.5, 2, 1E-09]", Some.ToString());

    [TestMethod]
    public void A_list_is_an_array_in_json()
    {
        Assert.AreEqual("[0.5,2,1E-09]", JsonSerializer.Serialize(Some));
        Assert.AreEqual(Some, JsonSerializer.Deserialize<ValueList<double>>("[0.5, 2, 1E-09]"));
        Assert.AreEqual<ValueList<string>>(["a", "b"], JsonSerializer.Deserialize<ValueList<string>>("""["a", "b"]""")!);
    }

    [TestMethod]
    public void What_is_no_list_is_refused_in_a_recipe() => Assert.AreEqual(
        "RefinedDecay.Weights must be a list, but is 3.",
        Assert.ThrowsExactly<ArgumentException>(() => Recipe.FromJson("""{ "Schedule": { "$type": "refined-decay", "Weights": 3 } }""")).Message);

    [TestMethod]
    public void An_array_that_changes_later_changes_no_list()
    {
        int[] items = [1, 2];
        var list = ValueList.Of<int>(items);
        items[0] = 7;
        Assert.AreEqual(1, list[0]);
    }
}
