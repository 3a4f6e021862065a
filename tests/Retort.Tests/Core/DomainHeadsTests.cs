namespace Retort.Tests;

/// <summary>Networks with a head for each domain.</summary>
[TestClass]
public sealed class DomainHeadsTests
{
    private static readonly Recipe s_recipe = Some.Quick with { Network = new Mlp { Layers = 1, Width = 16, Domains = new() } };

    /// <summary>Three domains, each with a rule of its own: the label is the side of the first feature, of the second, or the other side of the first.</summary>
    private static Dataset Data(int rows, LearningTask task, ulong seed = 1)
    {
        var random = new Generator(seed);
        var (numbers, labels, groups) = (new float[rows * 2], new long[rows], new long[rows]);
        for (var row = 0; row < rows; row++)
        {
            groups[row] = 10 * (row % 3); // as large as 20: numbers of groups are not places of heads
            (numbers[2 * row], numbers[2 * row + 1]) = ((float)random.Normal(), (float)random.Normal());
            labels[row] = (row % 3) switch { 0 => numbers[2 * row] > 0, 1 => numbers[2 * row + 1] > 0, _ => numbers[2 * row] < 0 } ? 1 : 0;
        }

        return new()
        {
            Features = tensor(numbers).view(rows, 2),
            Labels = tensor(labels),
            Groups = tensor(groups),
            Classes = task == LearningTask.Binary ? 2 : 3,
            Protected = ProtectedColumns.Of(ProtectedColumn.OfCategories("side", arange(rows, dtype: int64) % 2, 2)),
        };
    }

    [TestMethod]
    [DataRow(LearningTask.Binary), DataRow(LearningTask.Multiclass)]
    public void Each_head_learns_the_rule_of_its_domain(LearningTask task)
    {
        using var scope = NewDisposeScope();
        foreach (var network in new Network[] { s_recipe.Network, new TabM { Layers = 1, Width = 16, Members = 4, Domains = new() } })
        {
            var data = Data(600, task);
            var fitted = Some.Train(s_recipe with { Network = network, Epochs = 40, Patience = 40 }, task, data).Network;
            var width = task == LearningTask.Binary ? 1 : 3;
            Assert.AreEqual((width, 3 * width), (fitted.Outputs, fitted.Shape.Outputs));
            var graph = network.Build(fitted.Shape);
            var raw = graph.Forward(graph.Layout.Views(Memory.Copy(fitted.Parameters)), data.Features, null, null);
            raw = raw.view(600, -1, 3 * width).mean([1L]);
            var right = new double[3];
            for (var head = 0; head < 3; head++)
            {
                var said = raw.narrow(1, head * width, width);
                var chosen = width == 1 ? said.squeeze(1).gt(0).to_type(int64) : said.argmax(1);
                right[head] = (chosen.eq(data.Labels!) & data.Groups!.eq(10 * head)).sum().ToDouble() / 200;
            }

            Assert.IsTrue(right.All(share => share > 0.93), string.Join(" ", right)); // one head for all cannot be above two thirds
            float[] row = Memory.Of<float>(data.Features).Slice(6, 2).ToArray(), one = new float[fitted.Outputs], batch = new float[fitted.Outputs];
            fitted.ScoreRow(row, [], one);
            fitted.Score(tensor(row).view(1, 2), null, batch);
            for (var i = 0; i < one.Length; i++)
                Assert.AreEqual(batch[i], one[i], 1e-5);
        }
    }

    [TestMethod]
    [DataRow(LearningTask.Binary), DataRow(LearningTask.Multiclass)]
    public void A_run_that_is_ended_goes_on_in_the_same_bits(LearningTask task)
    {
        using var scope = NewDisposeScope();
        EveryPenaltyRunsTests.GoesOn(s_recipe with { Epochs = 3, BatchSize = 16, HoldOut = 0.3 }, task, 6, Data(64, task));
        EveryPenaltyRunsTests.GoesOn(s_recipe with { Epochs = 3, BatchSize = 16, HoldOut = 0.3, Penalty = new DemographicParity() }, task, 6, Data(64, task));
        EveryPenaltyRunsTests.GoesOn(s_recipe with { Epochs = 3, BatchSize = 16, HoldOut = 0.3, Penalty = new DemographicParity { WholeSetEvery = 3 } }, task, 6, Data(64, task));
    }

