using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Trainers;

/// The usable rows of the training data, dense and in memory. Rows with a missing feature, label or weight are left out.
internal sealed class TrainingRows
{
    private readonly List<double[]> _features = [];
    private readonly List<float> _labels = [];
    private double[] _nothing;
    private readonly List<float> _weights = [];

    public int Width { get; private init; }
    public int Count => _features.Count;
    public double WeightSum { get; private set; }

    /// Behind the last row stand zeros of weight zero.
    public double[] Features(int row) => row < Count ? _features[row] : _nothing;
    public float Label(int row) => row < Count ? _labels[row] : 0;
    public float Weight(int row) => row < Count ? _weights[row] : 0;

    public static TrainingRows Read(IHost host, IChannel channel, TrainContext context, Action<float> checkLabel = null)
    {
        var (feature, label, weight) = (context.Schema.Feature.Value, context.Schema.Label.Value, context.Schema.Weight);
        var rows = new TrainingRows { Width = feature.Type.GetVectorSize(), _nothing = new double[feature.Type.GetVectorSize()] };
        using var cursor = context.Data.GetRowCursor(weight is { } needed ? [feature, label, needed] : [feature, label]);
        var getFeatures = cursor.GetGetter<VBuffer<float>>(feature);
        var getLabel = Label(cursor, label);
        var getWeight = weight is { } column ? cursor.GetGetter<float>(column) : (ref float value) => value = 1;
        VBuffer<float> features = default;
        var dense = new float[rows.Width];
        float labelValue = 0, weightValue = 1;
        long skipped = 0;
        for (long read = 0; cursor.MoveNext(); read++)
        {
            if (read % 1024 == 0)
                host.CheckAlive();
            getFeatures(ref features);
            getLabel(ref labelValue);
            getWeight(ref weightValue);
            features.CopyTo(dense);
            if (!dense.All(float.IsFinite) || !float.IsFinite(labelValue) || !float.IsFinite(weightValue))
            {
                skipped++;
                continue;
            }
            checkLabel?.Invoke(labelValue);
            rows._features.Add(Array.ConvertAll(dense, value => (double)value));
            rows._labels.Add(labelValue);
            rows._weights.Add(weightValue);
            rows.WeightSum += weightValue;
        }
        if (skipped > 0)
            channel.Warning($"Skipped {skipped} instances with missing features, label or weight during training");
        host.Check(rows.Count > 0, "No valid training instances found, all instances have missing features.");
        return rows;
    }

    /// Labels as numbers: 1 and 0 for true and false, classes from 0 for keys; NaN where they are missing.
    private static ValueGetter<float> Label(DataViewRow row, DataViewSchema.Column label)
    {
        if (label.Type is BooleanDataViewType)
        {
            var getFlag = row.GetGetter<bool>(label);
            var flag = false;
            return (ref float value) =>
            {
                getFlag(ref flag);
                value = flag ? 1 : 0;
            };
        }
        if (label.Type is not KeyDataViewType)
            return row.GetGetter<float>(label);
        var getKey = row.GetGetter<uint>(label);
        uint key = 0;
        return (ref float value) =>
        {
            getKey(ref key);
            value = key == 0 ? float.NaN : key - 1;
        };
    }
}
