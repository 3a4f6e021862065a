namespace Retort;

/// <summary>Sets of classes that hold the true one as often as promised.</summary>
/// <remarks>
/// <see cref="SetScore.LeastAmbiguous"/> (LAC): the score of a class is <c>1 - p</c>; the smallest sets on average, which may be empty. <see cref="SetScore.Adaptive"/> (APS): the score of a class is the summed probability of
/// all likelier ones and of itself, its own part times u; larger sets, that grow with the row's difficulty. u is 1 where <see cref="Randomized"/> is off, and the sets then a little too large; else a number in [0, 1) that
/// follows from <see cref="Seed"/> and the row's probabilities alone, so that a row's set is the same in any order and any batch. Then a set may be empty as well.
/// Source: Sadinle, Lei and Wasserman, Least Ambiguous Set-Valued Classifiers with Bounded Error Levels, 2019, https://arxiv.org/abs/1609.00451; Romano, Sesia and Candès, Classification with Valid and Adaptive Coverage, 2020,
/// https://arxiv.org/abs/2006.02544. That u follows from the row is ours; rows with the same probabilities share it.
/// </remarks>
[Method("conformal", Title = "Classification with Valid and Adaptive Coverage", Authors = "Romano, Sesia and Candès", Year = 2020,
    Link = "https://arxiv.org/abs/2006.02544", Tasks = LearningTasks.Classification)]
public sealed record ConformalSets : Conformal
{
    /// <summary>What makes a class strange; default <see cref="SetScore.LeastAmbiguous"/>.</summary>
    public SetScore Score { get; init; }

    /// <summary>Whether the last class of an adaptive set is in it by chance, for a coverage that is exact; default true.</summary>
    public bool Randomized { get; init; } = true;

    /// <summary>What the chances follow from; default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.Defined(Score);
    }

    /// <summary>Learns from rows whose classes are known.</summary>
    /// <param name="probabilities">[rows × classes], row after row.</param>
    /// <param name="classes">At least 2.</param>
    /// <param name="labels">Class numbers from 0 [rows].</param>
    /// <exception cref="ArgumentException">The sizes do not fit, there are no rows, a label is not a class or a probability is NaN.</exception>
    internal SetPredictor Fit(double[] probabilities, int classes, int[] labels)
    {
        Validate();
        Check.AtLeast(classes, 2, "The number of classes");
        Check.AtLeast(labels.Length, 1, "The number of rows to calibrate on");
        if (probabilities.Length != (long)classes * labels.Length)
            throw Check.Wrong("The number of probabilities", $"be {(long)classes * labels.Length}, {classes} a row", $"{probabilities.Length}");
        var scores = new double[labels.Length];
        for (var row = 0; row < scores.Length; row++)
        {
            Check.InRange(labels[row], 0, classes - 1, $"The label of row {row}");
            var own = probabilities.AsSpan(row * classes, classes);
            foreach (var p in own)
                Check.InRange(p, 0, 1 + 1e-6, $"A probability of row {row}");
            scores[row] = ScoreOf(own, labels[row], Chance(own));
        }

        return new(this, classes, Threshold(scores, Coverage));
    }

    /// <summary>How strange a class would be.</summary>
    internal double ScoreOf(ReadOnlySpan<double> probabilities, int label, double chance)
    {
        var own = probabilities[label];
        if (Score == SetScore.LeastAmbiguous)
            return 1 - own;
        var likelier = 0.0;
        for (var k = 0; k < probabilities.Length; k++)
            likelier += probabilities[k] > own || probabilities[k] == own && k < label ? probabilities[k] : 0;
        return likelier + chance * own;
    }

    /// <summary>A row's u.</summary>
    internal double Chance(ReadOnlySpan<double> probabilities)
    {
        if (Score == SetScore.LeastAmbiguous || !Randomized)
            return 1;
        var hash = Generator.Mix((uint)Seed);
        foreach (var p in probabilities)
            hash = Generator.Mix(hash ^ (ulong)BitConverter.SingleToInt32Bits((float)p)); // as floats, which is what a column holds
        return (hash >> 11) * (1.0 / (1UL << 53));
    }
}

/// <summary>What makes a class strange to <see cref="ConformalSets"/>.</summary>
public enum SetScore
{
    /// <summary>That its probability is small (LAC).</summary>
    LeastAmbiguous,

    /// <summary>That much probability lies on likelier classes (APS).</summary>
    Adaptive,
}

/// <summary>Fitted <see cref="ConformalSets"/>. Immutable, for any number of threads.</summary>
internal sealed class SetPredictor(ConformalSets settings, int classes, double threshold)
{
    public ConformalSets Settings { get; } = settings;

    public int Classes { get; } = classes;

    /// <summary>The score that no class of a set exceeds; infinite where all classes are in it.</summary>
    public double Threshold { get; } = threshold;

    /// <summary>Which classes a row's set has.</summary>
    /// <param name="probabilities">[classes].</param>
    /// <param name="isIn">[classes].</param>
    /// <returns>How many there are.</returns>
    public int Predict(ReadOnlySpan<double> probabilities, Span<bool> isIn)
    {
        var (chance, count) = (Settings.Chance(probabilities), 0);
        for (var k = 0; k < probabilities.Length; k++)
            count += (isIn[k] = Settings.ScoreOf(probabilities, k, chance) <= Threshold) ? 1 : 0;
        return count;
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(MethodJson.Write(Settings));
        writer.Write(Classes);
        writer.Write(Threshold);
    }

    /// <exception cref="ArgumentException">The data is not what <see cref="Write"/> writes.</exception>
    /// <exception cref="EndOfStreamException">The data ends early.</exception>
    public static SetPredictor Read(BinaryReader reader)
    {
        var settings = MethodJson.Read<ConformalSets>(reader.ReadString());
        settings.Validate();
        var (classes, threshold) = (reader.ReadInt32(), reader.ReadDouble());
        Check.AtLeast(classes, 2, "The number of a saved calibrator's classes");
        return double.IsNaN(threshold) ? throw Check.Wrong("A saved threshold", "be a number", "NaN") : new(settings, classes, threshold);
    }
}
