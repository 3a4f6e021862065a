using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms.Onnx;

public sealed class OnnxScoringEstimator : TrivialEstimator<OnnxTransformer>
{
    internal OnnxScoringEstimator(IHostEnvironment env, OnnxOptions options, Stream modelBytes)
        : base(env.Register(nameof(OnnxScoringEstimator)), new OnnxTransformer(env, options, modelBytes == null ? OnnxModel.FromFile(env, options) : OnnxModel.FromStream(env, modelBytes, options))) { }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        foreach (var name in Transformer.Inputs)
        {
            if (!inputSchema.TryFindColumn(name, out var column)) throw new ArgumentOutOfRangeException(nameof(inputSchema), $"Could not find input column '{name}'");
            var expected = OnnxElement.Of(Transformer.Model.Inputs[name], name).Type;
            if (column.Kind == SchemaShape.Column.VectorKind.VariableVector)
                throw new ArgumentOutOfRangeException(nameof(inputSchema), $"Schema mismatch for input column '{name}': expected a vector of known size, got {column.GetTypeString()}");
            if (column.IsKey || !column.ItemType.Equals(expected))
                throw new ArgumentOutOfRangeException(nameof(inputSchema), $"Schema mismatch for input column '{name}': expected {expected}, got {column.GetTypeString()}");
        }

        var columns = inputSchema.ToDictionary(column => column.Name);
        foreach (var output in Transformer.Outputs)
        {
            SchemaShape.GetColumnTypeShape(output.Type, out var kind, out var item, out var isKey);
            columns[output.Column] = new SchemaShape.Column(output.Column, kind, item, isKey);
        }
        return new SchemaShape(columns.Values);
    }
}
