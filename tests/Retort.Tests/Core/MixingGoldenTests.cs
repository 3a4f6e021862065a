using System.Globalization;

namespace Retort.Tests;

/// <summary>What mixings add to the objective, beside computations in NumPy: the numbers and the script that made them lie in Golden.</summary>
[TestClass]
public sealed class MixingGoldenTests
{
    private static readonly Dictionary<string, double> Golden = File.ReadLines(Repository.Path("tests", "Retort.Tests", "Golden", "mixing.txt"))
        .Select(line => line.Split(' '))
        .ToDictionary(words => words[0], words => double.Parse(words[1], CultureInfo.InvariantCulture));

    public static IEnumerable<object[]> Names => Golden.Keys.Where(name => !name.StartsWith("dual", StringComparison.Ordinal)).Select(name => new object[] { name });

    private static readonly double[] s_shares = [0.5, 0.7, 1, 0.6, 0.9];

    private static Tensor Logits(int k) => tensor([.. Enumerable.Range(0, 20).Select(i => 2 * Math.Sin(1 + 1.3 * (i / 4 + 5 * k) + 0.7 * (i % 4)))], dtype: float64).view(5, 4);

    private static Batch Rows(int k)
    {
        var pairs = new LabelPairs(tensor(new long[] { 0, 1, 2, 3, 0 }), tensor(new long[] { 1, 1, 0, 2, 3 }), tensor([.. s_shares.Select(share => 1 - (1 - share) / (1 + k))], dtype: float64));
        return new(zeros(5, 1), null, Targets.Classes(pairs.Own), null, null) { LabelWeights = tensor(new[] { 1.0, 2, 0, 3, 1 }), Pairs = pairs };
    }

    [TestMethod, DynamicData(nameof(Names))]
    public void The_value_is_that_of_the_script(string name)
    {
        using var scope = NewDisposeScope();
        var (kind, number) = (name.Split('-')[0], double.Parse(name.Split('-')[1], CultureInfo.InvariantCulture));
        Mixing mixing = kind switch
        {
            "decoupled" => new DecoupledMixup { Power = number },
            "margin" => new RankMixup { Margin = number },
            _ => new RankMixup { Mode = RankingMode.Ndcg, Mixtures = (int)number },
        };
        var mixed = new MixedRows(new() { Rows = [0], Partners = [0], Shares = [1] }, CPU);
        var value = mixing.Value(new(new(Logits(0)), Rows(0), [.. Enumerable.Range(0, mixing.Copies).Select(k => new MixedCopy(new(Logits(k + 1)), Rows(k), mixed))]) { Loss = (_, _) => zeros([]) }, StepContext.First());
        Assert.AreEqual(Golden[name], value.ToDouble(), 1e-12);
    }

    [TestMethod]
    public void A_rectangle_of_an_image_is_another_images_and_the_label_knows_its_area()
    {
        var step = new MixingStep(new() { Rows = 200, Features = 7 * 9 * 2 }, new CutMix { Height = 7, Width = 9, Channels = 2 }.Pair(new() { Rows = 200, Features = 126 }), [.. Enumerable.Range(0, 200).Select(row => (long)row)], new(3));
        var mix = new CutMix { Height = 7, Width = 9, Channels = 2 }.Draw(step);
        for (var row = 0; row < 200; row++)
        {
            var taken = Enumerable.Range(0, 63).Where(pixel => mix.Numbers![row * 126 + 2 * pixel] == 0).ToArray();
            Assert.IsTrue(taken.All(pixel => mix.Numbers![row * 126 + 2 * pixel + 1] == 0), "Channels of a pixel go together.");
            Assert.AreEqual(1 - taken.Length / 63f, mix.Shares[row], 1e-6f);
            Assert.IsTrue(mix.Shares[row] >= 0.5f);
            if (taken.Length > 0) // all of the rectangle that they span
                Assert.AreEqual(taken.Length, (taken.Max(p => p / 9) - taken.Min(p => p / 9) + 1) * (taken.Max(p => p % 9) - taken.Min(p => p % 9) + 1));
        }

        Assert.IsTrue(mix.Shares.Average() is > 0.7f and < 0.95f);
    }

