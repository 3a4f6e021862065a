using System.Diagnostics;
using Microsoft.ML;
using Retort.Cli.Metrics;

namespace Retort.Cli.Training;

/// <summary>How fast a model scores, through <c>Transform</c> and a cursor over its predictions.</summary>
internal static class Measured
{
    /// <summary>The median over passes of the seconds that one row takes; the rows should be cached.</summary>
    public static double SecondsARow(ITransformer model, IDataView rows, CancellationToken cancel, int passes = 7)
    {
        var times = new List<double>();
        for (var pass = 0; pass <= passes; pass++)
        {
            cancel.ThrowIfCancellationRequested();
            var watch = Stopwatch.StartNew();
            var count = Pass(model.Transform(rows));
            if (pass > 0) // the first fills the cache and compiles
                times.Add(watch.Elapsed.TotalSeconds / count);
        }

        times.Sort();
        return times[times.Count / 2];
    }

    private static long Pass(IDataView scored)
    {
        var outputs = ModelOutputs.Of(scored.Schema);
        using var cursor = scored.GetRowCursor(outputs.Columns);
        var read = outputs.Reader(cursor);
        var row = new float[outputs.Width];
        var count = 0L;
        for (; cursor.MoveNext(); count++)
            read(row);
        return count;
    }
}
