namespace Retort.Tests;

[TestClass]
public sealed class AdamWTests
{
    private static ParameterLayout Layout(params (int Count, bool Decays)[] slots)
    {
        var layout = new ParameterLayout();
        foreach (var (count, decays) in slots)
            layout.Add(decays ? ParameterRole.Weights : ParameterRole.Biases, [count]);
        return layout;
    }

    [TestMethod]
    public void The_first_step_is_the_learning_rate_against_the_gradients_sign() // mHat / sqrt(vHat) = g / |g|
    {
        float[] parameters = [1, 1];
        new AdamW { WeightDecay = 0 }.Start(Layout((2, true))).Step(parameters, [5, -0.001f], 0.1);
        Assert.AreEqual(0.9f, parameters[0], 1e-6f);
        Assert.AreEqual(1.1f, parameters[1], 1e-5f);
    }

    [TestMethod]
    public void Every_length_agrees_with_the_formula_in_double() // lengths around the width of a vector, two slots
    {
        var settings = new AdamW { Beta1 = 0.8, Beta2 = 0.95, Epsilon = 1e-3, WeightDecay = 0.3 };
        foreach (var length in new[] { 1, 7, 8, 9, 16, 33 })
        {
            var random = new Generator((ulong)length);
            var stepper = settings.Start(Layout((length, true), (3, false)));
            var parameters = Enumerable.Range(0, length + 3).Select(_ => (float)random.Normal()).ToArray();
            double[] p = [.. parameters.Select(x => (double)x)], m = new double[p.Length], v = new double[p.Length];
            for (var step = 1; step <= 5; step++)
            {
                var g = Enumerable.Range(0, p.Length).Select(_ => (float)random.Normal()).ToArray();
                var rate = 0.1 / step;
                stepper.Step(parameters, g, rate);
                for (var i = 0; i < p.Length; i++)
                {
                    m[i] = 0.8 * m[i] + 0.2 * g[i];
                    v[i] = 0.95 * v[i] + 0.05 * g[i] * g[i];
                    var (mHat, vHat) = (m[i] / (1 - Math.Pow(0.8, step)), v[i] / (1 - Math.Pow(0.95, step)));
                    p[i] -= rate * (mHat / (Math.Sqrt(vHat) + 1e-3) + (i < length ? 0.3 : 0) * p[i]);
                }
            }

            for (var i = 0; i < p.Length; i++)
                Assert.AreEqual(p[i], parameters[i], 1e-5);
        }
    }

    [TestMethod]
    public void Settings_outside_their_range_are_refused()
    {
        string Refusal(AdamW adam) => Assert.ThrowsExactly<ArgumentException>(adam.Validate).Message;
        Assert.AreEqual("LearningRate must be more than 0, but is 0.", Refusal(new() { LearningRate = 0 }));
        Assert.AreEqual("Beta1 must lie in [0, 1), but is 1.", Refusal(new() { Beta1 = 1 }));
        Assert.AreEqual("Beta2 must lie in [0, 1), but is -0.5.", Refusal(new() { Beta2 = -0.5 }));
        Assert.AreEqual("WeightDecay must be at least 0, but is -1.", Refusal(new() { WeightDecay = -1 }));
        Assert.AreEqual("Epsilon must be more than 0, but is Infinity.", Refusal(new() { Epsilon = double.PositiveInfinity }));
    }
}
