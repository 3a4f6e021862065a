using System.Globalization;
using Microsoft.ML;

namespace Retort;

/// <summary>Whom a network learns from beside the labels: a fitted model, a column of scores, or several of them.</summary>
/// <remarks>
/// Classes are matched by their values, not by their numbers: a teacher whose label was mapped to keys in another order teaches the right
/// classes, and one with other classes is refused. Of a binary model the Probability column is read where there is one.
/// </remarks>
public sealed class Teacher
{
    private Teacher(params IReadOnlyList<TeacherSource> sources) => Sources = sources;

    internal IReadOnlyList<TeacherSource> Sources { get; }

    /// <summary>A fitted model, which scores the training data once before training starts.</summary>
    /// <param name="model">Any model that adds a Score column for the network's task. It must keep every row, in order.</param>
    /// <param name="weight">The teacher's share beside others in <see cref="Average"/>, relative to theirs. Positive; default 1.</param>
    /// <param name="kind">How the scores are read; default <see cref="ScoreKind.Auto"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The weight is not positive.</exception>
    public static Teacher Of(ITransformer model, double weight = 1, ScoreKind kind = ScoreKind.Auto)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new Teacher(new TeacherSource(model, null, Positive(weight), kind));
    }

    /// <summary>A column of the training data: one value a class, or one value for binary classification and regression.</summary>
    /// <param name="name">The column's name. Its slot names, where it has them, say which class each value belongs to.</param>
    /// <param name="weight">The teacher's share beside others in <see cref="Average"/>, relative to theirs. Positive; default 1.</param>
    /// <param name="kind">How the scores are read; default <see cref="ScoreKind.Auto"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The weight is not positive.</exception>
    public static Teacher Column(string name, double weight = 1, ScoreKind kind = ScoreKind.Auto)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new Teacher(new TeacherSource(null, name, Positive(weight), kind));
    }

    /// <summary>Several teachers, whose probabilities (for regression: values) are averaged by their weights.</summary>
    /// <example><c>Teacher.Average(Teacher.Of(forest, 0.7), Teacher.Of(linear, 0.3))</c></example>
    /// <exception cref="ArgumentException">There are no teachers.</exception>
    public static Teacher Average(params Teacher[] teachers)
    {
        ArgumentNullException.ThrowIfNull(teachers);
        return teachers.Length > 0
            ? new Teacher([.. teachers.SelectMany(teacher => teacher.Sources)])
            : throw new ArgumentException("teachers must hold at least one teacher, but is empty.", nameof(teachers));
    }

    private static double Positive(double weight) => weight > 0 && double.IsFinite(weight)
        ? weight
        : throw new ArgumentOutOfRangeException(nameof(weight), string.Create(CultureInfo.InvariantCulture, $"weight must be positive, but is {weight}."));
}

/// <summary>One teacher: a model or a column, and its weight.</summary>
internal sealed record TeacherSource(ITransformer? Model, string? Column, double Weight, ScoreKind Kind);
