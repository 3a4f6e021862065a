using System.Numerics.Tensors;

namespace Retort.Tests;

/// <summary>What holds for every calibration, whatever is added to the catalogue.</summary>
[TestClass]
public sealed class EveryCalibrationTests
{
    public static IEnumerable<object[]> All => Methods.OfKind(typeof(Calibration)).Select(method => new object[] { method.Create() });

    public static IEnumerable<object[]> Sampled => EveryPartTests.Samples(typeof(Calibration)).Select(part => new object[] { part });

    /// <summary>Every setting on all that is hard, but on many classes, where time goes, the defaults alone.</summary>
    public static IEnumerable<object[]> Hard => Sampled.SelectMany(row => Scores.Hard.Select(name => new object[] { row[0], name })).Concat(All.Select(row => new object[] { row[0], "hundred classes" }));

    private static double[] Apply(Calibrator calibrator, Scores scores)
    {
        var probabilities = (double[])scores.Logits.Clone();
        var copies = scores.Copies(calibrator.Calibration.CopiesOfRows) ?? [];
        var size = copies.Length / scores.Count;
        for (var row = 0; row < scores.Count; row++)
            calibrator.Apply(probabilities.AsSpan(row * scores.Classes, scores.Classes), copies.AsSpan(row * size, size));
        return probabilities;
    }

    private static Calibrator Fit(Calibration calibration, Scores scores) => calibration.Fit(scores.Rows(calibration.CopiesOfRows));

    private static double LogLoss(double[] probabilities, Scores scores) => Enumerable.Range(0, scores.Count)
        .Sum(row => -scores.Weight(row) * Math.Log(probabilities[row * scores.Classes + scores.Labels[row]])) / Enumerable.Range(0, scores.Count).Sum(scores.Weight);

    private static int First(ReadOnlySpan<double> numbers) => TensorPrimitives.IndexOfMax(numbers);

    [TestMethod]
    public void The_catalogue_has_them_all() => CollectionAssert.IsSubsetOf(
        new[] { "temperature", "ts-mix", "vector", "matrix", "structured-matrix", "dirichlet", "platt", "beta", "isotonic", "histogram", "venn-abers", "ca" },
        Methods.OfKind(typeof(Calibration)).Select(method => method.Id).ToArray());

    [TestMethod, DynamicData(nameof(Hard))]
    public void Nothing_makes_it_fail_and_probabilities_are_some(Calibration calibration, string name)
    {
        var scores = Scores.OfName(name);
        var probabilities = Apply(Fit(calibration, scores), scores);
        for (var row = 0; row < scores.Count; row++)
        {
            var own = probabilities.AsSpan(row * scores.Classes, scores.Classes);
            foreach (var p in own)
                Assert.IsTrue(p is >= 0 and <= 1, $"{p}");
            Assert.AreEqual(1, TensorPrimitives.Sum<double>(own), 1e-12);
            if (calibration.KeepsArgMax)
                Assert.AreEqual(First(scores.Row(row)), First(own), $"row {row}");
        }
    }

    [TestMethod, DynamicData(nameof(All))]
    public void Rounding_to_float_keeps_the_likeliest_class_too(Calibration calibration)
    {
        if (!calibration.KeepsArgMax)
            return;
        var scores = Scores.OfName("neighbours");
        var calibrator = Fit(calibration with { }, scores);
        if (calibration.CopiesOfRows > 0)
            return; // its copies come by another way
        using var scope = NewDisposeScope();
        var logits = tensor(scores.Logits, dtype: float64).view(scores.Count, scores.Classes).to(float32);
        var (before, after) = (Memory.Of<float>(logits.contiguous()).ToArray(), Memory.Of<float>(calibrator.Apply(logits).contiguous()).ToArray());
        for (var row = 0; row < scores.Count; row++)
            Assert.AreEqual(
                TensorPrimitives.IndexOfMax<float>(before.AsSpan(row * scores.Classes, scores.Classes)),
                TensorPrimitives.IndexOfMax<float>(after.AsSpan(row * scores.Classes, scores.Classes)));
    }

    [TestMethod, DynamicData(nameof(Sampled))]
    public void A_weight_of_two_is_the_row_twice(Calibration calibration)
    {
        foreach (var classes in new[] { 2, 4 })
        {
            var scores = Scores.Overconfident(200, classes, seed: 5);
            var doubled = scores.Take([.. Enumerable.Range(0, 200), .. Enumerable.Range(0, 200).Where(row => row % 3 == 0)]);
            var weighted = scores with { Weights = [.. Enumerable.Range(0, 200).Select(row => row % 3 == 0 ? 2.0 : 1)] };
            Same(Apply(Fit(calibration, weighted), scores), Apply(Fit(calibration, doubled), scores));
        }
    }

    [TestMethod, DynamicData(nameof(Sampled))]
    public void A_weight_of_zero_is_no_row(Calibration calibration)
    {
        var scores = Scores.Overconfident(200, 3, seed: 6);
        var weighted = scores with { Weights = [.. Enumerable.Range(0, 200).Select(row => row % 2 == 0 ? 1.0 : 0)] };
        Same(Apply(Fit(calibration, weighted), scores), Apply(Fit(calibration, scores.Take([.. Enumerable.Range(0, 100).Select(i => 2 * i)])), scores));
    }

    [TestMethod, DynamicData(nameof(Sampled))]
    public void The_order_of_rows_does_not_matter(Calibration calibration)
    {
        var scores = Scores.Overconfident(300, 3, seed: 7);
        var other = scores.Take([.. new Generator(1).Permutation(300).Select(row => (int)row)]);
        Same(Apply(Fit(calibration, scores), scores), Apply(Fit(calibration, other), scores));
    }

