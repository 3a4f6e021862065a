using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Retort.Bench;

/// <summary>CSV text into the dataset that training reads, beside one pass over the same view with all columns active and every getter called.</summary>
internal static class LoadBench
{
    private const int Rows = 200_000, Width = 40;

    public static void Run()
    {
        var file = Path.Combine(Path.GetTempPath(), $"retort-load-{Environment.ProcessId}.csv");
        try
        {
            Write(file);
            var ml = new MLContext(seed: 1);
            var view = ml.Data.LoadFromTextFile(
                file, [new TextLoader.Column("Label", DataKind.Single, 0), new TextLoader.Column("Features", DataKind.Single, 1, Width)], separatorChar: ',', hasHeader: true);
            var (ours, pass) = Figures.Interleaved(5, () => Read(ml, view), () => Pass(view));
            Figures.Print($"load {Figures.Ratio(ours, pass)} ours={Figures.Median(ours):F2} pass={Figures.Median(pass):F2} unit=s rows={Rows} columns={Width}");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void Write(string file)
    {
        var random = new Random(1);
        using var writer = new StreamWriter(file);
        writer.WriteLine("label," + string.Join(',', Enumerable.Range(0, Width).Select(i => $"x{i}")));
        for (var row = 0; row < Rows; row++)
        {
            writer.Write((row % 7).ToString(CultureInfo.InvariantCulture));
            for (var i = 0; i < Width; i++)
            {
                writer.Write(',');
                writer.Write((random.NextDouble() * 100 - 50).ToString("F4", CultureInfo.InvariantCulture));
            }

            writer.WriteLine();
        }
    }

    private static void Read(MLContext ml, IDataView view)
    {
        using var channel = ((IHostEnvironment)ml).Register("Bench").Start("Load");
        var reader = new DatasetReader(new NetworkColumns("Label", "Features", null, [], null), LearningTask.Regression, channel, () => { });
        using var rows = reader.Read(view, null).Rows;
        if (rows.Features.shape[0] != Rows)
            throw new InvalidOperationException($"The dataset must have {Rows} rows, but has {rows.Features.shape[0]}.");
    }

    private static void Pass(IDataView view)
    {
        using var cursor = view.GetRowCursor(view.Schema);
        var label = cursor.GetGetter<float>(view.Schema["Label"]);
        var features = cursor.GetGetter<VBuffer<float>>(view.Schema["Features"]);
        var (value, vector) = (0f, default(VBuffer<float>));
        while (cursor.MoveNext())
        {
            label(ref value);
            features(ref vector);
        }
    }
}
