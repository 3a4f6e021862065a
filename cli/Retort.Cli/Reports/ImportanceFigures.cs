using Microsoft.ML;
using Retort.Cli.Metrics;

namespace Retort.Cli.Reports;

/// <summary>How much worse the model is where a column's values are dealt anew to the rows.</summary>
/// <param name="Metric">What becomes worse.</param>
/// <param name="Rows">On how many rows.</param>
/// <param name="Shuffles">How often each column was dealt.</param>
/// <param name="Base">The metric on these rows as they are.</param>
/// <param name="Columns">The columns, the most important first.</param>
internal sealed record ImportanceFigures(string Metric, int Rows, int Shuffles, double Base, IReadOnlyList<ColumnImportance> Columns)
{
    private const int MostRows = 1_000, LeastRows = 100, ManyColumns = 50, VeryManyColumns = 300;
    private const long MostScores = 50_000; // rows scored in all
    private const double MostSeconds = 5; // of a slow model fewer rows

    /// <summary>Shuffles each column that the model reads; null where it reads columns that cannot be dealt.</summary>
    public static ImportanceFigures? Of(ReportSource source, CancellationToken cancel)
    {
        var draws = source.Features.Count > VeryManyColumns ? 1 : source.Features.Count > ManyColumns ? 3 : 5;
        var passes = draws * Math.Max(source.Features.Count, 1);
        var most = Math.Min(MostScores, Math.Max(MostSeconds * source.RowsPerSecond, 1)) / passes;
        var wanted = (int)Math.Clamp(most, LeastRows, MostRows);
        var all = Math.Max(source.Scored.Rows + source.Scored.Unlabelled, wanted);
        var read = source.Features.Append(source.Label).Concat(source.Input.Select(column => column.Name).Where(name => source.Test.Schema.GetColumnOrNull(name) is not null)).Distinct();
        var rows = PermutedView.Of(source.Test, read, position => (position + 1) * wanted / all > position * wanted / all);
        var random = new Random(source.Seed);
        int[][] orders = [.. Enumerable.Range(0, draws).Select(_ => Order(rows.Rows, random))];
        var usual = Loss(rows);
        var columns = source.Features.Select(name =>
        {
            double[] worse = [.. orders.Select(order =>
            {
                cancel.ThrowIfCancellationRequested();
                return Loss(rows.With(name, order)) - usual;
            })];
            return new ColumnImportance(name, worse.Average(), worse.Min(), worse.Max());
        });
        return new(source.Scored.Task == LearningTask.Regression ? "RMSE" : "log-loss", rows.Rows, draws, usual, [.. columns.OrderByDescending(column => column.Mean)]);

        double Loss(IDataView view)
        {
            var scored = Scored.Read(source.Model.Transform(view), source.Label, cancel);
            return scored.Task == LearningTask.Regression ? Quality.Of(scored)[0].Value : Quality.LogLoss(scored);
        }
    }

    private static int[] Order(int rows, Random random)
    {
        int[] order = [.. Enumerable.Range(0, rows)];
        random.Shuffle(order);
        return order;
    }
}

/// <summary>By how much the metric grows without a column: on average, at least and at most over the shuffles.</summary>
internal sealed record ColumnImportance(string Name, double Mean, double Low, double High);
