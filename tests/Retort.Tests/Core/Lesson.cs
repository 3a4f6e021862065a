namespace Retort.Tests;

/// <summary>Rows with whatever teacher a distillation asks for.</summary>
internal static class Lesson
{
    /// <summary>Every distillation at its defaults, on every task that it serves.</summary>
    public static IEnumerable<object[]> Cases =>
        from method in Methods.OfKind(typeof(Distillation))
        from task in Enum.GetValues<LearningTask>()
        where method.Serves(task)
        select new object[] { method.Create(), task };

    public static Dataset Data(LearningTask task, int rows, ulong seed = 1) => task switch
    {
        LearningTask.Binary => Some.Pair(rows, seed),
        LearningTask.Multiclass => Some.Clouds(rows, 0.3, seed),
        _ => Some.Prices(rows, seed),
    };

    /// <summary>Rows whose labels are right, and a teacher that knows them: 9 to 1, or the value itself.</summary>
    public static Dataset Of(Distillation distillation, LearningTask task, int rows) => Of(distillation, task, Data(task, rows), Data(task, rows).Labels!);

    /// <summary>Rows with a teacher that knows the right labels.</summary>
    public static Dataset Of(Distillation distillation, LearningTask task, Dataset data, Tensor right)
    {
        var scores = task == LearningTask.Regression ? right.unsqueeze(1) : (8 * nn.functional.one_hot(right, Math.Max(2, data.Classes)).to_type(float32)).log1p().softmax(1);
        var needs = Methods.Of(distillation).Needs;
        return new()
        {
            Features = data.Features,
            Categories = data.Categories,
            Cardinalities = data.Cardinalities,
            Labels = data.Labels,
            Weights = data.Weights,
            Labeled = data.Labeled,
            Classes = data.Classes,
            Teacher = distillation is SelfDistillation ? null : scores,
            Teachers = distillation.NeedsEachTeacher ? [scores, scores.clone()] : [],
            Networks = distillation is SelfDistillation ? [] : [.. Enumerable.Range(0, distillation.NeedsEachTeacher ? 2 : 1).Select(i => Network(task, data, right, i))],
        };
    }

    private static TeacherNetwork Network(LearningTask task, Dataset data, Tensor right, int seed)
    {
        using var known = new Dataset { Features = data.Features.alias(), Categories = data.Categories?.alias(), Cardinalities = data.Cardinalities, Labels = right.alias(), Classes = data.Classes };
        return new()
        {
            Network = Some.Train(Some.Quick with { Network = new Mlp { Layers = 1, Width = 12 }, Epochs = 10, Seed = seed }, task, known).Network,
            Features = data.Features.alias(),
            Categories = data.Categories?.alias(),
            SeesSameFeatures = true,
        };
    }
}
