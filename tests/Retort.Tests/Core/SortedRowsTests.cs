namespace Retort.Tests;

[TestClass]
public sealed class SortedRowsTests
{
    public static IEnumerable<object[]> Numbers
    {
        get
        {
            var random = new Generator(1);
            double[] Draw(int count, Func<double> draw) => [.. Enumerable.Range(0, count).Select(_ => draw())];
            yield return [Array.Empty<double>()];
            yield return [new[] { 3.5 }];
            yield return [new[] { 0.0, -0.0, double.PositiveInfinity, -1, double.NegativeInfinity, 5e-324, -5e-324 }];
            foreach (var count in new[] { 100, 20_000 })
            {
                yield return [Draw(count, random.Normal)];
                yield return [Draw(count, () => random.Below(7))];
                yield return [Draw(count, () => (float)random.Uniform())];
                yield return [Draw(count, () => random.Below(20) == 0 ? -1e300 : 1 + 1e-12 * random.Uniform())]; // only their last bits differ
                yield return [Draw(count, () => Math.Exp(300 * random.Normal()))];
            }
        }
    }

    [TestMethod, DynamicData(nameof(Numbers))]
    public void Rows_are_in_the_order_of_their_numbers_and_equal_ones_in_theirs(double[] numbers)
    {
        var first = new Generator(2).Permutation(numbers.Length).Select(row => (int)row).ToArray();
        foreach (var order in new[] { null, first })
        {
            var sorted = SortedRows.Of(numbers, order);
            var expected = Enumerable.Range(0, numbers.Length).OrderBy(place => numbers[order is null ? place : order[place]]).ToArray(); // is stable
            CollectionAssert.AreEqual(expected, sorted.Places);
            CollectionAssert.AreEqual(expected.Select(place => order is null ? place : order[place]).ToArray(), sorted.Rows);
            for (var i = 0; i < numbers.Length; i++)
                Assert.AreEqual(numbers[sorted.Rows[i]], sorted.Number(i));
        }
    }

    [TestMethod]
    public void Predictions_that_went_to_other_rows_have_the_covariance_of_their_new_places()
    {
        var random = new Generator(3);
        const int Count = 500;
        double[] predictions = [.. Enumerable.Range(0, Count).Select(i => i % 3 == 0 ? 0.5 : Math.Round(random.Uniform(), 2))];
        double[] numbers = [.. Enumerable.Range(0, Count).Select(_ => Math.Round(random.Normal(), 1))];
        double[] weights = [.. Enumerable.Range(0, Count).Select(i => 1.0 + i % 4)];
        var to = random.Permutation(Count).Select(row => (int)row).ToArray();
        var moved = new double[Count];
        for (var row = 0; row < Count; row++)
            moved[to[row]] = predictions[row];
        foreach (var centring in new[] { Centring.V(weights), Centring.U(Count) })
            foreach (var space in new ProtectedSpace[] { new NumberSpace(numbers, 1, centring), new CategorySpace([.. numbers.Select(number => (int)(10 * number) + 60)], 120, 1, centring) })
            {
                var gradient = new double[Count];
                var expected = DistanceMeasure.Covariance(moved, 1, space, centring, gradient);
                Assert.AreEqual(expected, DistanceMeasure.Covariance(space.Moved(space.Sort(predictions), to), space, centring, new double[Count]), 1e-12);
            }
    }
}
