using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>The columns that an evaluator reads.</summary>
internal static class EvaluationColumns
{
    public static void CheckNames(params (string Name, string Parameter)[] names)
    {
        foreach (var (name, parameter) in names) Contracts.CheckUserArg(!string.IsNullOrEmpty(name), parameter, $"{parameter} cannot be null or empty");
    }

    public static DataViewSchema.Column Find(DataViewSchema schema, string name, string role) =>
        schema.GetColumnOrNull(name) ?? throw Contracts.ExceptParam("schema", $"{name} column '{role}' not found");

    public static Exception Mismatch(string role, DataViewSchema.Column column, string expected) =>
        Contracts.ExceptSchemaMismatch("schema", role, column.Name, expected, column.Type.ToString());

    public static void CheckSingle(string role, DataViewSchema.Column column)
    {
        if (column.Type != NumberDataViewType.Single) throw Mismatch(role, column, "Single");
    }

    /// <summary>The label as a number: keys from 0, NaN where it is missing.</summary>
    public static ValueGetter<double> Label(DataViewRow row, DataViewSchema.Column column)
    {
        var raw = column.Type.RawType;
        if (raw == typeof(bool)) return Of<bool>(v => v ? 1 : 0);
        if (raw == typeof(float)) return Of<float>(v => v);
        if (raw == typeof(double)) return Of<double>(v => v);
        if (raw == typeof(byte)) return Of<byte>(v => v > 0 ? v - 1.0 : double.NaN);
        if (raw == typeof(ushort)) return Of<ushort>(v => v > 0 ? v - 1.0 : double.NaN);
        if (raw == typeof(uint)) return Of<uint>(v => v > 0 ? v - 1.0 : double.NaN);
        return Of<ulong>(v => v > 0 ? v - 1.0 : double.NaN);

        ValueGetter<double> Of<T>(Func<T, double> convert)
        {
            var (getter, value) = (row.GetGetter<T>(column), default(T));
            return (ref double label) =>
            {
                getter(ref value);
                label = convert(value);
            };
        }
    }
}
