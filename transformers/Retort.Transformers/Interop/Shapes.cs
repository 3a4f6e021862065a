using Microsoft.ML;
using Microsoft.ML.Data;
using static Microsoft.ML.SchemaShape.Column;

namespace Retort;

/// <summary>Columns before there is data: what a trainer accepts, and what it will add.</summary>
internal static class Shapes
{
    /// <summary>The column of that name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static SchemaShape.Column Find(SchemaShape shape, string name) =>
        shape.TryFindColumn(name, out var column) ? column : throw Columns.NotFound(name, shape.Select(c => c.Name));

    /// <summary>Refuses columns that a trainer cannot read, before there is data.</summary>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type.</exception>
    public static void CheckInput(SchemaShape shape, LearningTask task, NetworkColumns columns)
    {
        Check(shape, columns.Features, c => c.Kind == VectorKind.Vector && c.ItemType.Equals(NumberDataViewType.Single), "be a vector of Single of known size");
        CheckLabel(shape, task, columns.Label);
        foreach (var category in columns.Categories)
            Check(shape, category, c => c.Kind == VectorKind.Scalar && c.IsKey, "be a key to be a category (use MapValueToKey)");
        if (columns.Weight is not null)
            CheckWeight(shape, columns.Weight);
        if (columns.Group is not null)
            Find(shape, columns.Group);
    }

    private static void CheckWeight(SchemaShape shape, string name) =>
        Check(shape, name, c => c.Kind == VectorKind.Scalar && c.ItemType.Equals(NumberDataViewType.Single), "be Single to weigh rows");

    private static void CheckLabel(SchemaShape shape, LearningTask task, string name)
    {
        var (fits, rule) = task switch
        {
            LearningTask.Binary => ((Func<SchemaShape.Column, bool>)(c => c.ItemType is BooleanDataViewType), "be Boolean for binary classification"),
            LearningTask.Multiclass => (c => c.IsKey, "be a key for multiclass classification (use MapValueToKey)"),
            _ => (c => !c.IsKey && c.ItemType.Equals(NumberDataViewType.Single), "be Single for regression"),
        };
        Check(shape, name, c => c.Kind == VectorKind.Scalar && fits(c), rule);
    }

    private static void Check(SchemaShape shape, string name, Func<SchemaShape.Column, bool> fits, string rule)
    {
        var column = Find(shape, name);
        if (!fits(column))
            throw Columns.WrongType(name, rule, column.GetTypeString());
    }

    /// <summary>The input's columns and those that a network of the task adds, with the annotations of ML.NET's own trainers.</summary>
    public static SchemaShape WithScores(SchemaShape input, LearningTask task, string label, LinkFunction link)
    {
        return With(input, task switch
        {
            LearningTask.Binary => Binary(),
            LearningTask.Multiclass => Multiclass(Find(input, label)),
            _ => Regression(link),
        });
    }

    /// <summary>The input's columns and others, which take the place of those with their names.</summary>
    private static SchemaShape With(SchemaShape input, params SchemaShape.Column[] added)
    {
        var names = added.Select(column => column.Name).ToHashSet();
        return new SchemaShape(input.Where(column => !names.Contains(column.Name)).Concat(added));
    }

    private static SchemaShape.Column[] Regression(LinkFunction link)
    {
        var score = Column(ScoreNames.Score, NumberDataViewType.Single, AnnotationUtils.GetTrainerOutputAnnotation());
        var names = new SchemaShape.Column(ScoreAnnotations.SlotNames, VectorKind.Vector, TextDataViewType.Instance, false);
        return link switch
        {
            LinkFunction.MeanAndDeviation => [score, Column(ScoreNames.StandardDeviation, NumberDataViewType.Single, AnnotationUtils.GetTrainerOutputAnnotation())],
            LinkFunction.Quantiles => [score, new(ScoreNames.Quantiles, VectorKind.Vector, NumberDataViewType.Single, false, new SchemaShape(AnnotationUtils.GetTrainerOutputAnnotation().Append(names)))],
            _ => [score],
        };
    }

    /// <summary>Refuses labels and scores that nothing can be learned from, before there is data.</summary>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type.</exception>
    public static void CheckScores(SchemaShape shape, LearningTask task, ScoredColumns columns)
    {
        CheckLabel(shape, task, columns.Label);
        if (task == LearningTask.Binary)
            Check(shape, columns.Score, c => !c.IsKey && c.ItemType.Equals(NumberDataViewType.Single), "be Single, or a vector of two");
        else
            Check(shape, columns.Score, c => c.Kind == (task == LearningTask.Multiclass ? VectorKind.Vector : VectorKind.Scalar) && !c.IsKey && c.ItemType.Equals(NumberDataViewType.Single),
                task == LearningTask.Multiclass ? "be a vector of Single with a value a class" : "be Single");
        if (columns.Weight is not null)
            CheckWeight(shape, columns.Weight);
    }

