using Microsoft.ML;
using Retort.Cli.Metrics;
using Retort.Cli.Training;

namespace Retort.Cli.Reports;

/// <summary>A model beside the one that taught it, or beside any other.</summary>
/// <param name="Teacher">The other model's file.</param>
/// <param name="Rows">What is compared: the model's number and the teacher's.</param>
/// <param name="Points">Some rows: the teacher's prediction and the model's; of classifiers the probability of a class.</param>
/// <param name="Axis">What the points are.</param>
internal sealed record TeacherFigures(string Teacher, IReadOnlyList<ComparisonRow> Rows, IReadOnlyList<double[]> Points, string Axis)
{
    private const int MostPoints = 500;

    public static TeacherFigures Of(ReportSource source, ITransformer teacher, string path, IReadOnlyList<string> classes, CancellationToken cancel)
    {
        var view = teacher.Transform(source.Test);
        var scored = Scored.Read(view, source.Label, cancel);
        var own = source.Scored;
        var outputs = ModelOutputs.Of(view.Schema);
        // another model may name its classes in another order
        int[] order = scored.Task == LearningTask.Multiclass ? [.. classes.Select(name => outputs.Classes.ToList().IndexOf(name))] : [.. Enumerable.Range(0, scored.Width)];
        if (scored.Task != own.Task || scored.Rows != own.Rows || order.Any(c => c < 0))
            throw new InvalidDataException("The teacher must predict the same classes or numbers as the model, but does not.");
        var speed = 1 / Measured.SecondsARow(teacher, source.Test, cancel, passes: 3);

        var rows = source.Quality.Zip(Quality.Of(scored), (mine, other) => new ComparisonRow(mine.Name, mine.Value, other.Value, "number")).ToList();
        rows.Add(own.Task == LearningTask.Regression
            ? new("correlation of the two", Correlation(own.Predictions, scored.Predictions), double.NaN, "number")
            : new("rows with the same answer", Enumerable.Range(0, own.Rows).Count(i => order[Quality.Top(own.Row(i))] == Quality.Top(scored.Row(i))) / (double)own.Rows, double.NaN, "share"));
        rows.Add(new("file", new FileInfo(source.ModelPath).Length, new FileInfo(path).Length, "bytes"));
        rows.Add(new("rows a second", source.RowsPerSecond, speed, "count"));

        var shown = own.Task == LearningTask.Regression ? 0 : own.Task == LearningTask.Binary ? 1 : Enumerable.Range(0, own.Width).MaxBy(c => own.Labels.Count(label => (int)label == c));
        var step = Math.Max(1, (own.Rows + MostPoints - 1) / MostPoints);
        var points = new List<double[]>();
        for (var i = 0; i < own.Rows; i += step)
            points.Add([scored.Row(i)[order[shown]], own.Row(i)[shown]]);
        return new(Path.GetFileName(path), rows, points, own.Task == LearningTask.Regression ? "prediction" : $"probability of {classes[shown]}");
    }

    private static double Correlation(float[] a, float[] b)
    {
        var (meanA, meanB) = (a.Average(), b.Average());
        var (ab, aa, bb) = (0.0, 0.0, 0.0);
        for (var i = 0; i < a.Length; i++)
        {
            ab += (a[i] - meanA) * (b[i] - meanB);
            aa += Math.Pow(a[i] - meanA, 2);
            bb += Math.Pow(b[i] - meanB, 2);
        }

        return ab / Math.Sqrt(aa * bb);
    }
}

/// <summary>A number of the model and of its teacher; NaN where there is none.</summary>
internal sealed record ComparisonRow(string Name, double Model, double Teacher, string Kind);
