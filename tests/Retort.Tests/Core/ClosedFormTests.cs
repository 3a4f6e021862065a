namespace Retort.Tests;

/// <summary>Where parts of the objective give their gradient themselves, it is autograd's.</summary>
[TestClass]
public sealed class ClosedFormTests
{
    private const int Rows = 6, Members = 3;

    public static IEnumerable<object[]> Cases =>
        from part in EveryPartTests.Samples(typeof(Part))
        where part is IClosedForm
        from task in Enum.GetValues<LearningTask>()
        where Methods.Of(part).Serves(task)
        from weighted in new[] { false, true }
        from mixed in new[] { false, true }
        select new object[] { part, task, weighted, mixed };

    [TestMethod, DynamicData(nameof(Cases))]
    public void Value_and_gradient_are_those_of_autograd(Part part, LearningTask task, bool weighted, bool mixed)
    {
        using var scope = NewDisposeScope();
        var width = task == LearningTask.Multiclass ? 4 : 1;
        var outputs = (Some.Normal(1, float64, Rows * Members, width) * 2).requires_grad_();
        var classes = new long[] { 0, 1, 1, 0, 1, 0 };
        var (partners, shares) = (new long[] { 1, 1, 0, 0, 0, 1 }, new[] { 0.5f, 0.7f, 1, 0.6f, 0.9f, 0.8f });
        var values = new[] { 0.5f, -1, 2, 0, 1, 3 };
        var weights = weighted ? new[] { 1f, 0, 2, 0.5f, 1, 3 } : [];
        var logits = task == LearningTask.Binary ? cat([zeros_like(outputs), outputs], 1) : outputs;
        var teacher = task == LearningTask.Regression ? tensor(new float[] { 1, 1, 0, -1, 2, 2 }).view(Rows, 1) : Some.Normal(2, float32, Rows, Math.Max(width, 2)).softmax(1);
        var isReal = task == LearningTask.Regression;

        var targets = isReal ? Targets.Values(tensor(values).repeat_interleave(Members)) : Targets.Classes(tensor(classes).repeat_interleave(Members));
        if (mixed && !isReal)
        {
            var soft = tensor(shares).unsqueeze(1) * OneHot(classes) + (1 - tensor(shares)).unsqueeze(1) * OneHot(partners);
            targets = Targets.Probabilities(soft.repeat_interleave(Members, 0));
        }

        Tensor OneHot(long[] all) => nn.functional.one_hot(tensor(all), Math.Max(width, 2)).to_type(float32);
        var each = weighted ? tensor(weights).repeat_interleave(Members) : null;
        var step = new StepContext(3, 0, new Generator(1)) { Members = Members };
        var pairs = isReal ? null : new LabelPairs(tensor(classes), tensor(mixed ? partners : classes), mixed ? tensor(shares) : ones(Rows)).EachMember(Members);
        var expected = part is Loss loss ? loss.Value(logits, targets, each, step)
            : part is Mixing mixing ? mixing.Value(new(new(logits), new(zeros(Rows, 1), null, targets, each, null) { LabelWeights = each, Pairs = pairs }, []) { OfLabels = (_, _) => logits }, step)
            : ((Distillation)part).Value(new(logits) { Sets = part is Distillation { Sets: > 1 } many ? [.. Enumerable.Repeat(logits, many.Sets)] : [] }, new(teacher.repeat_interleave(Members, 0)), targets, each, step);
        (0.7 * expected).backward();

        var gradient = new float[Rows * Members * width];
        var actual = ((IClosedForm)part).AddGradient(
            new()
            {
                Outputs = outputs.detach().to_type(float32).data<float>().ToArray(),
                Width = width,
                Members = Members,
                Classes = isReal ? [] : classes,
                PartnerClasses = mixed && !isReal ? partners : [],
                Shares = mixed ? shares : [],
                Values = isReal ? values : [],
                Weights = weights,
                Epoch = 3,
                Teacher = teacher.data<float>().ToArray(),
            }, 0.7, gradient);

        Assert.AreEqual(expected.ToDouble(), actual, 1e-5);
        var slopes = outputs.grad!.data<double>().ToArray();
        for (var i = 0; i < gradient.Length; i++)
            Assert.AreEqual(slopes[i], gradient[i], 1e-6);
    }
}
