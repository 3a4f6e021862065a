using System.Globalization;

namespace Retort.Tests;

/// <summary>How much each of several teachers counts.</summary>
[TestClass]
public sealed class TeacherWeightsTests
{
    private const int Rows = 120;

    public static IEnumerable<object[]> Lines => File.ReadLines(Repository.Path("tests", "Retort.Tests", "Golden", "teacherweights.txt")).Select(line => new object[] { line });

    private static Tensor RowWeights => tensor(Enumerable.Range(0, Rows).Select(i => 1f + i % 3).ToArray());

    private static Tensor Classes(int teacher, double bonus)
    {
        var numbers = new double[Rows * 3];
        for (var i = 0; i < Rows; i++)
            for (var c = 0; c < 3; c++)
                numbers[3 * i + c] = 1.5 * Math.Sin(0.9 * (i + 1) * (teacher + 1) + 1.7 * c) + (c == i % 3 ? bonus : 0);
        return tensor(numbers).view(Rows, 3).softmax(1).to_type(ScalarType.Float32);
    }

    private static Tensor Values(int teacher, double factor) =>
        tensor(Enumerable.Range(1, Rows).Select(i => (float)(factor * Math.Sin(0.37 * i) + 0.3 * Math.Sin(1.3 * i * (teacher + 1)) + 0.1 * teacher)).ToArray()).view(Rows, 1);

    private static Tensor ClassLabels => tensor(Enumerable.Range(0, Rows).Select(i => (long)(i % 3)).ToArray());

    private static Tensor ValueLabels => tensor(Enumerable.Range(1, Rows).Select(i => (float)Math.Sin(0.37 * i)).ToArray());

    private static double Loss(Tensor[] scores, double[] weights, LearningTask task)
    {
        using var scope = NewDisposeScope();
        var mean = TeacherWeights.Mean([.. scores.Select(one => one.to_type(float64))], weights);
        var share = RowWeights.to_type(float64) / RowWeights.sum();
        var each = task == LearningTask.Regression
            ? (mean.view(-1) - ValueLabels).square()
            : -mean.gather(1, ClassLabels.unsqueeze(1)).squeeze(1).log();
        return (share * each).sum().ToDouble();
    }

    [TestMethod, DynamicData(nameof(Lines))]
    public void Weights_are_those_of_a_general_solver(string line)
    {
        using var scope = NewDisposeScope();
        var parts = line.Split(' ');
        var task = parts[0] == "classes" ? LearningTask.Multiclass : LearningTask.Regression;
        var numbers = parts[1..].Select(part => double.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        var count = (int)numbers[0];
        Tensor[] scores = [.. numbers[1..(count + 1)].Select((number, teacher) => task == LearningTask.Regression ? Values(teacher, number) : Classes(teacher, number))];
        var weights = TeacherWeights.Of(scores, task == LearningTask.Regression ? ValueLabels : ClassLabels, RowWeights, task);

        Assert.AreEqual(1, weights.Sum(), 1e-12);
        Assert.IsTrue(weights.All(weight => weight >= 0));
        var loss = Loss(scores, weights, task);
        Assert.AreEqual(numbers[count + 1], loss, 1e-7);
        Assert.IsTrue(loss <= numbers[count + 1] + 1e-9, $"{loss:R} {numbers[count + 1]:R}");
        foreach (var (expected, actual) in numbers[(count + 2)..].Zip(weights))
            Assert.AreEqual(expected, actual, 2e-4);
    }

    [TestMethod]
    public void Rows_without_a_label_do_not_count()
    {
        using var scope = NewDisposeScope();
        foreach (var task in new[] { LearningTask.Multiclass, LearningTask.Regression })
        {
            var isRegression = task == LearningTask.Regression;
            Tensor[] scores = [.. Enumerable.Range(0, 3).Select(teacher => isRegression ? Values(teacher, 0.5 + teacher) : Classes(teacher, teacher * 0.4))];
            var labels = isRegression ? ValueLabels : ClassLabels;
            var some = TeacherWeights.Of([.. scores.Select(one => one.narrow(0, 0, 80))], labels.narrow(0, 0, 80), null, task);
            var missing = isRegression ? full(40, float.NaN) : full(40, -1L);
            var all = TeacherWeights.Of(scores, cat([labels.narrow(0, 0, 80), missing]), null, task);
            for (var teacher = 0; teacher < 3; teacher++)
                Assert.AreEqual(some[teacher], all[teacher], 1e-9);
        }
    }

    [TestMethod]
    public void A_teacher_that_is_always_right_gets_everything()
    {
        using var scope = NewDisposeScope();
        var right = nn.functional.one_hot(ClassLabels, 3).to_type(ScalarType.Float32);
        CollectionAssert.AreEqual(new[] { 0.0, 1, 0 }, TeacherWeights.Of([Classes(0, 1), right, 1 - right], ClassLabels, null, LearningTask.Multiclass));
        CollectionAssert.AreEqual(new[] { 1.0, 0 }, TeacherWeights.Of([ValueLabels.view(-1, 1), Values(0, 0.5)], ValueLabels, null, LearningTask.Regression));
    }

    [TestMethod]
    public void Teachers_that_say_the_same_share() =>
        CollectionAssert.AreEqual(new[] { 0.5, 0.5 }, TeacherWeights.Of([Classes(1, 1), Classes(1, 1)], ClassLabels, null, LearningTask.Multiclass));

    [TestMethod]
    public void A_label_that_all_teachers_think_impossible_decides_nothing()
    {
        using var scope = NewDisposeScope();
        var (first, second) = (Classes(0, 0.5), Classes(1, 1));
        var usual = TeacherWeights.Of([first, second], ClassLabels, null, LearningTask.Multiclass);
        var never = tensor(new float[,] { { 0, 0.5f, 0.5f } }); // of a row of class 0
        var weights = TeacherWeights.Of([cat([first, never]), cat([second, never])], cat([ClassLabels, tensor(new long[] { 0 })]), null, LearningTask.Multiclass);
        Assert.AreEqual(usual[0], weights[0], 1e-9);
    }

    [TestMethod]
    public void Rows_must_count() =>
        Assert.AreEqual(
            "The weight of the rows that teachers are weighed by must be more than 0, but is 0.",
            Assert.ThrowsExactly<ArgumentException>(() => TeacherWeights.Of([Classes(0, 1)], full(Rows, -1L), null, LearningTask.Multiclass)).Message);
}
