using Retort.Cli.Consumption;

namespace Retort.Tests;

/// <summary>Names and values in emitted code.</summary>
[TestClass]
public sealed class CSharpTests
{
    [TestMethod]
    [DataRow("age", "Age")]
    [DataRow("class", "Class")]
    [DataRow("two words", "Two_words")]
    [DataRow("1st", "_1st")]
    [DataRow("größe", "Größe")]
    [DataRow("日本", "日本")]
    [DataRow("😀", "__")]
    [DataRow("a\u200bb", "A_b")] // C# would read it as ab
    [DataRow("", "_")]
    public void A_column_is_called_as_C_sharp_can_call_it(string column, string property) => CollectionAssert.AreEqual(new[] { property }, CSharp.Properties([column]).ToArray());

    [TestMethod]
    public void Names_differ_from_each_other_and_from_those_that_every_object_has()
    {
        var names = CSharp.Properties(["a-b", "a_b", "A b", "A_b_2", "Equals", "GetType", "ModelInput"]).ToArray();
        CollectionAssert.AreEqual(new[] { "A_b", "A_b_2", "A_b_3", "A_b_2_2", "Equals_2", "GetType_2", "ModelInput_2" }, names);
    }

    [TestMethod]
    [DataRow("two_year_recid", "TwoYearRecidModel")]
    [DataRow("<price> in €", "PriceInModel")]
    [DataRow("1", "The1Model")]
    [DataRow("日本", "TheModel")]
    public void A_namespace_has_letters_of_ASCII_alone(string label, string expected) => Assert.AreEqual(expected, CSharp.Namespace(label));

    [TestMethod]
    [DataRow("plain é 日", "\"plain é 日\"")]
    [DataRow("\"\\", "\"\\\"\\\\\"")]
    [DataRow("a\nb\t\u2028\u00a0", "\"a\\u000ab\\u0009\\u2028\\u00a0\"")]
    [DataRow("😀", "\"\\ud83d\\ude00\"")]
    public void Text_stands_in_quotes_as_it_is_or_by_number(string text, string literal) => Assert.AreEqual(literal, CSharp.Literal(text));

    [TestMethod]
    [DataRow(1.5f, "1.5f")]
    [DataRow(1e20f, "1E+20f")]
    [DataRow(float.NaN, "float.NaN")]
    public void Numbers_are_floats(float number, string literal) => Assert.AreEqual(literal, CSharp.Literal(number));
}
