using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;

namespace Retort.Bench;

/// <summary>Microseconds from the values of a row to its probability, row after row on one thread.</summary>
internal static class ServeSingle
{
    private const int Calls = 20_000, Rounds = 5;

    public static void Run(string folder, string data)
    {
        var ml = new MLContext(seed: 1);
        var rows = ml.Data.CreateEnumerable<Person>(ml.Data.LoadFromTextFile<Person>(data, separatorChar: ',', hasHeader: true), reuseRowObject: false).Take(1000).ToArray();
        var sides = new (string Name, Func<Person, float> Score)[] { ("engine", Engine("model.zip")), ("portable", Engine(Path.Combine("project", "Model", "Model.mlnet"))), ("onnxruntime", Session()) };
        foreach (var row in rows)
            if (sides.Select(side => side.Score(row)).ToArray() is var all && all.Max() - all.Min() > 1e-5)
                throw new InvalidOperationException($"All must give the same probability, but give {string.Join(", ", all)}.");

        var times = sides.ToDictionary(side => side.Name, _ => new List<double>());
        for (var round = 0; round <= Rounds; round++) // in turn; the first round compiles
            foreach (var (name, score) in sides)
                for (var call = 0; call < Calls; call++)
                {
                    var start = Stopwatch.GetTimestamp();
                    score(rows[call % rows.Length]);
                    var time = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
                    if (round > 0)
                        times[name].Add(time);
                }

        foreach (var (name, all) in times)
        {
            var sorted = all.Order().ToArray();
            Figures.Print($"serve single {name} p50={sorted[sorted.Length / 2]:F1} p99={sorted[sorted.Length * 99 / 100]:F1} mean={sorted.Average():F1} unit=us");
        }

        Func<Person, float> Engine(string file)
        {
            var engine = ml.Model.CreatePredictionEngine<Person, Answer>(ml.Model.Load(Path.Combine(folder, file), out _));
            var answer = new Answer();
            return row => { engine.Predict(row, ref answer); return answer.Probability; };
        }

        Func<Person, float> Session()
        {
            using var options = new SessionOptions { IntraOpNumThreads = 1 };
            var session = new InferenceSession(Path.Combine(folder, "model.onnx"), options);
            var run = new RunOptions();
            string[] names = [.. session.InputNames], outputs = ["Probability"];
            return row =>
            {
                OrtValue[] values = [.. names.Select(name => row.Value(name))];
                using var results = session.Run(run, names, values, outputs);
                var probability = results[0].GetTensorDataAsSpan<float>()[0];
                foreach (var value in values)
                    value.Dispose();
                return probability;
            };
        }
    }

    private sealed class Answer
    {
        public float Probability { get; set; }
    }

    private sealed class Person
    {
        [LoadColumn(0), ColumnName("sex")]
        public string Sex { get; set; } = "";

        [LoadColumn(1), ColumnName("age")]
        public float Age { get; set; }

        [LoadColumn(2), ColumnName("age_cat")]
        public string AgeCategory { get; set; } = "";

        [LoadColumn(3), ColumnName("race")]
        public string Race { get; set; } = "";

        [LoadColumn(4), ColumnName("juv_fel_count")]
        public float JuvenileFelonies { get; set; }

        [LoadColumn(5), ColumnName("juv_misd_count")]
        public float JuvenileMisdemeanors { get; set; }

        [LoadColumn(6), ColumnName("juv_other_count")]
        public float JuvenileOthers { get; set; }

        [LoadColumn(7), ColumnName("priors_count")]
        public float Priors { get; set; }

        [LoadColumn(8), ColumnName("c_charge_degree")]
        public string Degree { get; set; } = "";

        [LoadColumn(9), ColumnName("decile_score")]
        public float Decile { get; set; }

        public OrtValue Value(string name) => name switch
        {
            "sex" => Text(Sex),
            "age" => Number(Age),
            "age_cat" => Text(AgeCategory),
            "race" => Text(Race),
            "juv_fel_count" => Number(JuvenileFelonies),
            "juv_misd_count" => Number(JuvenileMisdemeanors),
            "juv_other_count" => Number(JuvenileOthers),
            "priors_count" => Number(Priors),
            "c_charge_degree" => Text(Degree),
            "decile_score" => Number(Decile),
            _ => throw new InvalidOperationException($"The model must read columns of compas, but reads '{name}'."),
        };

        private static OrtValue Number(float value) => OrtValue.CreateTensorValueFromMemory(new[] { value }, [1, 1]);

        private static OrtValue Text(string value) => OrtValue.CreateFromStringTensor(new Microsoft.ML.OnnxRuntime.Tensors.DenseTensor<string>(new[] { value }, [1, 1]));
    }
}
