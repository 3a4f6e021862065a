using Microsoft.ML.Runtime;

namespace Retort;

/// <summary>Scored rows of one model, or of several that were each fitted without the rows that they score, in the order of one model's classes.</summary>
/// <param name="Kind">What the scores are: probabilities or logits.</param>
/// <param name="Rows">Their logits.</param>
internal sealed record PooledScores(ScoreKind Kind, CalibrationRows Rows)
{
    /// <summary>Pools rows and decides what their scores are.</summary>
    /// <param name="parts">Rows, with the classes of the models that scored them.</param>
    /// <param name="model">The scores of the model whose classes hold. A part's class that it lacks is refused; one of its own that a part lacks has probability 0 there.</param>
    /// <param name="kind">What the scores are said to be.</param>
    /// <param name="channel">Hears what they are taken for.</param>
    /// <exception cref="ArgumentException">The scores are not what they are said to be, or the classes do not fit.</exception>
    public static PooledScores Of(IReadOnlyList<ScoredRows> parts, ScoreInput model, ScoreKind kind, IChannel channel)
    {
        var name = model.Column.Name;
        if (kind == ScoreKind.Auto)
            kind = model.Usual != ScoreKind.Auto ? model.Usual : parts.All(part => part.NotProbabilities < 0) ? ScoreKind.Probabilities : ScoreKind.Logits;
        if (kind == ScoreKind.Probabilities && parts.FirstOrDefault(part => part.NotProbabilities >= 0) is { } wrong)
            throw new ArgumentException($"Column '{name}' must hold probabilities (non-negative, sum 1 within {ScoreKinds.Tolerance}), but row {wrong.NotProbabilities} (counted from 0) does not.");
        channel.Info(MessageSensitivity.Schema, "{0}", $"Column '{name}' is read as {(kind == ScoreKind.Probabilities ? "probabilities" : "logits")}.");

        var count = parts.Sum(part => part.Count);
        var logits = new double[count * model.Classes];
        var labels = new int[count];
        var weights = parts.Any(part => part.Weights is not null) ? new double[count] : null;
        var row = 0;
        foreach (var part in parts)
        {
            var places = Places(part.Column, model);
            var own = new double[part.Column.Classes];
            for (var i = 0; i < part.Count; i++, row++)
            {
                ScoreKinds.ToLogits(part.Scores.AsSpan(i * part.Column.Width, part.Column.Width), kind == ScoreKind.Probabilities, own);
                var pooled = logits.AsSpan(row * model.Classes, model.Classes);
                pooled.Fill(double.NegativeInfinity);
                for (var k = 0; k < own.Length; k++)
                    pooled[places[k]] = own[k];
                labels[row] = places[part.Labels[i]];
                if (weights is not null)
                    weights[row] = part.Weights![i];
            }
        }

        return new PooledScores(kind, new CalibrationRows(logits, model.Classes, labels, weights));
    }

    /// <summary>The probabilities [rows × classes] as they are, without calibration.</summary>
    public double[] Probabilities()
    {
        var probabilities = (double[])Rows.Logits.Clone();
        for (var start = 0; start < probabilities.Length; start += Rows.Classes)
            Logits.Softmax(probabilities.AsSpan(start, Rows.Classes), 1);
        return probabilities;
    }

    // each of the part's classes among the model's
    private static int[] Places(ScoreInput part, ScoreInput model)
    {
        if (part.Values is null || model.Values is null)
            return part.Classes == model.Classes
                ? [.. Enumerable.Range(0, part.Classes)]
                : throw new ArgumentException($"Column '{model.Column.Name}' must have as many values in every fold where its classes have no names, but has {part.Classes} and {model.Classes}.");
        return [.. part.Values.Names.Select(value =>
        {
            var place = model.Values.Names.TakeWhile(known => known != value).Count();
            return place < model.Classes ? place : throw new ArgumentException($"The model of all rows must know the classes of every fold, but does not know {value}.");
        })];
    }
}
