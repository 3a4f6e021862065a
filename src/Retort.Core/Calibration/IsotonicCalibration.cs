namespace Retort;

/// <summary>The rising function of the log-odds that fits best: any shape, for rows by the thousand.</summary>
/// <remarks>
/// The least <c>sum w (y - f(s))^2</c> over rising f, by pooling adjacent violators; between rows straight lines, beyond them level, as scikit-learn has it. It can give 0 and 1, where a log-loss is infinite: take
/// <see cref="VennAbers"/> where that matters. Several classes as <see cref="OneVsRest"/> says; so does scikit-learn's <c>CalibratedClassifierCV(method="isotonic")</c>, which gives the same where its classifier's decision function is s.
/// Source: Zadrozny and Elkan, Transforming Classifier Scores into Accurate Multiclass Probability Estimates, 2002, https://doi.org/10.1145/775047.775151
/// </remarks>
[Method("isotonic", Title = "Transforming Classifier Scores into Accurate Multiclass Probability Estimates", Authors = "Zadrozny and Elkan", Year = 2002,
    Link = "https://doi.org/10.1145/775047.775151", Tasks = LearningTasks.Classification)]
public sealed record IsotonicCalibration : OneVsRest
{
    private protected override OddsMap Learn(OddsColumn column)
    {
        var groups = column.Group();
        var (weights, hits, count) = (groups.Weights, groups.Hits, groups.Count);
        var ends = column.Memory.Ends; // the last group of each block, whose sums stand at the block's place
        var blocks = 0;
        for (var group = 0; group < count; group++)
        {
            var (weight, hit) = (weights[group], hits[group]);
            while (group + 1 < count && hits[group + 1] * weight <= hit * weights[group + 1])
            {
                group++; // at once, for it would be pooled anyway
                weight += weights[group];
                hit += hits[group];
            }

            while (blocks > 0 && hits[blocks - 1] * weight >= hit * weights[blocks - 1])
            {
                blocks--;
                weight += weights[blocks];
                hit += hits[blocks];
            }

            (weights[blocks], hits[blocks], ends[blocks]) = (weight, hit, group);
            blocks++;
        }

        // a block is level from its first to its last odds
        var (places, values) = (new List<double>(2 * blocks), new List<double>(2 * blocks));
        for (var block = 0; block < blocks; block++)
        {
            var (first, last) = (block == 0 ? 0 : ends[block - 1] + 1, ends[block]);
            var value = Math.Min(hits[block] / weights[block], 1);
            places.Add(groups.At(first));
            values.Add(value);
            if (last == first)
                continue;
            places.Add(groups.At(last));
            values.Add(value);
        }

        return new LinesMap([.. places], [.. values]);
    }

    private protected override OddsMap Read(double[] numbers) => LinesMap.Of(numbers);
}
