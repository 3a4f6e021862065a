using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// A schema in which columns play roles.
internal sealed class RoleMappedSchema
{
    public readonly struct ColumnRole(string value)
    {
        public readonly string Value = value;

        public static ColumnRole Feature => "Feature";
        public static ColumnRole Label => "Label";
        public static ColumnRole Group => "Group";
        public static ColumnRole Weight => "Weight";

        public static implicit operator ColumnRole(string value) => new(value);
    }

    private readonly Dictionary<string, DataViewSchema.Column> _roles = [];

    public DataViewSchema Schema { get; }

    public RoleMappedSchema(DataViewSchema schema, string label = null, string feature = null, string group = null, string weight = null)
    {
        Schema = schema;
        foreach (var (role, name) in new[] { ("Label", label), ("Feature", feature), ("Group", group), ("Weight", weight) })
            if (name != null)
                _roles[role] = schema.GetColumnOrNull(name) ?? throw Contracts.ExceptParam(nameof(schema), $"{role} column '{name}' not found");
    }

    public DataViewSchema.Column? Feature => Get(ColumnRole.Feature);
    public DataViewSchema.Column? Label => Get(ColumnRole.Label);
    public DataViewSchema.Column? Group => Get(ColumnRole.Group);
    public DataViewSchema.Column? Weight => Get(ColumnRole.Weight);

    public DataViewSchema.Column? Get(ColumnRole role) => _roles.TryGetValue(role.Value, out var column) ? column : null;
}
