using System.Diagnostics;
using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;
using Retort.Cli;
using Retort.Cli.Tables;
using Retort.Cli.Training;

namespace Retort.Tests;

/// <summary>A model file that was cut off or altered on its way is refused in one sentence, or was not hurt: it never scores otherwise, hangs, or takes memory.</summary>
[TestClass]
public sealed class AlteredModelTests
{
    private const int Flips = 150;
    private const long MostBytes = 1L << 30;
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(10);

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void It_is_refused_or_scores_as_it_did(bool byCommand)
    {
        using var cli = new Cli();
        var random = new Random(1);
        var data = cli.File("a.csv", [.. Enumerable.Range(0, 200).Select(i => FormattableString.Invariant($"{random.NextDouble():F3},{(i % 3 == 0 ? "Bonn" : "Ulm")},{i % 2}")).Prepend("x,city,y")]);
        Cli.Json("train", "--data", data, "--label", "y", "--epochs", "1", "--out", cli["m"]);
        var whole = File.ReadAllBytes(cli["m/model.zip"]);
        var expected = Score(cli["m/model.zip"]);
        int own, length;
        using (var zip = ZipFile.OpenRead(cli["m/model.zip"]))
            (own, length) = (whole.AsSpan().IndexOf("/Network"u8), (int)zip.Entries.Single(entry => entry.Name == "Network").CompressedLength);
        var (refused, kept) = (new Dictionary<string, int>(), 0);

        for (var cut = 0; cut < whole.Length; cut += 1024)
            Try(whole[..cut], $"cut off at {cut}");
        for (var flip = 0; flip < Flips; flip++)
        {
            var (place, bit) = (random.Next(whole.Length), random.Next(8));
            if (!byCommand)
                place = own + "/Network"u8.Length + random.Next(length); // ML.NET does not look for bits that fell over in its own entries
            else if (flip % 2 == 0 && place > own && place < own + length)
                place = random.Next(2) == 0 ? random.Next(own) : random.Next(own + length, whole.Length); // these are few beside the network's
            var altered = (byte[])whole.Clone();
            altered[place] ^= (byte)(1 << bit);
            Try(altered, $"bit {bit} of byte {place}");
        }

        Console.WriteLine($"{kept} kept; {string.Join("\n", refused.OrderByDescending(pair => pair.Value).Select(pair => $"{pair.Value} {pair.Key}"))}");
        Assert.IsTrue(byCommand ? kept > 0 && refused.Values.Sum() > Flips / 2 : kept == 0, $"{kept} kept");

        void Try(byte[] bytes, string what)
        {
            File.WriteAllBytes(cli["altered.zip"], bytes);
            var (clock, before) = (Stopwatch.StartNew(), GC.GetAllocatedBytesForCurrentThread());
            try
            {
                CollectionAssert.AreEqual(expected, Score(cli["altered.zip"]), what);
                kept++;
            }
            catch (Exception e) when (e is not (UnitTestAssertException or OutOfMemoryException))
            {
                var sentence = e.Sentence();
                Assert.IsTrue(sentence.Length is > 20 and < 400, $"{what}: {sentence}");
                refused[sentence] = refused.GetValueOrDefault(sentence) + 1;
            }

            Assert.IsTrue(GC.GetAllocatedBytesForCurrentThread() - before < MostBytes, $"{what}: {GC.GetAllocatedBytesForCurrentThread() - before:N0} bytes");
            Assert.IsTrue(clock.Elapsed < s_longest, $"{what}: {clock.Elapsed}");
        }

        float[] Score(string path)
        {
            var ml = new MLContext();
            var model = byCommand ? ModelFile.Load(ml, path).Model : ml.Model.Load(path, out _);
            return [.. model.Transform(Table.Read(data, default).Load(ml, [("x", DataKind.Single), ("city", DataKind.String)])).GetColumn<float>("Score")];
        }
    }
}