    [TestMethod]
    public void Domains_count_alike_or_by_their_rows()
    {
        // 90 rows of one domain and 10 of another; in one step of all rows a head's gradient is its domain's share of the weight
        using var scope = NewDisposeScope();
        var data = new Dataset { Features = ones(100, 1), Labels = ones(100, dtype: int64), Groups = arange(100, dtype: int64).ge(90).to_type(int64), Classes = 2 };
        var recipe = Some.Quick with { Epochs = 1, BatchSize = 100, Optimizer = new Sgd { LearningRate = 1e-3 }, Schedule = new ConstantRate() };
        foreach (var (alike, small) in new[] { (true, 0.5), (false, 0.1) })
        {
            var network = new LinearNetwork { ScalesFeatures = false, Domains = new() { CountsDomainsAlike = alike } };
            var fitted = Some.Train(recipe with { Network = network }, LearningTask.Binary, data).Network;
            var begun = Some.Train(recipe with { Network = network, Optimizer = new Sgd { LearningRate = 1e-30 } }, LearningTask.Binary, data).Network;
            double Moved(int head) => (fitted.Parameters[2 + head] - begun.Parameters[2 + head]) * (1 + Math.Exp(begun.Parameters[head] + begun.Parameters[2 + head])); // a bias, in units of 1 - p
            Assert.AreEqual(small, Moved(1) / (Moved(0) + Moved(1)), 0.01);
        }
    }

    [TestMethod]
    public void What_does_not_go_together_is_refused()
    {
        using var scope = NewDisposeScope();
        var data = Data(60, LearningTask.Binary);
        Refused(s_recipe, LearningTask.Binary, Lesson.Data(LearningTask.Binary, 60), "The network's 'drm' must have a group column that names the domain of a row, but none is named.");
        Refused(s_recipe, LearningTask.Binary, new() { Features = data.Features, Labels = data.Labels, Classes = 2, Groups = zeros(60, dtype: int64) }, "The number of domains among the training rows must lie in [2, 256], but is 1.");
        Refused(s_recipe, LearningTask.Regression, Some.Prices(60), "DomainHeads must serve the task Regression, but is 'drm', which serves Classification.");
        Refused(s_recipe with { Loss = new StableMaxLoss() }, LearningTask.Multiclass, Data(60, LearningTask.Multiclass), "The network's 'drm' must be with a loss of plain logits of all classes, but 'stablemax' has outputs of its own.");
        Refused(s_recipe with { Distillation = new DualHeadOptimization() }, LearningTask.Binary, Taught(data), "The network's 'drm' must be with a distillation of one set of outputs from a teacher that is there, but 'dho' asks for another.");

        Refused(s_recipe with { Mixing = new Mixup() }, LearningTask.Binary, data, "The mixing 'mixup' must be with a network of one head, but this one has 3, for domains.");

        static Dataset Taught(Dataset data) => new() { Features = data.Features, Labels = data.Labels, Classes = 2, Groups = data.Groups, Teacher = full(60, 2, 0.5f) };

        static void Refused(Recipe recipe, LearningTask task, Dataset data, string message) =>
            Assert.AreEqual(message, Assert.ThrowsExactly<ArgumentException>(() => Some.Train(recipe, task, data)).Message);
    }

    [TestMethod]
    public void A_teacher_of_one_set_is_followed()
    {
        using var scope = NewDisposeScope();
        var data = Data(300, LearningTask.Binary);
        var taught = new Dataset { Features = data.Features, Labels = data.Labels, Classes = 2, Groups = data.Groups, Teacher = nn.functional.one_hot(1 - data.Labels!, 2).to_type(float32) * 0.8 + 0.1 };
        var fitted = Some.Train(s_recipe with { Distillation = new SoftTargets { Mode = DistillationMode.Replace }, Epochs = 30 }, LearningTask.Binary, taught).Network;
        var graph = fitted.Architecture.Build(fitted.Shape);
        var raw = graph.Forward(graph.Layout.Views(Memory.Copy(fitted.Parameters)), data.Features, null, null).narrow(1, 0, 1).squeeze(1);
        var own = data.Groups!.eq(0);
        Assert.IsTrue((raw.lt(0).eq(data.Labels!.eq(1)) & own).sum().ToDouble() / 100 > 0.9); // the contrary of the labels
    }
}
