using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>Adds how far two models' probabilities of a row are apart, in nats; NaN where a row has none.</summary>
public sealed class ScoreDivergenceTransformer : ScoreTransformer
{
    internal ScoreDivergenceTransformer(string outputColumnName, string scoreColumnName, string otherScoreColumnName, ScoreDivergence divergence)
        : base(scoreColumnName) => (OutputColumnName, OtherScoreColumnName, Divergence) = (outputColumnName, otherScoreColumnName, divergence);

    /// <summary>The column that is added.</summary>
    public string OutputColumnName { get; }

    /// <summary>The other model's column.</summary>
    public string OtherScoreColumnName { get; }

    /// <summary>How it is measured.</summary>
    public ScoreDivergence Divergence { get; }

    private protected override ScoreForm Form => ScoreForm.Divergence;

    internal override ScoreBinding Bind(DataViewSchema input)
    {
        var task = input.Find(ScoreColumnName).Type is VectorDataViewType ? LearningTask.Multiclass : LearningTask.Binary;
        var (first, second) = (new ScoreInput(input, ScoreColumnName, task), new ScoreInput(input, OtherScoreColumnName, task));
        var places = Places(first, second);
        return new ScoresBinding(input, [Column()], [first.Column, second.Column], 1, row =>
        {
            var (readFirst, readSecond) = (first.Reader(row), second.Reader(row));
            var (p, q) = (new float[first.Width], new float[second.Width]);
            var (own, others) = (new double[first.Classes], new double[first.Classes]);
            return outputs =>
            {
                readFirst(p);
                readSecond(q);
                if (!ScoreKinds.AreProbabilities(p) || !ScoreKinds.AreProbabilities(q))
                {
                    outputs[0] = float.NaN;
                    return;
                }

                Fill(p, null, own);
                Fill(q, places, others);
                outputs[0] = (float)Divergence.Of(own, others);
            };
        });
    }

    private ScoreColumn Column() =>
        ScoreColumn.Of<float>(OutputColumnName, NumberDataViewType.Single, new(), source => (ref float value) => value = source.Current[0]);

    // each of the second's classes among the first's
    private int[]? Places(ScoreInput first, ScoreInput second)
    {
        if (first.Values is not null && second.Values is not null)
            return ClassMatch.Of(first.Values.Names, second.Values.Names)
                ?? throw new ArgumentException($"Columns '{ScoreColumnName}' and '{OtherScoreColumnName}' must have the same classes, but {ClassMatch.Differ(first.Values.Names, second.Values.Names, "the first", "the second")}.");
        return first.Classes == second.Classes ? null
            : throw new ArgumentException($"Columns '{ScoreColumnName}' and '{OtherScoreColumnName}' must have as many values as each other, but have {first.Classes} and {second.Classes}.");
    }

    // of a single probability those of both classes; sums are made 1, from which they may be 0.001 away
    private static void Fill(float[] scores, int[]? places, double[] probabilities)
    {
        if (scores.Length == 1)
        {
            (probabilities[0], probabilities[1]) = (1.0 - scores[0], scores[0]);
            return;
        }

        var sum = scores.Sum(score => (double)score);
        for (var k = 0; k < scores.Length; k++)
            probabilities[places is null ? k : places[k]] = scores[k] / sum;
    }

    private protected override void WriteContent(BinaryWriter writer)
    {
        writer.Write(OutputColumnName);
        writer.Write(OtherScoreColumnName);
        writer.Write(Divergence.ToJson());
    }

    internal static ScoreDivergenceTransformer ReadContent(BinaryReader reader, string column)
    {
        var (output, other) = (reader.ReadString(), reader.ReadString());
        var divergence = MethodJson.Read<ScoreDivergence>(reader.ReadString());
        divergence.Validate();
        return new(output, column, other, divergence);
    }
}