    [TestMethod]
    public void Columns_are_taken_by_the_share_that_the_label_has()
    {
        var all = new MixingRows { Rows = 2000, Features = 5, Columns = 3 };
        var mix = new RowCutMix { Alpha = 1 }.Draw(new(all, new StepPairing(all), [.. Enumerable.Range(0, 2000).Select(row => (long)row)], new(3)));
        var taken = new double[8];
        for (var row = 0; row < 2000; row++)
        {
            var own = mix.Numbers.AsSpan(row * 5, 5).ToArray().Count(one => one == 1) + mix.Kept.AsSpan(row * 3, 3).ToArray().Count(one => one);
            Assert.AreEqual(own / 8f, mix.Shares[row], 1e-6f);
            Assert.IsTrue(own >= 4);
            for (var column = 0; column < 8; column++)
                taken[column] += (column < 5 ? mix.Numbers![row * 5 + column] == 0 : !mix.Kept![row * 3 + column - 5]) ? 1.0 / 2000 : 0;
        }

        foreach (var share in taken) // each column alike
            Assert.AreEqual(taken.Average(), share, 0.04);
    }

    [TestMethod]
    public void Features_that_are_no_such_image_are_refused() => Assert.AreEqual(
        "Height * Width * Channels of the mixing 'cutmix' must be the number of features, 6, but Height is 2, Width 0 and Channels 2.",
        Assert.ThrowsExactly<ArgumentException>(() => new CutMix { Height = 2, Channels = 2 }.Pair(new() { Rows = 3, Features = 6 })).Message);

    [TestMethod]
    public void Two_classes_cannot_be_decoupled() => Assert.AreEqual(
        "The number of classes for 'decoupled-mixup' must be at least 3, but is 2.",
        Assert.ThrowsExactly<ArgumentException>(() => new DecoupledMixup().Pair(new() { Rows = 3, Classes = 2 })).Message);

    public static IEnumerable<object[]> Networks => new Network[] { new Mlp { Layers = 3, Width = 5, Activation = Activation.Tanh }, new RealMlp { Width = 5, Dropout = 0 }, new TabM { Members = 2, Width = 5, Dropout = 0 }, new ResNetMlp { Width = 5 } }
        .Select(network => new object[] { network });

    [TestMethod, DynamicData(nameof(Networks))]
    public void Gradients_through_a_mixture_at_any_block_are_those_of_differences(Network network)
    {
        using var scope = NewDisposeScope();
        var graph = network.Build(new(2, [12, 3], 2));
        var parameters = tensor(Array.ConvertAll(graph.Layout.Initial(new(1)), one => (double)one), dtype: float64);
        var (features, categories) = (Some.Normal(2, float64, 6, 2), tensor(new long[] { 1, 2, 0, 3, 12, 1, 5, 2, 7, 3, 9, 0 }).view(6, 2));
        var atOutputs = Some.Normal(3, float64, 6 * graph.Members, 2);
        for (var block = -1; block < graph.Blocks.Length; block++)
        {
            var blend = new HiddenBlend(block, [2, 0, 1, 3, 5, 4], [0.5f, 0.75f, 1, 0.625f, 0.875f, 0.9375f]);
            var gradients = zeros_like(parameters);
            var hand = new GraphBackprop<double>(graph, parameters, gradients);
            var said = hand.Forward(features, categories, null, blend);
            Assert.IsTrue(said.allclose(graph.Pass(graph.Layout.Views(parameters), features, categories, null, blend: blend).Outputs, 1e-9, 1e-12));
            hand.Backward(atOutputs.clone());
            var random = new Generator(4);
            for (var probe = 0; probe < 25; probe++)
            {
                var place = random.Below(graph.Layout.Count);
                if (graph.Layout.Slots.Single(slot => place >= slot.Offset && place < slot.Offset + slot.Count).Role == ParameterRole.Constants)
                    continue;
                Assert.AreEqual((Objective(place, 1e-6) - Objective(place, -1e-6)) / 2e-6, gradients[place].ToDouble(), 1e-6, $"block {block}, weight {place}");
            }

            double Objective(long place, double change)
            {
                using var inner = NewDisposeScope();
                var moved = parameters.clone();
                moved[place] += change;
                return (graph.Pass(graph.Layout.Views(moved), features, categories, null, blend: blend).Outputs * atOutputs).sum().ToDouble();
            }
        }
    }
}
