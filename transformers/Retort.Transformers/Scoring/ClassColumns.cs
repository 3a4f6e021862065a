using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>The columns that classifiers add, with the annotations of ML.NET's own trainers.</summary>
internal static class ClassColumns
{
    /// <summary>Score, Probability and PredictedLabel.</summary>
    /// <param name="input">The schema that the columns are added to.</param>
    /// <param name="probability">The probability of true, given the outputs; the first output is the logit, and its sign decides.</param>
    public static IEnumerable<ScoreColumn> Binary(DataViewSchema input, Func<ScoreSource, float> probability)
    {
        var (single, task) = (NumberDataViewType.Single, LearningTask.Binary);
        yield return ScoreColumn.Of<float>(ScoreNames.Score, single, ScoreAnnotations.Start(input, task, ScoreNames.Score),
            source => (ref float score) => score = source.Current[0]);
        yield return ScoreColumn.Of<float>(ScoreNames.Probability, single, ScoreAnnotations.Start(input, task, ScoreNames.Probability).Normalized(),
            source => (ref float value) => value = probability(source));
        yield return ScoreColumn.Of<bool>(ScoreNames.PredictedLabel, BooleanDataViewType.Instance, ScoreAnnotations.Start(input, task, ScoreNames.PredictedLabel),
            source => (ref bool label) => label = source.Current[0] > 0);
    }

    /// <summary>Score, the outputs as they are, and PredictedLabel, the place of the largest.</summary>
    public static IEnumerable<ScoreColumn> Multiclass(DataViewSchema input, int classes, ClassValues? values)
    {
        var score = ScoreAnnotations.Start(input, LearningTask.Multiclass, ScoreNames.Score);
        var label = ScoreAnnotations.Start(input, LearningTask.Multiclass, ScoreNames.PredictedLabel);
        if (values is { IsText: true })
            values.AddTo(score, ScoreAnnotations.SlotNames);
        values?.AddTo(score, ScoreAnnotations.TrainingLabelValues);
        values?.AddTo(label, ScoreAnnotations.KeyValues);

        yield return ScoreColumn.Of<VBuffer<float>>(ScoreNames.Score, new VectorDataViewType(NumberDataViewType.Single, classes), score, source => (ref VBuffer<float> probabilities) =>
        {
            var editor = VBufferEditor.Create(ref probabilities, classes);
            source.Current.CopyTo(editor.Values);
            probabilities = editor.Commit();
        });
        yield return ScoreColumn.Of<uint>(ScoreNames.PredictedLabel, new KeyDataViewType(typeof(uint), classes), label,
            source => (ref uint key) => key = (uint)(Logits.ArgMax(source.Current) + 1)); // missing where a score is NaN
    }
}