    /// <summary>The input's columns with those of a calibration in place of the model's. The classes are those of the model where it names them, else the label's.</summary>
    public static SchemaShape WithCalibration(SchemaShape input, LearningTask task, string label) =>
        task == LearningTask.Binary ? With(input, Binary())
        : With(input, Multiclass(input.TryFindColumn(ScoreNames.PredictedLabel, out var predicted) && predicted.IsKey && predicted.Annotations.TryFindColumn(AnnotationUtils.Kinds.KeyValues, out _)
            ? predicted : Find(input, label)));

    /// <summary>Refuses labels and predictions of numbers that nothing can be learned from, before there is data.</summary>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type.</exception>
    public static void CheckValues(SchemaShape shape, string label, string predictions, bool several)
    {
        CheckLabel(shape, LearningTask.Regression, label);
        Check(shape, predictions, c => c.Kind == (several ? VectorKind.Vector : VectorKind.Scalar) && !c.IsKey && c.ItemType.Equals(NumberDataViewType.Single), several ? "be a vector of Single" : "be Single");
    }

    /// <summary>The input's columns with sets of classes.</summary>
    public static SchemaShape WithSets(SchemaShape input) => With(input,
        new SchemaShape.Column(ScoreNames.PredictionSet, VectorKind.Vector, BooleanDataViewType.Instance, false,
            new SchemaShape([new SchemaShape.Column(ScoreAnnotations.SlotNames, VectorKind.Vector, TextDataViewType.Instance, false)])),
        Column(ScoreNames.SetSize, NumberDataViewType.Int32, []));

    /// <summary>The input's columns with intervals.</summary>
    public static SchemaShape WithIntervals(SchemaShape input) => With(input,
        Column(ScoreNames.Lower, NumberDataViewType.Single, AnnotationUtils.GetTrainerOutputAnnotation()),
        Column(ScoreNames.Upper, NumberDataViewType.Single, AnnotationUtils.GetTrainerOutputAnnotation()));

    /// <summary>The input's columns with a Boolean PredictedLabel in place of the model's.</summary>
    public static SchemaShape WithThreshold(SchemaShape input) => With(input, Binary()[2]);

    /// <summary>The input's columns with scores that were adjusted by group in place of the model's.</summary>
    public static SchemaShape WithAdjustment(SchemaShape input, LearningTask task) => With(input, task == LearningTask.Binary ? Binary() : Regression(LinkFunction.Identity));

    /// <summary>Refuses protected columns that have no groups, before there is data.</summary>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type.</exception>
    public static void CheckProtected(SchemaShape shape, IEnumerable<string> names)
    {
        foreach (var name in names)
            Check(shape, name, c => c.Kind == VectorKind.Scalar && (c.IsKey || c.ItemType.Equals(NumberDataViewType.Single) || GroupedColumn.HasCategories(c.ItemType)), "be Single, Boolean, a key, a text or an integer to be protected");
    }

    /// <summary>Refuses scores that cannot be adjusted, before there is data.</summary>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type.</exception>
    public static void CheckScore(SchemaShape shape, LearningTask task, string score, string? weight)
    {
        Check(shape, score, c => !c.IsKey && c.ItemType.Equals(NumberDataViewType.Single) && (task == LearningTask.Binary || c.Kind == VectorKind.Scalar), task == LearningTask.Binary ? "be Single, or a vector of two" : "be Single");
        if (weight is not null)
            CheckWeight(shape, weight);
    }

    /// <summary>The input's columns with the divergence of two columns of probabilities.</summary>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type.</exception>
    public static SchemaShape WithDivergence(SchemaShape input, string first, string second, string name)
    {
        var kind = Find(input, first).Kind;
        foreach (var column in new[] { first, second })
            Check(input, column, c => c.Kind == kind && kind != VectorKind.VariableVector && !c.IsKey && c.ItemType.Equals(NumberDataViewType.Single), kind == VectorKind.Scalar ? "be Single" : "be a vector of Single with a value a class");
        return With(input, Column(name, NumberDataViewType.Single, []));
    }

    private static SchemaShape.Column[] Binary() =>
    [
        Column(ScoreNames.Score, NumberDataViewType.Single, AnnotationUtils.GetTrainerOutputAnnotation()),
        Column(ScoreNames.Probability, NumberDataViewType.Single, AnnotationUtils.GetTrainerOutputAnnotation(isNormalized: true)),
        Column(ScoreNames.PredictedLabel, BooleanDataViewType.Instance, AnnotationUtils.GetTrainerOutputAnnotation()),
    ];

    private static SchemaShape.Column[] Multiclass(SchemaShape.Column label) =>
    [
        new(ScoreNames.Score, VectorKind.Vector, NumberDataViewType.Single, false, new SchemaShape(AnnotationUtils.AnnotationsForMulticlassScoreColumn(label))),
        new(ScoreNames.PredictedLabel, VectorKind.Scalar, NumberDataViewType.UInt32, true, new SchemaShape(
            label.Annotations.Where(annotation => annotation.Name == AnnotationUtils.Kinds.KeyValues).Concat(AnnotationUtils.GetTrainerOutputAnnotation()))),
    ];

    private static SchemaShape.Column Column(string name, DataViewType type, IEnumerable<SchemaShape.Column> annotations) =>
        new(name, VectorKind.Scalar, type, false, new SchemaShape(annotations));
}
