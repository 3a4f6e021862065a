namespace Retort.Tests;

/// <summary>What single optimizers claim.</summary>
[TestClass]
public sealed class OptimizerTests
{
    private static ParameterLayout Matrix(int rows, int columns, ParameterRole role = ParameterRole.Weights)
    {
        var layout = new ParameterLayout();
        layout.Add(role, [rows, columns]);
        return layout;
    }

    private static float[] Normal(int count, ulong seed)
    {
        var random = new Generator(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)random.Normal())];
    }

    [TestMethod]
    [DataRow(8, 8), DataRow(3, 20), DataRow(20, 3)]
    public void A_step_of_Muon_has_singular_values_near_one(int rows, int columns) // times sqrt(max(1, rows / columns)), whatever the gradient's size
    {
        using var scope = NewDisposeScope();
        var step = new float[rows * columns];
        float[] gradients = [.. Normal(step.Length, 1).Select(x => 1e-3f * x)];
        new Muon().Start(Matrix(rows, columns)).Step(step, gradients, 1);
        var values = linalg.svdvals(tensor(step, dtype: float32).view(rows, columns)).data<float>().ToArray().Select(x => x / Math.Sqrt(Math.Max(1, rows / (double)columns))).ToArray();
        Assert.IsTrue(values.All(x => x is > 0.5 and < 1.3), string.Join(", ", values));
    }

    [TestMethod]
    public void Members_of_a_batched_layer_move_as_they_would_alone() // [2, 5, 4] is two matrices
    {
        using var scope = NewDisposeScope();
        var both = new ParameterLayout();
        both.Add(ParameterRole.Weights, [2, 5, 4]);
        float[] together = Normal(40, 2), gradients = Normal(40, 3), alone = together[20..];
        new Muon().Start(both).Step(together, gradients, 0.1);
        new Muon().Start(Matrix(5, 4)).Step(alone, gradients.AsSpan(20), 0.1);
        CollectionAssert.AreEqual(alone, together[20..]);
    }

    [TestMethod]
    public void Matrices_decay_where_there_is_no_gradient() // 1 - 0.1 * 0.5 of each weight is left
    {
        using var scope = NewDisposeScope();
        foreach (var optimizer in new Optimizer[] { new Sgd { WeightDecay = 0.5 }, new Muon { WeightDecay = 0.5 }, new NorMuon { WeightDecay = 0.5 }, new StableSpam { WeightDecay = 0.5 } })
        {
            float[] p = [1, -2, 3, 4, 5, 6];
            optimizer.Start(Matrix(2, 3)).Step(p, new float[6], 0.1);
            Assert.AreEqual(-1.9f, p[1], 1e-6f);
        }
    }

    [TestMethod]
    public void NorMuon_moves_all_neurons_alike_where_Muon_does_not()
    {
        double Spread(Optimizer optimizer) // of the rows' steps: deviation / mean, after ten gradients of a tall matrix whose rows differ
        {
            using var scope = NewDisposeScope();
            var stepper = optimizer.Start(Matrix(24, 6));
            var p = new float[24 * 6];
            for (var step = 0; step < 10; step++)
            {
                Array.Clear(p);
                stepper.Step(p, [.. Normal(p.Length, (ulong)(4 + step)).Select((x, i) => x * (1 + i / 6))], 1);
            }

            double[] norms = [.. Enumerable.Range(0, 24).Select(row => Math.Sqrt(p.Skip(6 * row).Take(6).Sum(x => (double)x * x)))];
            return Math.Sqrt(norms.Average(x => Math.Pow(x - norms.Average(), 2))) / norms.Average();
        }

        var (muon, normuon) = (Spread(new Muon()), Spread(new NorMuon()));
        Assert.IsTrue(normuon < 0.5 * muon, $"{normuon} beside {muon}");
    }

    [TestMethod]
    public void Spikes_throw_StableSpam_off_less_than_AdamW() // a noisy quadratic whose gradient is a thousand times too large every 40th step
    {
        double Distance(Optimizer optimizer)
        {
            using var scope = NewDisposeScope();
            var (p, c, random) = (Normal(64, 5), Normal(64, 6), new Generator(7));
            var (stepper, sum) = (optimizer.Start(Matrix(8, 8)), 0.0);
            for (var step = 1; step <= 800; step++)
            {
                float[] gradients = [.. p.Zip(c, (x, y) => (float)(x - y + 0.1 * random.Normal()))];
                if (step % 40 == 0)
                    gradients = [.. gradients.Select(x => (float)(x + 1000 * random.Normal()))];
                stepper.Step(p, gradients, 0.01);
                sum += step > 400 ? p.Zip(c, (x, y) => Math.Pow(x - y, 2)).Sum() / 400 : 0;
            }

            return sum;
        }

        var (guarded, plain) = (Distance(new StableSpam { WeightDecay = 0 }), Distance(new AdamW { WeightDecay = 0 }));
        Assert.IsTrue(guarded < 0.5 * plain, $"{guarded} beside {plain}");
    }

    [TestMethod]
    public void AdamP_keeps_the_length_of_weights_that_do_not_depend_on_it() // f(w) = -cos(w, c): its gradient stands upright on w
    {
        double Length(Optimizer optimizer)
        {
            using var scope = NewDisposeScope();
            var (p, c) = (Normal(16, 8), Normal(16, 9));
            var stepper = optimizer.Start(Matrix(1, 16));
            for (var step = 0; step < 200; step++)
            {
                double pp = p.Sum(x => x * x), pc = p.Zip(c, (x, y) => x * y).Sum();
                stepper.Step(p, [.. p.Zip(c, (x, y) => (float)(-(y - x * pc / pp) / Math.Sqrt(pp)))], 0.05);
            }

            return Math.Sqrt(p.Sum(x => x * x));
        }

        var start = Math.Sqrt(Normal(16, 8).Sum(x => x * x));
        var (cut, plain) = (Length(new AdamP { WeightDecay = 0 }), Length(new AdamW { WeightDecay = 0 }));
        Assert.IsTrue(cut - start < 0.5 * (plain - start), $"{cut} and {plain} from {start}");
    }

    [TestMethod]
    public void Settings_outside_their_range_are_refused()
    {
        string Refusal(Optimizer optimizer) => Assert.ThrowsExactly<ArgumentException>(optimizer.Validate).Message;
        Assert.AreEqual("LearningRate must be more than 0, but is 0.", Refusal(new Sgd { LearningRate = 0 }));
        Assert.AreEqual("Momentum must lie in [0, 1), but is 1.", Refusal(new Sgd { Momentum = 1 }));
        Assert.AreEqual("Momentum must lie in [0, 1), but is -1.", Refusal(new Muon { Momentum = -1 }));
        Assert.AreEqual("WeightDecay must be at least 0, but is -2.", Refusal(new NorMuon { WeightDecay = -2 }));
        Assert.AreEqual("LearningRate must be more than 0, but is -1.", Refusal(new Muon { Others = new() { LearningRate = -1 } }));
        Assert.AreEqual("Others must be given, but is null.", Refusal(new Muon { Others = null! }));
        Assert.AreEqual("Theta must lie in [0, 1), but is 1.", Refusal(new StableSpam { Theta = 1 }));
        Assert.AreEqual("ResetInterval must be at least 1, but is 0.", Refusal(new StableSpam { ResetInterval = 0 }));
        Assert.AreEqual("DecayRatio must lie in [0, 1], but is 1.5.", Refusal(new AdamP { DecayRatio = 1.5 }));
    }
}
