using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>A fitted network for several classes. Adds Score (a probability per class, with slot names) and PredictedLabel (a key with the label's values).</summary>
public sealed class MulticlassNetworkTransformer : NetworkTransformer
{
    internal MulticlassNetworkTransformer(NetworkModel model, string features, IReadOnlyList<string> categories, ClassValues? classes)
        : base(model, features, categories) => Classes = classes;

    private protected override ClassValues? Classes { get; }

    internal override IEnumerable<ScoreColumn> ScoreColumns(DataViewSchema input)
    {
        var classes = Fitted.Outputs;
        var score = ScoreAnnotations.Start(input, LearningTask.Multiclass, ScoreNames.Score);
        var label = ScoreAnnotations.Start(input, LearningTask.Multiclass, ScoreNames.PredictedLabel);
        if (Classes is { IsText: true })
            Classes.AddTo(score, ScoreAnnotations.SlotNames);
        Classes?.AddTo(score, ScoreAnnotations.TrainingLabelValues);
        Classes?.AddTo(label, ScoreAnnotations.KeyValues);

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
