using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// How the metrics change when the values of one slot of the features are permuted among the rows.
internal static class PermutationFeatureImportance
{
    /// One result a slot. As in the original, the weight filter leaves nothing out: it lets the slots whose weight is not zero follow a second time.
    public static List<TResult> Compute<TResult>(IHostEnvironment env, ITransformer transformer, string featureColumnName, object model, IDataView data, bool useFeatureWeightFilter,
        int? numberOfExamplesToUse, int permutationCount, Func<IDataView, double[]> evaluate, Func<IReadOnlyList<double[]>, TResult> makeResult)
    {
        var host = env.Register(nameof(PermutationFeatureImportance));
        host.CheckValue(data, nameof(data));
        host.Check(numberOfExamplesToUse is null or > 0, "Provide how many examples to use (positive number) or set to null to use whole dataset.");
        host.CheckParam(permutationCount > 0, nameof(permutationCount), "Must be greater than zero");
        var feature = data.Schema.GetColumnOrNull(featureColumnName) ?? throw host.ExceptParam("schema", $"{featureColumnName} column 'Feature' not found");
        if (feature.Type is not VectorDataViewType { IsKnownSize: true, ItemType: NumberDataViewType { RawType: var raw } } vector || raw != typeof(float))
            throw host.ExceptSchemaMismatch(nameof(data), "feature", featureColumnName, "Vector<Single>", feature.Type.ToString());

        using var channel = host.Start("Permutation Feature Importance");
        var rows = Read(data, feature, vector.Size, numberOfExamplesToUse ?? int.MaxValue);
        double[] Evaluate(int slot, float[] values) => evaluate(transformer.Transform(new PermutedView(data, feature, rows.Count, slot, values)));
        var baseline = Evaluate(-1, null);

        var slots = Enumerable.Range(0, vector.Size).ToList();
        if (useFeatureWeightFilter)
        {
            if (Weights(model) is { } weights)
                slots.AddRange(Enumerable.Range(0, vector.Size).Where(slot => weights[slot] != 0));
            else
                channel.Warning("The model has no feature weights; no feature is filtered out");
        }
        var results = new List<TResult>();
        foreach (var slot in slots)
        {
            var changes = new List<double[]>();
            for (var round = 0; round < permutationCount; round++)
            {
                host.CheckAlive();
                var values = rows.Select(row => row[slot]).ToArray();
                for (var i = values.Length - 1; i > 0; i--)
                {
                    var other = host.Rand.Next(i + 1);
                    (values[i], values[other]) = (values[other], values[i]);
                }
                var metrics = Evaluate(slot, values);
                changes.Add(metrics.Select((metric, i) => metric - baseline[i]).ToArray());
            }
            results.Add(makeResult(changes));
        }
        return results;
    }

    private static IReadOnlyList<float> Weights(object model) =>
        ((model is CalibratedModelParametersBase calibrated ? calibrated.SubModel : model) as IFeatureWeights)?.Weights;

    private static List<float[]> Read(IDataView data, DataViewSchema.Column feature, int size, int maximum)
    {
        var rows = new List<float[]>();
        using var cursor = data.GetRowCursor([feature]);
        var getter = cursor.GetGetter<VBuffer<float>>(feature);
        VBuffer<float> features = default;
        while (rows.Count < maximum && cursor.MoveNext())
        {
            getter(ref features);
            var row = new float[size];
            features.CopyTo(row);
            rows.Add(row);
        }
        return rows;
    }

    /// The first rows of a view, in its own order, with other values in one slot of the features.
    private sealed class PermutedView(IDataView source, DataViewSchema.Column feature, int rows, int slot, float[] values) : IDataView
    {
        public DataViewSchema Schema => source.Schema;
        public bool CanShuffle => false;
        public long? GetRowCount() => rows;

        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null) =>
            new Cursor(source.GetRowCursor(columnsNeeded), feature, rows, slot, values);

        public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null) =>
            [GetRowCursor(columnsNeeded)];
    }

    private sealed class Cursor(DataViewRowCursor input, DataViewSchema.Column feature, int rows, int slot, float[] values) : DataViewRowCursor
    {
        private int _row = -1;

        public override DataViewSchema Schema => input.Schema;
        public override long Position => input.Position;
        public override long Batch => 0;
        public override bool IsColumnActive(DataViewSchema.Column column) => input.IsColumnActive(column);
        public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();
        public override bool MoveNext() => ++_row < rows && input.MoveNext();

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            var getter = input.GetGetter<TValue>(column);
            if (slot < 0 || column.Index != feature.Index)
                return getter;
            var features = (ValueGetter<VBuffer<float>>)(Delegate)getter;
            VBuffer<float> buffer = default;
            ValueGetter<VBuffer<float>> permuted = (ref VBuffer<float> result) =>
            {
                features(ref buffer);
                buffer.CopyToDense(ref result);
                var editor = VBufferEditor.CreateFromBuffer(ref result);
                editor.Values[slot] = values[_row];
                result = editor.Commit();
            };
            return (ValueGetter<TValue>)(Delegate)permuted;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                input.Dispose();
        }
    }
}