    [TestMethod, DynamicData(nameof(Sampled))]
    public void A_number_added_to_all_logits_of_a_row_does_not_matter(Calibration calibration)
    {
        var scores = Scores.Overconfident(300, 3, seed: 8);
        var moved = scores with { Logits = [.. scores.Logits.Select((logit, i) => logit + (i / 3 % 16 - 8) / 4.0)] };
        Same(Apply(Fit(calibration, scores), scores), Apply(Fit(calibration, moved), moved));
    }

    private static void Same(double[] expected, double[] actual)
    {
        for (var i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], actual[i], 2e-5, $"number {i}");
    }

    [TestMethod, DynamicData(nameof(Sampled))]
    public void Written_and_read_it_gives_the_same_bits(Calibration calibration)
    {
        foreach (var classes in new[] { 2, 5 })
        {
            var scores = Scores.Overconfident(150, classes, seed: 9);
            var calibrator = Fit(calibration, scores);
            var memory = new MemoryStream();
            calibrator.Write(new BinaryWriter(memory));
            memory.Position = 0;
            var read = Calibrator.Read(new BinaryReader(memory));
            Assert.AreEqual(memory.Length, memory.Position);
            Assert.AreEqual(calibration, read.Calibration);
            CollectionAssert.AreEqual(Apply(calibrator, scores), Apply(read, scores));
        }
    }

    [TestMethod, DynamicData(nameof(All))]
    public void What_is_cut_short_or_not_finite_is_refused(Calibration calibration)
    {
        var memory = new MemoryStream();
        Fit(calibration, Scores.Overconfident(60, 3, seed: 10)).Write(new BinaryWriter(memory));
        var bytes = memory.ToArray();
        for (var length = 0; length < bytes.Length; length += Math.Max(1, bytes.Length / 97))
            Refused(bytes[..length]);
        BitConverter.GetBytes(double.NaN).CopyTo(bytes, bytes.Length - 8);
        Refused(bytes);

        static void Refused(byte[] bytes)
        {
            try
            {
                Calibrator.Read(new BinaryReader(new MemoryStream(bytes)));
            }
            catch (Exception e) when (e is ArgumentException or EndOfStreamException)
            {
                return;
            }

            Assert.Fail($"{bytes.Length} bytes must be refused.");
        }
    }

    [TestMethod, DynamicData(nameof(All))]
    public void The_log_loss_of_what_was_learned_from_does_not_rise(Calibration calibration)
    {
        // those that minimise it, and those that minimise it but for the part of one row in n
        var (exact, near) = (new[] { "temperature", "vector", "matrix", "dirichlet" }, new[] { "ts-mix", "structured-matrix" });
        var id = Methods.Of(calibration).Id;
        if (!exact.Concat(near).Contains(id))
            return;
        foreach (var name in new[] { "overconfident", "two", "few", "fine" })
        {
            var scores = Scores.OfName(name);
            var before = (double[])scores.Logits.Clone();
            for (var row = 0; row < scores.Count; row++)
                Logits.Softmax(before.AsSpan(row * scores.Classes, scores.Classes));
            Assert.IsTrue(LogLoss(Apply(Fit(calibration, scores), scores), scores) <= LogLoss(before, scores) + (exact.Contains(id) ? 1e-12 : Math.Log(1 + 1.0 / scores.Count)), name);
        }
    }

    [TestMethod, DynamicData(nameof(All))]
    public void Overconfident_logits_become_honest(Calibration calibration)
    {
        foreach (var classes in new[] { 2, 4 })
        {
            var (learn, test) = (Scores.Overconfident(4000, classes, seed: 11), Scores.Overconfident(4000, classes, seed: 12));
            var before = (double[])test.Logits.Clone();
            for (var row = 0; row < test.Count; row++)
                Logits.Softmax(before.AsSpan(row * classes, classes));
            var was = CalibrationMetrics.Of(before, classes, test.Labels, null, 0).DebiasedCalibrationError.Value;
            var now = CalibrationMetrics.Of(Apply(Fit(calibration, learn), test), classes, test.Labels, null, 0).DebiasedCalibrationError.Value;
            Assert.IsTrue(was > 0.08, $"{was}");
            Assert.IsTrue(now < 0.02, $"{now}");
        }
    }

    [TestMethod, DynamicData(nameof(All))]
    public void NaN_in_a_row_gives_NaN_in_that_row_alone(Calibration calibration)
    {
        var calibrator = Fit(calibration, Scores.Overconfident(50, 3, seed: 13));
        var copies = new double[calibration.CopiesOfRows * 3];
        double[] row = [1, double.NaN, 0];
        calibrator.Apply(row, copies);
        Assert.IsTrue(row.All(double.IsNaN));
        row = [1, 2, double.NegativeInfinity];
        calibrator.Apply(row, copies);
        Assert.AreEqual(1, row.Sum(), 1e-12);
    }

    [TestMethod]
    public void Copies_must_be_as_many_as_promised()
    {
        var scores = Scores.Overconfident(50, 3, seed: 14);
        StringAssert.StartsWith(
            Assert.ThrowsExactly<ArgumentException>(() => new CorrectnessAwareScaling().Fit(scores.Rows(0))).Message,
            "The number of noisy copies of a row that 'ca' learns from must be 4, but is 0.");
        Assert.AreEqual(
            "The number of noisy copies of a row must be 4, but is 0.",
            Assert.ThrowsExactly<ArgumentException>(() => new CorrectnessAwareScaling().Fit(scores.Rows(4)).Apply(new double[3])).Message);
    }
}
