using Microsoft.ML;

namespace Retort;

/// <summary>Finding columns by name, and what is said where one is missing or of the wrong type.</summary>
internal static class Columns
{
    /// <summary>The column of that name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static DataViewSchema.Column Find(this DataViewSchema schema, string name) =>
        schema.GetColumnOrNull(name) ?? throw NotFound(name, schema.Where(column => !column.IsHidden).Select(column => column.Name));

    public static ArgumentException NotFound(string name, IEnumerable<string> existing) =>
        new($"Column '{name}' was not found; the data has {string.Join(", ", existing.Select(column => $"'{column}'"))}.");

    public static ArgumentException WrongType(string name, string rule, object type) =>
        new($"Column '{name}' must {rule}, but is {type}.");
}
