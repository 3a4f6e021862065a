using System.Globalization;

namespace Retort.Tests;

/// <summary>Distance covariances beside computations of the definitions in NumPy: the numbers and the script that made them lie in Golden.</summary>
[TestClass]
public sealed class DependenceGoldenTests
{
    private static readonly Dictionary<string, double> Golden = File.ReadLines(Repository.Path("tests", "Retort.Tests", "Golden", "dependence.txt"))
        .Select(line => line.Split(' '))
        .ToDictionary(words => words[0], words => double.Parse(words[1], CultureInfo.InvariantCulture));

    public static IEnumerable<object[]> Names => Golden.Keys.Select(name => new object[] { name });

    private static Tensor Column(Func<int, double> value) => tensor([.. Enumerable.Range(0, 24).Select(value)], dtype: float64);

    private static readonly Func<int, int> s_two = i => i % 2, s_three = i => (i * i + i / 3) % 3;

    [TestMethod, DynamicData(nameof(Names))]
    public void The_value_is_that_of_the_script(string name)
    {
        using var scope = NewDisposeScope();
        var words = name.Split('-');
        var (two, three) = (Categories("two", s_two, 2), Categories("three", s_three, 3));
        var (number, other) = (ProtectedColumn.Numbers("number", Column(i => Math.Round(3 * Math.Cos(0.4 * i), 1))), ProtectedColumn.Numbers("other", Column(i => Math.Exp(Math.Sin(2.2 * i)))));
        ProtectedColumn[] columns = words.Contains("two") ? [two] : words.Contains("three") ? [three] : words.Contains("number") ? [number] : words.Contains("other") ? [other]
            : words.Contains("mixed") || words.Contains("half") || words.Contains("given") ? [three, number] : [two, three, number, other];
        var penalty = new DistanceCovariance
        {
            Form = words.Contains("single") ? DependenceForm.Single : words.Contains("sum") ? DependenceForm.Sum : words.Contains("joint") ? DependenceForm.Joint : DependenceForm.Concatenated,
            Statistic = words.Contains("u") ? DistanceStatistic.U : DistanceStatistic.V,
            Root = words.Contains("root"),
            Correlation = words.Contains("correlation"),
            Conditional = words.Contains("given"),
            Offset = words.Contains("half") ? 0.5 : 1,
        };
        var predictions = words.Contains("scalar") ? Column(i => Math.Round(Math.Sin(1 + 1.3 * i), 1)).unsqueeze(1)
            : tensor([.. Enumerable.Range(0, 72).Select(k => 2 * Math.Cos(0.5 + 0.9 * (k / 3) - 1.1 * (k % 3)))], dtype: float64).view(24, 3).softmax(1);
        var targets = Targets.Classes([.. Enumerable.Range(0, 24).Select(i => words[0] == "u" ? 1L - i % 2 : i % 5 == 0 ? 1 : 0)]);
        var value = penalty.Value(predictions, ProtectedColumns.Of(columns), targets, words[^1] == "weighted" ? Column(i => 1 + i % 3) : null).ToDouble();
        Assert.AreEqual(Golden[name], value, 1e-13);
    }

    private static ProtectedColumn Categories(string name, Func<int, int> value, long count) =>
        ProtectedColumn.OfCategories(name, tensor([.. Enumerable.Range(0, 24).Select(i => (long)value(i))], dtype: int64), count);
}
