using System.Globalization;

namespace Retort.Tests;

/// <summary>Heads for domains and known factors beside a script that goes by the definitions: it lies in Golden with its numbers.</summary>
[TestClass]
public sealed class NetworkOptionGoldenTests
{
    private static readonly Dictionary<string, double[]> Golden = File.ReadLines(Repository.Path("tests", "Retort.Tests", "Golden", "networks.txt"))
        .Select(line => line.Split(' '))
        .ToDictionary(words => words[0], words => words[1..].Select(word => double.Parse(word, CultureInfo.InvariantCulture)).ToArray());

    [TestMethod]
    [DataRow(0), DataRow(1), DataRow(4)]
    public void Sure_heads_count_more(int gamma)
    {
        using var scope = NewDisposeScope();
        var link = OutputLink.Steered([gamma, gamma, gamma]);
        foreach (var (name, classes) in new[] { ("many", 3), ("pair", 1) })
        {
            var expected = Golden[$"steered-{name}-{gamma}"];
            var raw = Enumerable.Range(0, 4).Select(row => (float[])[.. from set in Enumerable.Range(0, 3) from label in Enumerable.Range(0, classes) select (float)(2 * Math.Sin(1 + set + 1.3 * row + 0.7 * label))]).ToArray();
            var logits = link.ToLogits(tensor(raw.SelectMany(row => row).ToArray()).view(4, 3 * classes));
            var said = (classes == 1 ? cat([-logits, zeros_like(logits)], 1).softmax(1) : logits.softmax(1)).to_type(float64);
            for (var row = 0; row < 4; row++)
            {
                var own = new float[classes];
                link.ToLogits(raw[row], own);
                var ofRow = classes == 1 ? [-own[0], 0] : own;
                Logits.Softmax(ofRow);
                for (var label = 0; label < ofRow.Length; label++)
                {
                    Assert.AreEqual(expected[row * ofRow.Length + label], said[row, label].ToDouble(), 1e-6);
                    Assert.AreEqual(expected[row * ofRow.Length + label], ofRow[label], 1e-6);
                }
            }
        }
    }

    [TestMethod]
    public void A_head_that_is_certain_stays_finite()
    {
        using var scope = NewDisposeScope();
        foreach (var gamma in new[] { 1.0, 20.0 })
        {
            var link = OutputLink.Steered([gamma, gamma]);
            var row = new float[1];
            link.ToLogits([1000, -1], row);
            Assert.IsTrue(row[0] is > 5 and < float.PositiveInfinity, $"{row[0]}");
            Assert.IsTrue(link.ToLogits(tensor(new float[] { 1000, -1 }).view(1, 2)).ToSingle() is > 5 and < float.PositiveInfinity);
            Assert.AreEqual(0, link.ToLogits(tensor(new float[] { 1000, -1000 }).view(1, 2)).ToSingle(), 1e-3);
        }
    }

    [TestMethod]
    [DataRow("many", LearningTask.Multiclass), DataRow("pair", LearningTask.Binary), DataRow("value", LearningTask.Regression)]
    public void A_divergence_of_factors_and_its_gradient(string name, LearningTask task)
    {
        using var scope = NewDisposeScope();
        var outputs = task == LearningTask.Multiclass ? 3 : 1;
        var factors = new FactorConsistency { Importance = [1, 2, 3], Weight = 2 };
        var network = new Mlp { Layers = 1, Width = 4, Activation = Activation.Tanh, ScalesFeatures = false, Factors = factors };
        var labels = arange(6, dtype: int64) % Math.Max(2, outputs);
        using var data = new Dataset
        {
            Features = tensor((float[])[.. from row in Enumerable.Range(0, 6) from column in Enumerable.Range(0, 3) select (float)Math.Sin(1 + row + 2 * column)]).view(6, 3),
            Labels = task == LearningTask.Regression ? labels.to_type(float32) : labels,
            Classes = task == LearningTask.Regression ? 1 : Math.Max(2, outputs),
        };
        foreach (var weighting in new[] { "even", "weighted" })
        {
            var rows = new TaskData(data, task, Scale.Of(data, task, LabelScaling.Standardised));
            var graph = network.Build(new(3, [], outputs));
            var learner = new Learner(graph, new([], graph), new Recipe { Network = network }, rows, new(1), new(1), Place.Cpu);
            for (var k = 0; k < learner.Parameters.shape[0]; k++)
                learner.Parameters[k].fill_((float)Math.Cos(1 + 0.8 * k));
            learner.Gradients.fill_(5);
            var weights = weighting == "even" ? null : 1 + arange(6, dtype: float32) % 2;
            var value = new FactorTerm(factors, learner, rows, new OutputForm(task, 1).Logits).Add(data.Features, null, weights, tensor(0.5f));
            Assert.AreEqual(2 * Golden[$"factors-{name}-{weighting}"][0], value.ToDouble(), 1e-6);
            var gradient = Memory.Of<float>(learner.Gradients).ToArray();
            var expected = Golden[$"factors-{name}-{weighting}-gradient"]; // times 2, the weight, and 0.5, the share
            for (var k = 0; k < expected.Length; k++)
                Assert.AreEqual(5 + expected[k], gradient[k], 1e-5);
        }
    }
}
