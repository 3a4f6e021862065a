using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Retort.Bench;

/// <summary>
/// A model in use, all of it in one run: microseconds of a single row through <c>PredictionEngine</c> (our model, the portable one) and through ONNX Runtime,
/// requests a second of the emitted web service under load, and rows a second of <c>retort predict</c>. The load comes from this process, the service is another on the same machine.
/// </summary>
internal static class ServeBench
{
    private static readonly string s_data = Path.Combine("..", "shared", "data", "compas.csv");

    /// <param name="arguments">Rows for <c>predict</c> (1,000,000), and seconds a load (10).</param>
    public static void Run(string[] arguments)
    {
        if (!File.Exists(s_data))
            throw new InvalidOperationException($"The benchmark needs the tables of ../shared/data, but '{s_data}' does not exist.");
        var (rows, seconds) = (Number(0, 1_000_000), Number(1, 10));
        var folder = Directory.CreateTempSubdirectory("retort-serve-").FullName;
        try
        {
            Programs.Retort("train", "--data", s_data, "--label", "two_year_recid", "--seed", "1", "--emit", "project", "--out", folder);
            ServeSingle.Run(folder, s_data);
            ServeLoad.Run(folder, s_data, TimeSpan.FromSeconds(seconds));
            Predict(folder, rows);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        int Number(int place, int otherwise) => arguments.Length > place ? int.Parse(arguments[place], System.Globalization.CultureInfo.InvariantCulture) : otherwise;
    }

    private static void Predict(string folder, int rows)
    {
        var (table, scored) = (Path.Combine(folder, "rows.csv"), Path.Combine(folder, "scored.csv"));
        var lines = File.ReadAllLines(s_data);
        using (var writer = new StreamWriter(table))
        {
            writer.WriteLine(lines[0]);
            for (var row = 0; row < rows; row++)
                writer.WriteLine(lines[1 + (row % (lines.Length - 1))]);
        }

        var clock = Stopwatch.StartNew();
        var (output, peak) = Programs.Retort("predict", "--model", Path.Combine(folder, "model.zip"), "--data", table, "--out", scored, "--json");
        var time = clock.Elapsed.TotalSeconds;
        if ((int)JsonNode.Parse(output)!["rows"]! != rows)
            throw new InvalidOperationException($"retort predict must score {rows} rows, but says: {output}");
        Figures.Print($"serve predict rows={rows} seconds={time:F1} rowsPerSecond={rows / time:F0} peakMiB={peak >> 20} inMiB={new FileInfo(table).Length >> 20} outMiB={new FileInfo(scored).Length >> 20}");
    }
}
