using System.Globalization;

namespace Retort.Tests;

/// <summary>What mixings add to the objective, beside computations in NumPy: the numbers and the script that made them lie in Golden.</summary>
[TestClass]
public sealed class MixingGoldenTests
{
    private static readonly Dictionary<string, double> Golden = File.ReadLines(Repository.Path("tests", "Retort.Tests", "Golden", "mixing.txt"))
        .Select(line => line.Split(' '))
        .ToDictionary(words => words[0], words => double.Parse(words[1], CultureInfo.InvariantCulture));

    public static IEnumerable<object[]> Names => Golden.Keys.Where(name => name.Split('-')[0] is "decoupled" or "margin" or "ndcg").Select(name => new object[] { name });

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
        var value = mixing.Value(new(new(Logits(0)), Rows(0), [.. Enumerable.Range(0, mixing.Copies).Select(k => new MixedCopy(new(Logits(k + 1)), Rows(k), mixed))]) { OfLabels = (_, _) => zeros([]) }, StepContext.First());
        Assert.AreEqual(Golden[name], value.ToDouble(), 1e-12);
    }

    [TestMethod]
    public void Of_two_classes_the_rarer_has_more_of_the_label()
    {
        // classes 0 to 3 of 40, 10, 20 and 5 rows; the share of 0.6 by a pairing of one row with another
        long[] labels = [.. Enumerable.Repeat(0L, 40), .. Enumerable.Repeat(1L, 10), .. Enumerable.Repeat(2L, 20), .. Enumerable.Repeat(3L, 5)];
        foreach (var (own, partner, name) in new[] { (0, 40, "dual-01"), (40, 0, "dual-10"), (70, 0, "dual-30"), (50, 51, "dual-22") })
        {
            var all = new MixingRows { Rows = 75, Features = 1, Deviations = [1], Classes = 4, Labels = labels };
            var random = new Generator(5);
            var shares = Enumerable.Range(0, 300).Select(_ => new DualMix { Noise = 0 }.Draw(new(all, new Given(partner), [own], random))).ToArray();
            var near = shares.MinBy(mix => Math.Abs(mix.Numbers![0] - 0.6))!;
            var (x, y) = (near.Numbers![0] * Math.Pow(Count(own), -0.25), (1 - near.Numbers[0]) * Math.Pow(Count(partner), -0.25));
            Assert.AreEqual(Math.Max(0.5, x / (x + y)), near.Shares[0], 1e-6);
            Assert.AreEqual(Golden[name], near.Shares[0], 0.02);
        }

        int Count(int row) => labels.Count(label => label == labels[row]);
    }

    private sealed class Given(long partner) : Pairing
    {
        public override (long[] Partners, int[]? Places) Draw(ReadOnlySpan<long> rows, Generator random) => ([partner], null);
    }

    [TestMethod]
    public void The_gradient_of_learned_noise_is_that_of_its_density()
    {
        var slopes = LearnedNoise.Slopes([0.2f, 0.5f, 0.9f, 0.3f, 0.6f, 0.1f], [1.5f, 2, 7, 1.1f], [0.4f, -0.3f]);
        for (var i = 0; i < 4; i++)
            Assert.AreEqual(Golden[$"slope-{i / 2}{i % 2}"], slopes[i], 1e-5);
        Assert.AreEqual(-0.57721566490153286, LearnedNoise.Digamma(1), 1e-10);
    }

    [TestMethod]
    public void Weights_of_transforms_follow_their_losses()
    {
        using var scope = NewDisposeScope();
        using var state = new PartState();
        state["gamma"] = tensor(new[] { 0.5, 0, 1 }, dtype: float64);
        var mixed = new MixedRows(new() { Rows = [0, 1, 2, 3, 4], Partners = [0, 1, 2, 3, 4], Shares = [1, 1, 1, 1, 1], Draws = [0, 1, 2, 0, 1] }, CPU);
        var copy = Rows(0);
        copy = copy with { Targets = copy.Pairs!.Soft(4) };
        var value = new ConstrainedAugmentation { DualRate = 0.1 }.Value(
            new(new(Logits(0)), Rows(0), [new(new(Logits(1)), copy, mixed)]) { OfLabels = (said, batch) => new CrossEntropyLoss().Value(said.Logits, batch.Targets, batch.LabelWeights) }, StepContext.First() with { State = state });
        Assert.AreEqual(Golden["constrained-value"], value.ToDouble(), 1e-12);
        for (var transform = 0; transform < 3; transform++)
            Assert.AreEqual(Golden[$"constrained-{transform}"], ConstrainedAugmentation.Weights(state)[transform], 1e-12);
    }

    [TestMethod]
    public void Harder_transforms_are_drawn_more_often()
    {
        var all = new MixingRows { Rows = 4000, Features = 1, Deviations = [1] };
        float[] Hard(RowMix mix) => Array.ConvertAll(mix.Draws!, draw => draw == 1 ? 4f : 1);
        var mix = new ConstrainedAugmentation { Trials = 8 }.Draw(new(all, new StepPairing(all), [.. Enumerable.Range(0, 4000).Select(row => (long)row)], new(2)) { Losses = Hard });
        Assert.AreEqual(4.0 / 6, mix.Draws!.Count(draw => draw == 1) / 4000.0, 0.03); // proportional to the loss: 1, 4 and 1
    }

    [TestMethod]
    public void The_policy_of_adamixup_learns_by_the_gradient_at_the_mixed_numbers()
    {
        // rows of which the loss grows with the distance from their own numbers: the policy must come to mix less
        using var scope = NewDisposeScope();
        using var state = new PartState();
        var (numbers, mixing) = (Some.Normal(1, float32, 40, 2), new AdaMixup { PolicyRate = 0.01, IntrusionWeight = 0 });
        var all = new MixingRows { Rows = 40, Features = 2, Means = [0, 0], Deviations = [1, 1], Classes = 2, HiddenWidth = 3, Labels = new long[40] };
        mixing.Begin(state, all, CPU, new(1));
        long[] rows = [.. Enumerable.Range(0, 40).Select(row => (long)row)];
        Tensor Of(long[] some) => numbers.index_select(0, tensor(some, dtype: int64));
        var random = new Generator(2);
        var before = Draw().Shares.Average();
        for (var step = 0; step < 60; step++)
        {
            var mix = Draw();
            var pairs = new LabelPairs(zeros(40, dtype: int64), ones(40, dtype: int64), tensor(mix.Shares));
            var batch = new Batch(numbers, null, pairs.Soft(2), null, null) { Pairs = pairs };
            var said = new StudentOutput(zeros(40, 2)) { Hidden = zeros(40, 3) };
            mixing.Value(new(said, batch, [new(said, batch, new(mix, CPU))])
            {
                All = all,
                Rows = Of,
                Ask = (there, _) => new((there - numbers).square()) { Hidden = zeros(40, 3) },
                OfLabels = (answer, _) => answer.Logits.mean(),
            }, StepContext.First() with { State = state });
        }

        var after = Draw().Shares.Average();
        Assert.IsTrue(after > before + 0.1, $"{before} to {after}");

        RowMix Draw() => mixing.Draw(new(all, new StepPairing(all), rows, random) { State = state, Features = Of });
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
