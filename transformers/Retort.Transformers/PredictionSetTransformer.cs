using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>Fitted sets behind a classifier. Adds PredictionSet (Boolean, with a slot a class and its name: whether the class may be the true one) and SetSize (how many may).</summary>
/// <remarks>A row with NaN among its scores may be of any class.</remarks>
public sealed class PredictionSetTransformer : ScoreTransformer
{
    private static readonly ReadOnlyMemory<char>[] Truths = ["False".AsMemory(), "True".AsMemory()];

    private readonly LearningTask _task;
    private readonly SetPredictor _predictor;
    private readonly ClassValues? _classes;

    internal PredictionSetTransformer(string scoreColumnName, LearningTask task, ScoreKind kind, SetPredictor predictor, ClassValues? classes)
        : base(scoreColumnName) => (_task, Kind, _predictor, _classes) = (task, kind, predictor, classes);

    /// <summary>What is promised, and how sets are made.</summary>
    public ConformalSets Sets => _predictor.Settings;

    /// <summary>How the scores are read: as probabilities or as logits.</summary>
    public ScoreKind Kind { get; }

    /// <summary>How strange the strangest class of a set may be; infinite where the rows were too few and every set holds all classes.</summary>
    public double Threshold => _predictor.Threshold;

    private protected override ScoreForm Form => ScoreForm.PredictionSet;

    internal override ScoreBinding Bind(DataViewSchema input)
    {
        var scores = new ScoreInput(input, ScoreColumnName, _task);
        scores.CheckClasses(_predictor.Classes, _classes);
        return new ScoresBinding(input, ScoreColumns(input), [scores.Column], _predictor.Classes + 1, row =>
        {
            var (read, raw, probabilities, isIn) = (scores.Reader(row), new float[scores.Width], new double[scores.Classes], new bool[scores.Classes]);
            return outputs =>
            {
                read(raw);
                ScoreKinds.ToLogits(raw, Kind == ScoreKind.Probabilities, probabilities);
                Logits.Softmax(probabilities, 1);
                var size = double.IsNaN(probabilities[0]) ? -1 : _predictor.Predict(probabilities, isIn);
                for (var k = 0; k < isIn.Length; k++)
                    outputs[k] = isIn[k] || size < 0 ? 1 : 0;
                outputs[^1] = size < 0 ? isIn.Length : size;
            };
        });
    }

    // classes as numbers from 0 to 1, and how many of them
    private IEnumerable<ScoreColumn> ScoreColumns(DataViewSchema input)
    {
        var classes = _predictor.Classes;
        var annotations = new DataViewSchema.Annotations.Builder();
        if (_task == LearningTask.Binary)
            annotations.AddSlotNames(Truths);
        else if (_classes is not null)
            annotations.AddSlotNames([.. _classes.Names.Select(name => name.AsMemory())]);
        yield return ScoreColumn.Of<VBuffer<bool>>(ScoreNames.PredictionSet, new VectorDataViewType(BooleanDataViewType.Instance, classes), annotations, source => (ref VBuffer<bool> set) =>
        {
            var editor = VBufferEditor.Create(ref set, classes);
            var outputs = source.Current;
            for (var k = 0; k < classes; k++)
                editor.Values[k] = outputs[k] > 0;
            set = editor.Commit();
        });
        yield return ScoreColumn.Of<int>(ScoreNames.SetSize, NumberDataViewType.Int32, new(), source => (ref int size) => size = (int)source.Current[classes]);
    }

    private protected override void WriteContent(BinaryWriter writer)
    {
        writer.Write(_task == LearningTask.Binary);
        writer.Write((byte)Kind);
        writer.Write(_classes is not null);
        _classes?.Write(writer);
        _predictor.Write(writer);
    }

    internal static PredictionSetTransformer ReadContent(BinaryReader reader, string column)
    {
        var task = reader.ReadBoolean() ? LearningTask.Binary : LearningTask.Multiclass;
        var kind = ReadKind(reader);
        var classes = reader.ReadBoolean() ? ClassValues.Read(reader) : null;
        return new PredictionSetTransformer(column, task, kind, SetPredictor.Read(reader), classes);
    }
}
