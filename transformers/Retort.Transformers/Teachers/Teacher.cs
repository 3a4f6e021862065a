using System.Globalization;
using Microsoft.ML;

namespace Retort;

/// <summary>Whom a network learns from beside the labels: a fitted model, a column of scores, several of them, or networks that are trained with it.</summary>
/// <remarks>
/// <para>Classes are matched by their values, not by their numbers: a teacher whose label was mapped to keys in another order teaches the right
/// classes, and one with other classes is refused. Of a binary model the Probability column is read where there is one.</para>
/// <para>Rows without a label are kept where there is a teacher, and learn from it alone; the log says how many.</para>
/// </remarks>
public sealed class Teacher
{
    private Teacher(IReadOnlyList<TeacherSource> sources, Teaching teaching, string? cacheFolder = null) =>
        (Sources, Teaching, CacheFolder) = (sources, teaching, cacheFolder);

    /// <summary>The models and columns; empty where the teacher comes from the run itself.</summary>
    internal IReadOnlyList<TeacherSource> Sources { get; }

    /// <summary>Where a run's teacher comes from.</summary>
    internal Teaching Teaching { get; }

    /// <summary>Hears how many networks of an ensemble are trained.</summary>
    internal IProgress<int>? Progress { get; private init; }

    /// <summary>Where the scores of models are kept; null where nobody said.</summary>
    internal string? CacheFolder { get; }

    /// <summary>A fitted model, which scores the training data once before training starts.</summary>
    /// <remarks>
    /// It may read other columns than the student. A network of this library (the model itself, or a pipeline that it ends) can also be asked about its hidden features and about rows that are not in the data, by the
    /// distillations that need that.
    /// </remarks>
    /// <param name="model">Any model that adds a Score column for the network's task. It must keep every row, in order.</param>
    /// <param name="weight">The teacher's share beside others in <see cref="Average"/>, relative to theirs. Positive; default 1.</param>
    /// <param name="kind">How the scores are read; default <see cref="ScoreKind.Auto"/>.</param>
    /// <param name="scoreColumnName">The model's output that is read, such as that of an ONNX model: a vector of float with a value a class, or one value; by default Score, and of a binary model Probability where there is one.</param>
    /// <exception cref="ArgumentOutOfRangeException">The weight is not positive.</exception>
    public static Teacher Of(ITransformer model, double weight = 1, ScoreKind kind = ScoreKind.Auto, string? scoreColumnName = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return One(new TeacherSource(model, scoreColumnName, Positive(weight), Defined(kind)));
    }

    /// <summary>A column of the training data: one value a class, or one value for binary classification and regression.</summary>
    /// <param name="name">The column's name. Its slot names, where it has them, say which class each value belongs to.</param>
    /// <param name="weight">The teacher's share beside others in <see cref="Average"/>, relative to theirs. Positive; default 1.</param>
    /// <param name="kind">How the scores are read; default <see cref="ScoreKind.Auto"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The weight is not positive.</exception>
    public static Teacher Column(string name, double weight = 1, ScoreKind kind = ScoreKind.Auto)
    {
        ArgumentNullException.ThrowIfNull(name);
        return One(new TeacherSource(null, name, Positive(weight), Defined(kind)));
    }

    /// <summary>Several teachers, whose probabilities (for regression: values) are averaged by their weights.</summary>
    /// <param name="teachers">Models and columns, or averages of them, whose teachers then stand beside the others with their own weights.</param>
    /// <example><c>Teacher.Average(Teacher.Of(forest, 0.7), Teacher.Of(linear, 0.3))</c></example>
    /// <exception cref="ArgumentException">There are no teachers, or one is trained in the run.</exception>
    public static Teacher Average(params Teacher[] teachers) => Several(teachers, TeachingWay.Given, 1);

    /// <summary>Several teachers, averaged by the weights that fit the labels of the held-out rows best.</summary>
    /// <remarks>
    /// The weights are at least 0 and sum to 1. They minimise the log-loss of the mixture of probabilities, in regression the squared error of the mean of values, on the rows that are held out (or the validation rows). A
    /// teacher that has seen those rows in its own training is trusted too much: give each teacher the training rows only, or use <see cref="Average"/>.
    /// </remarks>
    /// <param name="teachers">At least two models or columns. Their own weights do not matter.</param>
    /// <exception cref="ArgumentException">There are fewer than two teachers, or one is not a single model or column.</exception>
    public static Teacher LearnedAverage(params Teacher[] teachers) => Several(teachers, TeachingWay.Learned, 2);

    /// <summary>Several teachers, each followed by itself; those that the network is further from, measured against its first distance, count more.</summary>
    /// <remarks>
    /// Source: Zhao et al., Mitigating the Accuracy-Robustness Trade-off via Multi-Teacher Adversarial Distillation, 2023, the balance of normalised losses.
    /// </remarks>
    /// <param name="teachers">At least two models or columns. Their own weights do not matter: all begin alike.</param>
    /// <exception cref="ArgumentException">There are fewer than two teachers, or one is not a single model or column.</exception>
    public static Teacher Balanced(params Teacher[] teachers) => Several(teachers, TeachingWay.Balanced, 2);

