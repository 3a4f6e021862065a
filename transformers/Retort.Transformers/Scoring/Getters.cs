using Microsoft.ML;

namespace Retort;

/// <summary>What rows and cursors of ours say when they are asked for the wrong thing.</summary>
internal static class Getters
{
    /// <exception cref="InvalidOperationException">The column has another type.</exception>
    public static ValueGetter<T> As<T>(this Delegate getter, DataViewSchema.Column column) =>
        getter as ValueGetter<T> ?? throw new InvalidOperationException($"Column '{column.Name}' must be read as {column.Type.RawType}, but was asked for as {typeof(T)}.");

    public static InvalidOperationException Inactive(DataViewSchema.Column column) =>
        new($"Column '{column.Name}' must be active to be read, but is not.");
}
