using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace Retort.Bench;

/// <summary>
/// Rows a second through <c>Transform</c> beside the bare forward pass of the same network on the same rows in blocks of 1,024,
/// both on one thread, and microseconds of one prediction through <c>PredictionEngine</c>.
/// </summary>
internal static class ScoreBench
{
    private const int Rows = 1024 * 64, Width = 64, Classes = 10, Block = 1024;

    public static void Run()
    {
        var ml = new MLContext(seed: 1);
        var random = new Random(1);
        var rows = Enumerable.Range(0, Rows).Select(i => new Row
        {
            Features = [.. Enumerable.Range(0, Width).Select(_ => random.NextSingle() * 2 - 1)],
            Label = (uint)(i % Classes),
        }).ToArray();
        var view = ml.Data.LoadFromEnumerable(rows);
        var recipe = new Recipe { Network = new Mlp { Layers = 2, Width = 256 }, Epochs = 1 };
        var model = ml.MulticlassClassification.Trainers.Network(recipe).Fit(ml.Data.TakeRows(view, Block));

        var threads = torch.get_num_threads();
        torch.set_num_threads(1);
        var resident = torch.tensor(rows.SelectMany(r => r.Features).ToArray()).reshape(Rows, Width);
        var (ours, bare) = Figures.Interleaved(9, () => ThroughTransform(model.Transform(view)), () => Bare(model.Model.Fitted, resident));
        Figures.Print($"score batch {Figures.Ratio(bare, ours)} ours={Rows / Figures.Median(ours):F0} bare={Rows / Figures.Median(bare):F0} unit=rows/s network=64-256-256-10");

        using var engine = ml.Model.CreatePredictionEngine<Row, Prediction>(model);
        var prediction = new Prediction();
        double Single()
        {
            var clock = Stopwatch.GetTimestamp();
            for (var i = 0; i < 5000; i++)
                engine.Predict(rows[i], ref prediction);
            return Stopwatch.GetElapsedTime(clock).TotalMicroseconds / 5000;
        }

        Single();
        var singles = Enumerable.Range(0, 9).Select(_ => Single()).ToArray();
        Figures.Print($"score single us={Figures.Median(singles):F1} min={singles.Min():F1} max={singles.Max():F1} network=64-256-256-10");
        torch.set_num_threads(threads);
    }

    private static void ThroughTransform(IDataView scored)
    {
        var column = scored.Schema["Score"];
        using var cursor = scored.GetRowCursor([column]);
        var getter = cursor.GetGetter<VBuffer<float>>(column);
        VBuffer<float> scores = default;
        var rows = 0;
        for (; cursor.MoveNext(); rows++)
            getter(ref scores);
        if (rows != Rows)
            throw new InvalidOperationException($"Transform must give {Rows} rows, but gave {rows}.");
    }

    private static void Bare(FittedNetwork network, torch.Tensor rows)
    {
        for (var from = 0; from < Rows; from += Block)
        {
            using var scope = torch.NewDisposeScope();
            network.Forward(rows.narrow(0, from, Block), null);
        }
    }

    private sealed class Row
    {
        [VectorType(Width)]
        public float[] Features { get; set; } = [];

        [KeyType(Classes)]
        public uint Label { get; set; }
    }

    private sealed class Prediction
    {
        [VectorType(Classes)]
        public float[] Score { get; set; } = [];
    }
}