    /// <summary>A network, usually a larger one, that is trained on the labels along with the student and teaches it from the first step on.</summary>
    /// <param name="network">The teacher's architecture. It is trained by the student's recipe, and dropped at the end.</param>
    /// <exception cref="ArgumentException">A setting of the network is not allowed.</exception>
    public static Teacher Online(Network network)
    {
        ArgumentNullException.ThrowIfNull(network);
        network.Validate();
        return new([], new(TeachingWay.Online) { Network = network });
    }

    /// <summary>The student itself: what it said of each row at the end of the epoch before. The first epoch learns from the labels alone.</summary>
    public static Teacher Self() => new([], new(TeachingWay.Self));

    /// <summary>An ensemble: networks that are trained first, on the same rows and columns and from other seeds, and whose mean teaches.</summary>
    /// <param name="recipe">By which each of them is trained, on the labels. Without a distillation.</param>
    /// <param name="networks">How many. At least 1; default 8.</param>
    /// <param name="progress">Hears how many are trained, on the threads that train them.</param>
    /// <exception cref="ArgumentException">A setting of the recipe is not allowed, it holds a distillation, or there are no networks.</exception>
    public static Teacher Ensemble(Recipe recipe, int networks = 8, IProgress<int>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        recipe.Validate();
        if (recipe.Distillation is { } distillation)
            throw Check.Wrong("The distillation of an ensemble's recipe", "be null, since its networks learn from the labels", $"'{Methods.Of(distillation).Id}'");
        Check.AtLeast(networks, 1, "The number of networks of an ensemble");
        return new([], new(TeachingWay.Ensemble) { Recipe = recipe, Networks = networks }) { Progress = progress };
    }

    /// <summary>The same teacher, whose models' scores are kept in a folder, so that later runs with the same model and the same data read them there.</summary>
    /// <remarks>
    /// A file is found by the SHA-256 of the saved model and of the values of those columns that it reads. A model that cannot be saved, or that reads columns of unusual types, is asked every time, and the log says so. Without
    /// this, scores are kept beside the checkpoint where the run has one.
    /// </remarks>
    /// <param name="folder">The folder, made where it is missing.</param>
    /// <exception cref="ArgumentException">The folder has no name.</exception>
    public Teacher CachedIn(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        return new(Sources, Teaching, folder) { Progress = Progress };
    }

    private static Teacher One(TeacherSource source) => new([source], Teaching.Given);

    private static Teacher Several(Teacher[] teachers, TeachingWay way, int fewest)
    {
        ArgumentNullException.ThrowIfNull(teachers);
        if (teachers.Length < fewest)
            throw new ArgumentException($"teachers must hold at least {(fewest == 1 ? "one teacher" : $"{fewest} teachers")}, but {(teachers.Length == 0 ? "is empty" : $"holds {teachers.Length}")}.", nameof(teachers));
        for (var i = 0; i < teachers.Length; i++)
        {
            ArgumentNullException.ThrowIfNull(teachers[i], nameof(teachers));
            if (teachers[i].Teaching.Way != TeachingWay.Given)
                throw new ArgumentException($"teachers must be models or columns, but number {i + 1} is {Say(teachers[i].Teaching.Way)}.", nameof(teachers));
            if (way != TeachingWay.Given && teachers[i].Sources.Count > 1)
                throw new ArgumentException($"teachers must each be one model or column, but number {i + 1} is an average of {teachers[i].Sources.Count}.", nameof(teachers));
        }

        return new([.. teachers.SelectMany(teacher => teacher.Sources)], way == TeachingWay.Given ? Teaching.Given : new(way), teachers.Select(teacher => teacher.CacheFolder).FirstOrDefault(folder => folder is not null));
    }

    internal static string Say(TeachingWay way) => way switch
    {
        TeachingWay.Learned => "a learned average",
        TeachingWay.Balanced => "a balance of several",
        TeachingWay.Self => "the student itself",
        TeachingWay.Online => "a network trained along",
        _ => "an ensemble",
    };

    private static ScoreKind Defined(ScoreKind kind)
    {
        Check.Defined(kind);
        return kind;
    }

    private static double Positive(double weight) => weight > 0 && double.IsFinite(weight)
        ? weight
        : throw new ArgumentOutOfRangeException(nameof(weight), string.Create(CultureInfo.InvariantCulture, $"weight must be positive, but is {weight}."));
}

/// <summary>One teacher: a model and which of its columns, or a column of the data, and its weight.</summary>
internal sealed record TeacherSource(ITransformer? Model, string? Column, double Weight, ScoreKind Kind);
