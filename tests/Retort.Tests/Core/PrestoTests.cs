using System.Globalization;

namespace Retort.Tests;

[TestClass]
public sealed class PrestoTests
{
    private const int Rows = 150;

    public static IEnumerable<object[]> Lines => File.ReadLines(Repository.Path("tests", "Retort.Tests", "Golden", "presto.txt"))
        .Select(line => new object[] { line.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray() });

    private static Dataset Golden()
    {
        var (features, labels, weights) = (new float[Rows * 3], new long[Rows], new float[Rows]);
        for (var i = 0; i < Rows; i++)
        {
            for (var j = 0; j < 3; j++)
                features[i * 3 + j] = (float)Math.Sin(0.7 * (i + 1) * (j + 1) + j);
            var latent = 1.5 * features[i * 3] - features[i * 3 + 1] + 1.6 * Math.Sin(12.9898 * (i + 1));
            labels[i] = new[] { -0.5, 1, 2.2 }.Count(bound => latent >= bound);
            weights[i] = 1 + i % 3;
        }

        return new() { Features = tensor(features, dtype: float32).view(Rows, 3), Labels = tensor(labels, dtype: int64), Weights = tensor(weights, dtype: float32), Classes = 4 };
    }

    private static float[] Probabilities(FittedNetwork network, Tensor features)
    {
        var outputs = Memory.Of<float>(network.Forward(features, null).contiguous()).ToArray();
        for (var start = 0; start < outputs.Length; start += network.Outputs)
            network.Finish(outputs.AsSpan(start, network.Outputs));
        return outputs;
    }

    [TestMethod, DynamicData(nameof(Lines))]
    public void It_finds_what_scipy_finds(double[] golden)
    {
        using var scope = NewDisposeScope();
        var data = Golden();
        var (network, lambda) = PrestoFit.Of(new Presto { Lambdas = [golden[0]] }, data, 1, () => { });
        Assert.AreEqual(golden[0], lambda);
        var actual = Probabilities(network, data.Features.narrow(0, 0, 4));
        for (var row = 0; row < 4; row++)
        {
            var (until, raw) = (0.0, 0.0);
            for (var k = 0; k < 4; k++) // scipy's differences as they are; ours of boundaries that do not fall
            {
                raw += golden[2 + row * 4 + k];
                Assert.AreEqual(Math.Max(until, raw) - until, actual[row * 4 + k], 2e-4);
                until = Math.Max(until, raw);
            }
        }
    }

    [TestMethod]
    public void One_row_gives_what_many_give_and_a_file_gives_it_back()
    {
        using var scope = NewDisposeScope();
        var data = Golden();
        var network = PrestoFit.Of(new Presto { Lambdas = [0] }, data, 1, () => { }).Network;
        var stream = new MemoryStream();
        network.Write(new BinaryWriter(stream));
        var loaded = FittedNetwork.Read(new BinaryReader(new MemoryStream(stream.ToArray())));
        var far = data.Features * 40; // where boundaries cross
        var expected = Probabilities(network, far);
        var row = new float[4];
        for (var i = 0; i < Rows; i++)
        {
            loaded.ForwardRow(Memory.Of<float>(far).Slice(i * 3, 3), [], row);
            loaded.Finish(row);
            Assert.AreEqual(1, row.Sum(), 1e-5);
            for (var k = 0; k < 4; k++)
                Assert.AreEqual(expected[i * 4 + k], row[k], 1e-5);
        }
    }

    [TestMethod]
    public void Two_classes_are_refused()
    {
        using var scope = NewDisposeScope();
        var data = new Dataset { Features = Some.Normal(1, float32, 10, 2), Labels = tensor(new long[] { 0, 1, 0, 1, 0, 1, 0, 1, 0, 1 }), Classes = 2 };
        Assert.AreEqual("The number of classes for 'presto' must be at least 3, but is 2.", Assert.ThrowsExactly<ArgumentException>(() => PrestoFit.Of(new Presto(), data, 1, () => { })).Message);
    }

    [TestMethod]
    public void Separable_rows_a_constant_column_and_a_class_without_rows_give_numbers()
    {
        using var scope = NewDisposeScope();
        var features = arange(40, dtype: float32).unsqueeze(1);
        var data = new Dataset { Features = cat([features, ones(40, 1)], 1), Labels = tensor(Enumerable.Range(0, 40).Select(i => i < 20 ? 0L : i < 30 ? 1L : 3L).ToArray()), Classes = 4 };
        var probabilities = Probabilities(PrestoFit.Of(new Presto { Lambdas = [1, 0.1], Folds = 3 }, data, 1, () => { }).Network, data.Features);
        Assert.IsTrue(probabilities.All(p => p is >= 0 and <= 1));
        for (var row = 0; row < 40; row++)
            Assert.AreEqual(row < 20 ? 0 : row < 30 ? 1 : 3, Logits.ArgMax(probabilities.AsSpan(row * 4, 4)));
    }

    [TestMethod]
    public void The_rare_end_of_a_scale_is_told_better_than_by_either_extreme() // boundaries that differ in one feature, few rows: see the source, section 5
    {
        using var scope = NewDisposeScope();
        var errors = new double[3];
        for (var seed = 1UL; seed <= 3; seed++)
        {
            var (train, test) = (Draw(400, seed), Draw(20_000, seed + 100));
            double[][] paths = [[1], [0], [1, 0.4, 0.15, 0.05]];
            for (var i = 0; i < 3; i++)
            {
                var network = PrestoFit.Of(new Presto { Lambdas = [.. paths[i]], Folds = 3 }, train, 1, () => { }).Network;
                var p = Probabilities(network, test.Features);
                var labels = Memory.Of<long>(test.Labels!);
                for (var row = 0; row < labels.Length; row++)
                    errors[i] += Math.Pow(p[row * 3 + 2] - (labels[row] == 2 ? 1 : 0), 2);
            }
        }

        Assert.IsTrue(errors[2] < errors[0] && errors[2] < errors[1], string.Join(" ", errors));

        static Dataset Draw(int rows, ulong seed)
        {
            var random = new Generator(seed);
            var (features, labels) = (new float[rows * 8], new long[rows]);
            for (var row = 0; row < rows; row++)
            {
                var x = features.AsSpan(row * 8, 8);
                foreach (ref var number in x)
                    number = (float)random.Normal();
                var shared = x[0] + x[1] - x[2];
                var noise = Math.Log(1 / (1 - random.Uniform()) - 1);
                var (first, second) = (0.5 + shared, 3.5 + shared + 0.7 * x[3]);
                labels[row] = -noise <= first ? 0 : -noise <= Math.Max(first, second) ? 1 : 2;
            }

            return new() { Features = tensor(features, dtype: float32).view(rows, 8), Labels = tensor(labels, dtype: int64), Classes = 3 };
        }
    }
}
