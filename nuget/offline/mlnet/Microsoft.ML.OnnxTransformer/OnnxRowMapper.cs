using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;

namespace Microsoft.ML.Transforms.Onnx;

/// The outputs of one row: the model runs once a row, whichever of its columns is asked for first.
internal sealed class OnnxRowMapper : IRowMapper
{
    private readonly OnnxTransformer _parent;
    private readonly (DataViewSchema.Column Column, OnnxElement Element, long[] Shape)[] _inputs;

    public OnnxRowMapper(OnnxTransformer parent, DataViewSchema schema)
    {
        _parent = parent;
        _inputs = [.. parent.Inputs.Select(name =>
        {
            var column = schema.GetColumnOrNull(name) ?? throw new ArgumentOutOfRangeException("inputSchema", $"Could not find input column '{name}'");
            var node = parent.Model.Inputs[name];
            var element = OnnxElement.Of(node, name);
            var item = column.Type is VectorDataViewType vector ? vector.ItemType : column.Type;
            if (!item.Equals(element.Type)) throw new ArgumentOutOfRangeException("inputSchema", $"Schema mismatch for input column '{name}': expected {element.Type}, got {column.Type}");
            return (column, element, Shape(name, parent.Model.Shape(name, node), column.Type));
        })];
    }

    public DataViewSchema.DetachedColumn[] GetOutputColumns() => [.. _parent.Outputs.Select(output =>
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        if (_parent.Model.SlotNames.TryGetValue(OnnxSlotNames.NodeOf(output.Column), out var names) && output.Type is VectorDataViewType type && names.Length == type.Size)
        {
            var texts = new VBuffer<ReadOnlyMemory<char>>(names.Length, [.. names.Select(n => n.AsMemory())]);
            annotations.Add(AnnotationUtils.Kinds.SlotNames, new VectorDataViewType(TextDataViewType.Instance, names.Length), (ref VBuffer<ReadOnlyMemory<char>> value) => texts.CopyTo(ref value));
        }
        return new DataViewSchema.DetachedColumn(output.Column, output.Type, annotations.ToAnnotations());
    })];

    public Func<int, bool> GetDependencies(Func<int, bool> activeOutput) =>
        Enumerable.Range(0, _parent.Outputs.Length).Any(activeOutput) ? column => _inputs.Any(input => input.Column.Index == column) : _ => false;

    public Delegate[] CreateGetters(DataViewRow input, Func<int, bool> activeOutput, out Action disposer)
    {
        disposer = null;
        var active = Enumerable.Range(0, _parent.Outputs.Length).Where(activeOutput).ToArray();
        var getters = new Delegate[_parent.Outputs.Length];
        if (active.Length == 0) return getters;

        var tensors = _inputs.Select(i => i.Element.Input(input, input.Schema[i.Column.Index], i.Shape)).ToArray();
        string[] outputs = [.. active.Select(i => _parent.Outputs[i].Name)];
        var values = new OrtValue[tensors.Length];
        var options = new RunOptions();
        IDisposableReadOnlyCollection<OrtValue> results = null;
        var last = -1L;

        for (var k = 0; k < active.Length; k++)
        {
            var at = k;
            getters[active[k]] = _parent.Outputs[active[k]].Getter(() => Run()[at]);
        }
        disposer = () =>
        {
            results?.Dispose();
            options.Dispose();
        };
        return getters;

        IReadOnlyList<OrtValue> Run()
        {
            if (results != null && input.Position == last) return results;
            results?.Dispose();
            results = null;
            try
            {
                for (var i = 0; i < values.Length; i++) values[i] = tensors[i]();
                results = _parent.Model.Session.Run(options, _parent.Inputs, values, outputs);
            }
            finally
            {
                for (var i = 0; i < values.Length; i++)
                {
                    values[i]?.Dispose();
                    values[i] = null;
                }
            }
            last = input.Position;
            return results;
        }
    }

    public ITransformer GetTransformer() => _parent;

    void ICanSaveModel.Save(ModelSaveContext ctx) => ((ICanSaveModel)_parent).Save(ctx);

    /// The tensor's shape for one row: a free first dimension is 1, and others must be known.
    private static long[] Shape(string name, int[] shape, DataViewType type)
    {
        if (type is VectorDataViewType { IsKnownSize: false }) throw new ArgumentOutOfRangeException("inputSchema", $"Variable length input columns not supported: '{name}' is {type}.");
        var size = type is VectorDataViewType vector ? vector.Size : 1;
        long[] dimensions = [.. shape.Select((d, i) => i == 0 && d < 0 ? 1L : d)];
        if (dimensions.Any(d => d < 0) || dimensions.Aggregate(1L, (product, d) => product * d) != size)
            throw new InvalidOperationException($"Input shape mismatch: Input '{name}' has shape [{string.Join(", ", shape)}], but input data is of length {size}.");
        return dimensions;
    }
}
